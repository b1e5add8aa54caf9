//! The layout `overwrite`.

use super::*;

fn one(host: &Host) -> Held {
    host.overwriting(
        "1",
        &[
            ("bin/start", "755 start 1"),
            ("conf/app.conf", "640 port 1"),
            ("data", "/"),
            ("lib/dropped", "644 dropped"),
            ("lib/edited", "644 edited"),
            ("lib/same", "644 same"),
            ("mixed", "644 a file"),
            ("now", "-> bin"),
        ],
    )
}

fn two(host: &Host) -> Held {
    host.overwriting(
        "2",
        &[
            ("bin/start", "755 start 2"),
            ("conf/app.conf", "600 port 2"),
            ("data", "/"),
            ("lib/same", "644 same"),
            ("mixed/file", "644 of a folder"),
            ("new/deep/file", "644 new"),
            ("now", "-> new"),
        ],
    )
}

/// The first version is there, and was used.
fn used() -> (Host, Held, Held) {
    let mut host = Host::new(Arrangement::Overwrite);
    let (one, two) = (one(&host), two(&host));
    host.lay(&one);
    host.put("data/app.db", "600 rows");
    host.put("logs/app.log", "644 lines");
    host.put("conf/app.conf", "640 port 1, as the operator wants it");
    host.put("lib/edited", "644 edited since");
    (host, one, two)
}

