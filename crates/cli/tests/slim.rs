//! `package push --slim`: sends what the server lacks.

use crate::lint::tar;
use crate::server::Site;

/// Text that is not compressed away, and that `change` alters at its end.
fn big(change: &str) -> String {
    let mut state = 1_u64;
    let mut text = String::new();
    while text.len() < 400_000 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        text += &format!("{state:016x}\n");
    }
    text + change
}

fn sent(stderr: &str) -> &str {
    stderr.lines().find(|line| line.starts_with("sent ")).unwrap_or_default()
}

#[test]
fn a_second_version_costs_what_changed() {
    let site = Site::start();
    let archive = |change: &str| tar(&[("data.txt", &big(change)), ("change.txt", change)]);
    site.environment.write("shop_1.0.0.tar", archive("one"));
    site.environment.write("shop_1.0.1.tar", archive("two"));
    let first = site.run(&["package", "push", "--slim", "shop_1.0.0.tar"]);
    assert_eq!(first.code, 0, "{}", first.seen());
    let second = site.run(&["package", "push", "--slim", "shop_1.0.1.tar"]);
    assert_eq!(second.code, 0, "{}", second.seen());
    let kilobytes: f64 = sent(&second.stderr).split(' ').nth(1).unwrap().parse().unwrap();
    assert!(sent(&second.stderr).contains("kB of 402 kB") && kilobytes < 150.0, "{}", second.seen());
    let run = site.run(&["package", "download", "shop@1.0.1", "-O", "copy.tar"]);
    assert_eq!(run.code, 0, "{}", run.seen());
    assert!(std::fs::read(site.environment.path("copy.tar")).unwrap() == archive("two"));
}

#[test]
fn what_no_recipe_makes_is_sent_as_it_is() {
    let site = Site::start();
    site.environment.write("plain.tar", tar(&[("a.txt", "a")]));
    let packed =
        std::process::Command::new("xz").args(["-k", "plain.tar"]).current_dir(site.environment.path("")).status();
    assert!(packed.unwrap().success());
    std::fs::rename(site.environment.path("plain.tar.xz"), site.environment.path("shop_1.0.0.tar.xz")).unwrap();
    let run = site.run(&["package", "push", "--slim", "shop_1.0.0.tar.xz"]);
    assert_eq!(run.code, 0, "{}", run.seen());
    assert!(run.stderr.contains("so it is sent as it is"), "{}", run.seen());
    assert_eq!(sent(&run.stderr), "");
}
