//! The storage, from the command line.

use insta::assert_snapshot;

use crate::lint::tar;
use crate::server::Site;

#[test]
fn the_storage_is_shown_verified_and_collected() {
    let site = Site::start();
    assert_snapshot!(site.run(&["storage", "stats"]).seen(), @r"
    exit 0
    --- stdout
    versions   0 versions of 0 packages
    content    0 B, each version by itself
    packs      0 packs, 0 B
    originals  0 archives, 0 B
    damage     none known
    running    nothing
    last gc    never
    verified   never
    ");
    site.environment.write("shop_1.0.0.tar", tar(&[("a.txt", "hello\n")]));
    assert_eq!(site.run(&["package", "push", "shop_1.0.0.tar", "-q"]).code, 0);
    let verified = site.run(&["storage", "verify"]);
    assert!(verified.code == 0 && verified.stdout.contains("read 1 pack ("), "{}", verified.seen());
    assert_snapshot!(site.run(&["storage", "damage"]).seen(), @r"
    exit 0
    --- stderr
    no damage is known; `packhorse storage verify` looks for it
    ");
    assert_eq!(site.run(&["package", "delete", "shop@1.0.0", "--yes", "-q"]).code, 0);
    let dry = site.run(&["storage", "gc", "--dry-run", "--grace", "0", "-o", "json"]).json();
    assert_eq!((&dry["state"], &dry["report"]["removed_packs"]), (&"done".into(), &0.into()));
    let gone = site.run(&["storage", "gc", "--grace", "0", "-o", "json"]).json();
    assert_eq!(gone["report"]["removed_packs"], 1, "{gone:#}");
    let started = site.run(&["storage", "gc", "--no-wait", "-o", "json"]).json();
    let watched = site.run(&["storage", "watch", started["id"].as_str().unwrap()]);
    assert_eq!(watched.code, 0, "{}", watched.seen());
    assert_eq!(site.run(&["storage", "watch"]).code, 0);
    let jobs = site.run(&["storage", "jobs", "-o", "json"]).json();
    assert_eq!(jobs.as_array().unwrap().len(), 4);
}

#[test]
fn damage_is_found_named_and_mended_by_a_push() {
    let site = Site::start();
    site.environment.write("shop_1.0.0.tar", tar(&[("a.txt", "hello\n")]));
    assert_eq!(site.run(&["package", "push", "shop_1.0.0.tar", "-q"]).code, 0);
    let packs = site.environment.path("data/objects/packs");
    let folder = std::fs::read_dir(packs).unwrap().next().unwrap().unwrap().path();
    let pack = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    let mut bytes = std::fs::read(&pack).unwrap();
    bytes[25] ^= 1;
    std::fs::write(&pack, bytes).unwrap();
    let found = site.run(&["storage", "verify"]);
    assert!(found.code == 1 && found.stderr.contains("packhorse storage damage"), "{}", found.seen());
    let damage = site.run(&["storage", "damage"]);
    assert!(damage.stdout.contains("shop@1.0.0"), "{}", damage.seen());
    assert_eq!(site.run(&["package", "push", "shop_1.0.0.tar", "-q"]).code, 0);
    assert_eq!(site.run(&["storage", "verify"]).code, 0);
}