#[test]
fn a_version_is_laid_over_another_and_nothing_of_the_application_is_lost() {
    let (mut host, one, two) = used();
    let before = host.content();
    let change = host.lay(&two);
    insta::assert_snapshot!(shown(&host.content()), @"
    bin: 755/
    bin/start: 755 start 2
    conf: 755/
    conf/app.conf: 600 port 2
    data: 755/
    data/app.db: 600 rows
    lib: 755/
    lib/edited: 644 edited since
    lib/same: 644 same
    logs: 755/
    logs/app.log: 644 lines
    mixed: 755/
    mixed/file: 644 of a folder
    new: 755/
    new/deep: 755/
    new/deep/file: 644 new
    now: -> new
    ");
    assert_eq!(change.stay, ["lib/edited"]);
    assert!(is_in_place(&host.ground(), &host.site, &two).unwrap());

    // And back, to the very bytes that were there.
    host.put("data/later.db", "600 more rows");
    host.lay(&one);
    let mut back = host.content();
    assert_eq!(back.remove("data/later.db").as_deref(), Some("600 more rows"));
    assert_eq!(back, before);
    assert!(is_in_place(&host.ground(), &host.site, &one).unwrap(), "what came back is how it was left");
    host.put("bin/start", "755 by hand");
    assert!(!is_in_place(&host.ground(), &host.site, &one).unwrap());
}

#[test]
fn whatever_is_cut_short_is_finished_or_undone() {
    let (host, ..) = used();
    let before = host.content();
    let (mut host, _, two) = used();
    host.lay(&two);
    let after = host.content();
    for writes in 0.. {
        let mut is_over = true;
        for is_undone in [false, true] {
            let (mut host, _, two) = used();
            let (attempt, change) = host.begin(&two);
            LEFT.set(writes);
            is_over &= host.write(attempt, &change, Some(&two)).is_ok();
            LEFT.set(usize::MAX);
            let change = host.site.change(attempt).unwrap().unwrap();
            host.write(attempt, &change, Some(&two).filter(|_| !is_undone)).unwrap();
            assert_eq!(host.content(), if is_undone { before.clone() } else { after.clone() }, "after {writes} writes");
        }
        if is_over {
            assert!(writes > 10);
            return;
        }
    }
}

#[test]
fn an_undo_that_is_cut_short_is_done_again() {
    let (host, ..) = used();
    let before = host.content();
    for writes in 0.. {
        let (mut host, _, two) = used();
        let (attempt, change) = host.begin(&two);
        host.write(attempt, &change, Some(&two)).unwrap();
        LEFT.set(writes);
        let undone = host.write(attempt, &change, None);
        LEFT.set(usize::MAX);
        host.write(attempt, &change, None).unwrap();
        assert_eq!(host.content(), before, "after {writes} writes");
        if undone.is_ok() {
            return;
        }
    }
}

#[test]
fn a_change_that_nobody_undid_is_taken_over_by_the_next() {
    let (host, ..) = used();
    let before = host.content();
    let (mut host, _, two) = used();
    host.lay(&two);
    let after = host.content();
    for writes in 0..20 {
        let (mut host, one, two) = used();
        let half = host.overwriting("3", &[("bin/start", "755 start 3"), ("third", "644 third")]);
        let (attempt, change) = host.begin(&half);
        LEFT.set(writes);
        let _ = host.write(attempt, &change, Some(&half));
        LEFT.set(usize::MAX);
        assert!(!is_in_place(&host.ground(), &host.site, &one).unwrap());
        let change = host.lay(&two);
        assert_eq!(host.content(), after, "after {writes} writes");
        let attempt = change.after.by.unwrap();
        host.write(attempt, &change, None).unwrap();
        assert_eq!(host.content(), before, "after {writes} writes");
    }
}

#[test]
fn an_attempt_that_finds_its_work_done_keeps_the_way_back() {
    let (mut host, one, two) = used();
    let before = host.content();
    host.lay(&two);
    // A further attempt, from the same version to the same.
    let attempt = host.attempt();
    let aim = Aim { from: Some(&one.release), ..host.aim(attempt, &two) };
    let change = compose(&host.ground(), &host.site, &aim).unwrap();
    host.record_change(attempt, &change);
    host.write(attempt, &change, Some(&two)).unwrap();
    assert!(change.after.former.as_ref().unwrap().leads_to(&one.release));
    host.write(attempt, &change, None).unwrap();
    assert_eq!(host.content(), before);
}

#[test]
fn what_lies_in_the_way_is_left_alone_and_said() {
    let mut host = Host::new(Arrangement::Overwrite);
    let version = one(&host);
    host.put("mixed/of the application", "644 x");
    insta::assert_snapshot!(host.refusal(&version), @"/data/app/shop/mixed is a folder that no version has put there: move it away");
    fs::remove_dir_all(host.path("mixed")).unwrap();
    host.put("bin", "644 x");
    insta::assert_snapshot!(host.refusal(&version), @"/data/app/shop/bin is a file that no version has put there: move it away");
    fs::remove_file(host.path("bin")).unwrap();
    host.put("lib", "-> /tmp");
    insta::assert_snapshot!(host.refusal(&version), @"/data/app/shop/lib is a link, which is not followed, and the version has files below it: move it away");
    fs::remove_file(host.path("lib")).unwrap();
    // Where nothing of the version lies below, a link may lead the application's data elsewhere.
    host.put("data", "-> /tmp");
    host.lay(&version);
    assert_eq!(host.content()["data"], "-> /tmp");
}

#[test]
fn a_package_that_goes_takes_what_is_its_own() {
    let (host, one, _) = used();
    let leaving = leave(&host.ground(), &host.site, &one).unwrap();
    let states = leaving.states.iter().map(|(path, state)| (path, state, &Source::Former));
    write(&host.ground(), &host.site, None, host.last_attempt(), states).unwrap();
    insta::assert_snapshot!(shown(&host.content()), @"
    conf: 755/
    conf/app.conf: 640 port 1, as the operator wants it
    data: 755/
    data/app.db: 600 rows
    lib: 755/
    lib/edited: 644 edited since
    logs: 755/
    logs/app.log: 644 lines
    ");
    assert_eq!(leaving.stay, ["conf/app.conf", "lib/edited"]);
}

#[test]
fn labels_stay_with_the_place() {
    let (host, ..) = used();
    let conf = host.path("conf/app.conf");
    let flags = rustix::fs::XattrFlags::empty();
    if rustix::fs::setxattr(&conf, "user.note", b"mine", flags).is_err() {
        // The file system of this machine has none.
        return;
    }
    let mut host = host;
    let two = two(&host);
    let note = |path: &Path| {
        let mut value = [0; 16];
        let size = rustix::fs::getxattr(path, "user.note", &mut value[..]).unwrap();
        String::from_utf8(value[..size].to_vec()).unwrap()
    };
    let change = host.lay(&two);
    assert_eq!(note(&conf), "mine");
    fs::remove_file(&conf).unwrap();
    host.write(change.after.by.unwrap(), &change, None).unwrap();
    assert_eq!(note(&conf), "mine");
}

#[test]
fn drift_is_told_by_what_lies_in_the_place() {
    let mut host = Host::new(Arrangement::Overwrite);
    let one = one(&host);
    host.lay(&one);
    let looked = |host: &Host| displaced(&host.ground(), &host.site, &one).unwrap();
    host.put("data/app.db", "600 rows");
    host.put("logs/app.log", "644 lines");
    assert_eq!(looked(&host), Some(0), "what the application writes is none");
    host.put("conf/app.conf", "640 port 9");
    fs::remove_file(host.path("lib/dropped")).unwrap();
    assert_eq!(looked(&host), Some(2));
    // What is kept of the version beside the place is not what runs.
    host.put("conf/app.conf", "640 port 1");
    host.put("lib/dropped", "644 dropped");
    fs::write(host.site.path_of(host.arrangement, &one.directory).join("lib/same"), "other").unwrap();
    assert_eq!(looked(&host), Some(0));
}
