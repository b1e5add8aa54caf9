//! Config packages.

use super::*;

fn config(host: &Host, version: &str, files: &[(&str, &str, &str, Option<&str>)]) -> Held {
    let contents: Vec<(&str, &str)> = files.iter().map(|(file, content, ..)| (*file, *content)).collect();
    let config = files.iter().map(|(file, _, target, mode)| ConfigFile {
        file: (*file).to_owned(),
        target: (*target).to_owned(),
        owner: None,
        mode: mode.map(str::to_owned),
    });
    host.hold(version, &contents, Manifest { config: config.collect(), ..Manifest::default() })
}

#[test]
fn config_goes_to_its_targets_and_leaves_what_was_there_before() {
    let mut host = Host::new(Arrangement::Config);
    host.put("etc/shop.conf", "600 of the system");
    let before = host.content();
    let one = config(
        &host,
        "1",
        &[("a", "644 a 1", "/etc/shop.conf", None), ("b", "644 b 1", "/etc/shop/deep/b.conf", Some("640"))],
    );
    let two = config(&host, "2", &[("a", "644 a 2", "/etc/shop.conf", Some("644"))]);
    host.lay(&one);
    insta::assert_snapshot!(shown(&host.content()), @"
    data: 755/
    data/app: 755/
    data/app/shop: 755/
    etc: 755/
    etc/shop: 755/
    etc/shop.conf: 600 a 1
    etc/shop/deep: 755/
    etc/shop/deep/b.conf: 640 b 1
    ");
    let with_one = host.content();
    host.lay(&two);
    insta::assert_snapshot!(shown(&host.content()), @"
    data: 755/
    data/app: 755/
    data/app/shop: 755/
    etc: 755/
    etc/shop.conf: 644 a 2
    ");
    host.lay(&one);
    assert_eq!(host.content(), with_one);
    let leaving = leave(&host.ground(), &host.site, &one).unwrap();
    let states = leaving.states.iter().map(|(path, state)| (path, state, &Source::Former));
    write(&host.ground(), &host.site, None, host.last_attempt(), states).unwrap();
    assert_eq!(host.content(), before);
}

#[test]
fn config_is_cut_short_anywhere_and_never_stays_a_mix() {
    let prepared = || {
        let mut host = Host::new(Arrangement::Config);
        host.put("etc/b.conf", "600 of the system");
        let files = |a, b| [("a", a, "/etc/a.conf", None), ("b", b, "/etc/b.conf", None)];
        let one = config(&host, "1", &files("644 a 1", "644 b 1"));
        let two = config(&host, "2", &files("644 a 2", "644 b 2"));
        host.lay(&one);
        (host, two)
    };
    let before = prepared().0.content();
    for writes in 0.. {
        let (mut host, two) = prepared();
        let (attempt, change) = host.begin(&two);
        LEFT.set(writes);
        let written = host.write(attempt, &change, Some(&two));
        LEFT.set(usize::MAX);
        host.write(attempt, &change, None).unwrap();
        assert_eq!(host.content(), before, "after {writes} writes");
        host.write(attempt, &change, Some(&two)).unwrap();
        assert_eq!(
            (host.content()["etc/a.conf"].as_str(), host.content()["etc/b.conf"].as_str()),
            ("644 a 2", "600 b 2")
        );
        if written.is_ok() {
            return;
        }
    }
}

#[test]
fn targets_that_are_no_plain_files_are_refused() {
    let mut host = Host::new(Arrangement::Config);
    let at = |target: &str, host: &Host| config(host, "1", &[("a", "644 a", target, None)]);
    host.put("etc/real.conf", "644 x");
    host.put("etc/link.conf", "-> real.conf");
    let link = at("/etc/link.conf", &host);
    insta::assert_snapshot!(host.refusal(&link), @"/etc/link.conf is a link, which is not followed: name the place that it leads to");
    host.put("linked", "-> etc");
    let below_link = at("/linked/real.conf", &host);
    insta::assert_snapshot!(host.refusal(&below_link), @"/linked is no folder, and links are not followed: name the place itself in packhorse.toml");
    let folder = at("/etc", &host);
    insta::assert_snapshot!(host.refusal(&folder), @"/etc is a folder: a file goes there");
    fs::hard_link(host.path("etc/real.conf"), host.path("etc/twin.conf")).unwrap();
    let twin = at("/etc/twin.conf", &host);
    insta::assert_snapshot!(host.refusal(&twin), @"/etc/twin.conf has other names (hard links), which would go on with the old content");
    let path = rustix::fs::Mode::from_raw_mode(0o600);
    rustix::fs::mknodat(rustix::fs::CWD, host.path("etc/pipe"), rustix::fs::FileType::Fifo, path, 0).unwrap();
    let pipe = at("/etc/pipe", &host);
    insta::assert_snapshot!(host.refusal(&pipe), @"/etc/pipe: is neither a file, a folder nor a link");
    let both = config(&host, "1", &[("a", "644 a", "/etc/x", None), ("b", "644 b", "/etc/x", None)]);
    insta::assert_snapshot!(host.refusal(&both), @r#"the target "/etc/x": two files go to /etc/x"#);
}
