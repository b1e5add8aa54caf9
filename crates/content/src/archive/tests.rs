//! The catalogue of hostile and odd archives: what is taken, and as what; what is refused, and with which code.

use std::io::Cursor;

use packhorse_model::filename::ArchiveFormat;
use proptest::prelude::*;

use super::testing::{
    Member, entry, entry_of_size, file, folder, gzip, hard_link, member, pax, seal, symlink, tar, zip,
};
use super::*;
use crate::tree::EntryKind;

const FILE: u8 = b'0';
const LINK: u32 = 0o120_777;

fn read(format: ArchiveFormat, bytes: &[u8]) -> Result<Contents, ArchiveError> {
    check(Cursor::new(bytes), format, Limits { entries: 1000, bytes: 1 << 30 })
}

/// Each entry of the tree in one line, or the code of the refusal.
fn outcome(format: ArchiveFormat, bytes: &[u8]) -> String {
    match read(format, bytes) {
        Ok(contents) => {
            let line = |entry: &crate::Entry| match &entry.kind {
                EntryKind::Directory => format!("{}/ {:o}", entry.path, entry.mode),
                EntryKind::File { size, .. } => format!("{} {:o} {size}", entry.path, entry.mode),
                EntryKind::Symlink { target } => format!("{} -> {target}", entry.path),
            };
            contents.tree.iter().map(line).collect::<Vec<_>>().join(", ")
        }
        Err(ArchiveError::Refused(refused)) => {
            assert!(!refused.fault.hint().is_empty() && refused.to_string().len() < 600, "{refused}");
            refused.fault.code().to_owned()
        }
        Err(ArchiveError::Io(error)) => panic!("{error}"),
    }
}

fn of_tar(entries: &[Vec<u8>]) -> String {
    outcome(ArchiveFormat::Tar, &tar(entries))
}

fn of_zip(members: &[Member<'_>]) -> String {
    outcome(ArchiveFormat::Zip, &zip(members))
}

#[test]
fn ordinary_tars_are_taken_as_they_are() {
    insta::assert_snapshot!(of_tar(&[folder("bin/"), entry(FILE, "bin/start.sh", "", 0o755, b"#!/bin/sh\n")]), @"bin/ 755, bin/start.sh 755 10");
    insta::assert_snapshot!(of_tar(&[folder("app_1.0.0"), file("app_1.0.0/a", b"x"), symlink("current", "app_1.0.0")]), @"app_1.0.0/ 755, app_1.0.0/a 644 1, current -> app_1.0.0");
    insta::assert_snapshot!(of_tar(&[folder("./"), file("./a/b", b""), folder("./a/")]), @"a/ 755, a/b 644 0");
    insta::assert_snapshot!(of_tar(&[file("配置/应用.conf", "端口=80\n".as_bytes())]), @"配置/ 755, 配置/应用.conf 644 10");
    insta::assert_snapshot!(of_tar(&[folder("a"), folder("a")]), @"a/ 755");
    insta::assert_snapshot!(of_tar(&[entry(0, "old/", "", 0o700, b""), entry(b'7', "old/f", "", 0o600, b"1")]), @"old/ 700, old/f 600 1");
}

#[test]
fn long_names_are_read_in_every_form() {
    let name = "n".repeat(200);
    let expected = format!("{name} 644 1");
    assert_eq!(of_tar(&[pax(&[&format!("path={name}")]), file("short", b"x")]), expected);
    let gnu = entry(b'L', "././@LongLink", "", 0o644, format!("{name}\0").as_bytes());
    assert_eq!(of_tar(&[gnu, file("short", b"x")]), expected);
    let mut ustar = [0; 512];
    ustar.copy_from_slice(&file("file", b""));
    ustar[345..349].copy_from_slice(b"a/bc");
    seal(&mut ustar);
    assert_eq!(of_tar(&[ustar.to_vec()]), "a/ 755, a/bc/ 755, a/bc/file 644 0");
    let long_link = [entry(b'K', "x", "", 0o644, b"target\0"), symlink("l", "cut")];
    assert_eq!(of_tar(&long_link), "l -> target");
}

#[test]
fn only_permission_bits_are_kept() {
    let attributes = pax(&["SCHILY.xattr.security.capability=x", "uid=0", "mtime=1.5"]);
    insta::assert_snapshot!(of_tar(&[attributes, entry(FILE, "s", "", 0o6755, b"x")]), @"s 755 1");
}

#[test]
fn a_hard_link_to_an_earlier_file_is_a_copy() {
    let contents =
        read(ArchiveFormat::Tar, &tar(&[entry(FILE, "a", "", 0o755, b"same"), hard_link("b", "./a")])).unwrap();
    let [a, b] = contents.tree.entries() else { panic!("two entries") };
    assert_eq!((&a.kind, a.mode), (&b.kind, b.mode));
    assert_eq!(contents.files, [0]);
}

#[test]
fn paths_that_leave_or_deceive_are_refused() {
    for name in [
        "../p",
        "a/../../p",
        "/p",
        "a\\b",
        "C:/p",
        "a//b",
        "a/./b",
        "a\nb",
        "a\x1b[31m",
        "gpj.\u{202e}exe",
        "-rf",
        "a.",
        "a ",
        "aux.txt",
    ] {
        assert_eq!(of_tar(&[file(name, b"x")]), "PKG_PATH", "{name:?}");
        assert_eq!(of_zip(&[member(name, b"x")]), "PKG_PATH", "{name:?}");
    }
    for name in [".packhorse", ".packhorse/manifest", "a/.Packhorse/x"] {
        assert_eq!(of_tar(&[file(name, b"x")]), "PKG_RESERVED", "{name:?}");
    }
    let deep = format!("path={}/f", vec!["d"; 3000].join("/"));
    assert_eq!(of_tar(&[pax(&[&deep]), file("x", b"")]), "PKG_PATH");
    let long = format!("path={}", "n".repeat(64 << 10));
    assert_eq!(of_tar(&[pax(&[&long]), file("x", b"")]), "PKG_PATH");
    let mut other_encoding = [0; 512];
    other_encoding.copy_from_slice(&file("xx", b""));
    other_encoding[..2].copy_from_slice(b"\xb2\xe2");
    seal(&mut other_encoding);
    assert_eq!(of_tar(&[other_encoding.to_vec()]), "PKG_PATH");
}

#[test]
fn links_that_lead_out_are_refused() {
    for entries in [
        &[symlink("d", "/tmp"), file("d/p", b"x")][..],
        &[symlink("d", "real"), folder("real"), file("d/p", b"x")],
        &[symlink("l", "/etc/shadow")],
        &[symlink("a/l", "../../etc/passwd")],
        &[symlink("l", "..")],
        &[symlink("l", "l")],
        &[symlink("a/b/up", "../.."), symlink("a/b/l", "up/../x")],
        &[hard_link("h", "/etc/passwd")],
        &[hard_link("h", "../x")],
        &[hard_link("h", "later"), file("later", b"")],
        &[symlink("s", "t"), file("t", b""), hard_link("h", "s")],
        &[folder("d"), hard_link("h", "d")],
        &[file("f", b""), file("f/x", b"")],
    ] {
        assert_eq!(of_tar(entries), "PKG_LINK", "{entries:?}");
    }
    assert_eq!(of_zip(&[Member { mode: LINK, ..member("d", b"/tmp") }]), "PKG_LINK");
    assert_eq!(of_zip(&[Member { mode: LINK, ..member("d", b"e") }, member("d/z", b"x")]), "PKG_LINK");
}

#[test]
fn one_name_is_there_once() {
    for entries in [
        &[file("a", b"1"), file("a", b"2")][..],
        &[file("a", b"1"), file("./a", b"1")],
        &[symlink("f", "x"), file("f", b"no")],
        &[symlink("d", "x"), folder("d")],
        &[file("a/b", b""), file("a", b"")],
        &[folder("d"), entry(b'5', "d", "", 0o700, b"")],
    ] {
        assert_eq!(of_tar(entries), "PKG_DUPLICATE", "{entries:?}");
    }
    assert_eq!(of_zip(&[member("a", b"1"), member("a", b"2")]), "PKG_DUPLICATE");
    for (one, other) in [("Readme", "README"), ("a/x", "A/y"), ("caf\u{e9}", "cafe\u{301}"), ("a/b/c", "a/B")] {
        assert_eq!(of_tar(&[file(one, b""), file(other, b"")]), "PKG_COLLISION", "{one} {other}");
    }
}

#[test]
fn special_files_are_refused() {
    for kind in *b"346" {
        assert_eq!(of_tar(&[entry(kind, "p", "", 0o644, b"")]), "PKG_SPECIAL");
    }
    for kind in *b"SMVDZ" {
        assert_eq!(of_tar(&[entry(kind, "p", "", 0o644, b"")]), "PKG_UNSUPPORTED");
    }
    assert_eq!(of_zip(&[Member { mode: 0o010_644, ..member("p", b"") }]), "PKG_SPECIAL");
    assert_eq!(of_tar(&[pax(&["GNU.sparse.size=8796093022208"]), file("p", b"")]), "PKG_UNSUPPORTED");
}

#[test]
fn two_sizes_are_refused() {
    assert_eq!(of_tar(&[pax(&["size=1024"]), file("a", b"x")]), "PKG_SIZE");
    assert_eq!(of_tar(&[pax(&["size=1"]), entry_of_size(FILE, "a", "", 0o644, 0, b"x")]), "a 644 1");
    assert_eq!(of_tar(&[pax(&["size=1"]), file("a", b"x")]), "a 644 1");
    assert_eq!(of_tar(&[entry(b'2', "l", "a", 0o777, b"data")]), "PKG_SIZE");
    assert_eq!(of_tar(&[entry(b'5', "d", "", 0o755, b"data")]), "PKG_SIZE");
    assert_eq!(of_tar(&[file("a", b""), entry(b'1', "h", "a", 0o644, b"data")]), "PKG_SIZE");
}

#[test]
fn announced_sizes_are_not_believed() {
    assert_eq!(of_tar(&[entry_of_size(FILE, "a", "", 0o644, (1 << 33) - 1, b"x")]), "PKG_LIMIT");
    assert_eq!(of_tar(&[entry_of_size(FILE, "a", "", 0o644, 1 << 29, b"x")]), "PKG_TRUNCATED");
    assert_eq!(of_tar(&[entry_of_size(b'x', "a", "", 0o644, 1 << 29, b"x"), file("b", b"")]), "PKG_LIMIT");
}

#[test]
fn too_many_entries_are_refused_as_they_come() {
    let entries: Vec<_> = (0..1001).map(|number| file(&number.to_string(), b"")).collect();
    assert_eq!(of_tar(&entries), "PKG_LIMIT");
    assert_eq!(of_tar(&[file(&vec!["d"; 40].join("/"), b"")]).split(", ").count(), 40);
    let names: Vec<_> = (0..1001).map(|number| number.to_string()).collect();
    assert_eq!(of_zip(&names.iter().map(|name| member(name, b"")).collect::<Vec<_>>()), "PKG_LIMIT");
}

#[test]
fn bombs_do_not_go_off() {
    let zeros = vec![0; 40 << 20];
    assert_eq!(outcome(ArchiveFormat::TarGz, &gzip(&tar(&[file("b", &zeros)]))), "PKG_RATIO");
    assert_eq!(of_zip(&[member("b", &zeros)]), "PKG_RATIO");
    let parts: Vec<_> = ["a", "b", "c", "d", "e"].map(|name| member(name, &zeros[..2 << 20])).to_vec();
    assert_eq!(of_zip(&parts), "PKG_RATIO");
    assert_eq!(of_zip(&parts[..1]), "a 644 2097152");
}

#[test]
fn an_archive_ends_where_it_ends() {
    let whole = tar(&[file("a", &[b'x'; 700])]);
    let packed = gzip(&whole);
    for end in 1..packed.len() {
        assert_eq!(
            outcome(ArchiveFormat::TarGz, &packed[..end]),
            if end < 2 { "PKG_FORMAT" } else { "PKG_TRUNCATED" },
            "{end}"
        );
    }
    for end in 512..whole.len() {
        assert_eq!(outcome(ArchiveFormat::Tar, &whole[..end]), "PKG_TRUNCATED", "{end}");
    }
    for extra in [&b"garbage"[..], &packed] {
        assert_eq!(outcome(ArchiveFormat::TarGz, &[&packed, extra].concat()), "PKG_TRAILING");
        assert_eq!(outcome(ArchiveFormat::Tar, &[&whole, extra].concat()), "PKG_TRAILING");
    }
    assert_eq!(outcome(ArchiveFormat::Tar, &[&whole[..], &[0; 8192]].concat()), "a 644 700");
    assert_eq!(
        outcome(ArchiveFormat::Tar, &[&file("a", b"")[..], &[0; 512], &file("b", b""), &[0; 1024]].concat()),
        "PKG_CORRUPT"
    );
    assert_eq!(outcome(ArchiveFormat::Tar, b""), "PKG_EMPTY");
    assert_eq!(outcome(ArchiveFormat::TarGz, &gzip(&[0; 1024])), "PKG_EMPTY");
    assert_eq!(outcome(ArchiveFormat::TarGz, &gzip(&[b'x'; 1024])), "PKG_CORRUPT");
    assert_eq!(outcome(ArchiveFormat::Zip, &packed), "PKG_FORMAT");
}

#[test]
fn an_extension_belongs_to_an_entry() {
    assert_eq!(of_tar(&[file("a", b""), pax(&["path=b"])]), "PKG_TRUNCATED");
    let gnu = entry(b'L', "x", "", 0o644, b"other\0");
    assert_eq!(of_tar(&[pax(&["path=b"]), gnu, file("a", b"")]), "PKG_CORRUPT");
    let global = entry(b'g', "pax_global_header", "", 0o644, b"14 comment=ab\n");
    assert_eq!(of_tar(&[global, file("a", b"")]), "a 644 0");
}

#[test]
fn zips_are_taken_with_what_they_record() {
    let members = [
        Member { mode: 0o040_750, method: 0, ..member("bin/", b"") },
        Member { mode: 0o100_755, flags: 8, ..member("bin/start.sh", b"#!/bin/sh\n#!/bin/sh\n") },
        Member { method: 0, ..member("stored", b"as it is") },
        Member { mode: LINK, ..member("current", b"bin") },
        Member { mode: 0, ..member("配置", b"") },
    ];
    insta::assert_snapshot!(of_zip(&members), @"bin/ 750, bin/start.sh 755 20, current -> bin, stored 644 8, 配置 644 0");
    assert_eq!(outcome(ArchiveFormat::War, &zip(&members)), of_zip(&members));
    let mut with_comment = zip(&members);
    let at = with_comment.len() - 2;
    with_comment[at] = 5;
    with_comment.extend(b"hello");
    assert_eq!(outcome(ArchiveFormat::Zip, &with_comment), of_zip(&members));
    let inner = zip(&[member("x", b"y")]);
    assert_eq!(
        of_zip(&[Member { method: 0, ..member("lib/inner.jar", &inner) }]),
        format!("lib/ 755, lib/inner.jar 644 {}", inner.len())
    );
}

/// The zip with bytes changed at a place after the n-th signature.
fn patched(zip: &[u8], signature: &[u8], nth: usize, at: usize, bytes: &[u8]) -> Vec<u8> {
    let start = memchr::memmem::find_iter(zip, signature).nth(nth).unwrap() + at;
    let mut out = zip.to_vec();
    out[start..start + bytes.len()].copy_from_slice(bytes);
    out
}

#[test]
fn a_zip_that_contradicts_itself_is_refused() {
    const LOCAL: &[u8] = b"PK\x03\x04";
    const CENTRAL: &[u8] = b"PK\x01\x02";
    const END: &[u8] = b"PK\x05\x06";
    let stored = |name, data| Member { method: 0, ..member(name, data) };
    let whole = zip(&[stored("a", b"1111"), stored("b", b"2222"), Member { flags: 8, ..stored("c", b"3333") }]);
    assert_eq!(outcome(ArchiveFormat::Zip, &whole), "a 644 4, b 644 4, c 644 4");
    let second = u32::try_from(memchr::memmem::find_iter(&whole, LOCAL).nth(1).unwrap()).unwrap();
    for (why, bytes, code) in [
        ("another name", patched(&whole, LOCAL, 0, 30, b"x"), "PKG_ZIP"),
        ("another method", patched(&whole, LOCAL, 0, 8, &[8]), "PKG_ZIP"),
        ("another size", patched(&whole, LOCAL, 0, 22, &[5]), "PKG_ZIP"),
        ("another checksum", patched(&whole, LOCAL, 0, 14, &[5]), "PKG_ZIP"),
        ("another checksum behind", patched(&whole, b"PK\x07\x08", 0, 4, &[5]), "PKG_ZIP"),
        ("encrypted in one place", patched(&whole, LOCAL, 0, 6, &[1]), "PKG_ZIP"),
        ("encrypted", patched(&whole, CENTRAL, 0, 8, &[1]), "PKG_UNSUPPORTED"),
        ("unknown method", patched(&whole, CENTRAL, 0, 10, &[12]), "PKG_UNSUPPORTED"),
        ("changed data", patched(&whole, b"1111", 0, 0, b"x"), "PKG_CORRUPT"),
        ("overlap", patched(&whole, CENTRAL, 0, 42, &second.to_le_bytes()), "PKG_ZIP"),
        ("no entry there", patched(&whole, LOCAL, 1, 0, b"XX"), "PKG_ZIP"),
        ("fewer entries", patched(&whole, END, 0, 8, &[2, 0, 2, 0]), "PKG_ZIP"),
        ("more entries", patched(&whole, END, 0, 8, &[4, 0, 4, 0]), "PKG_ZIP"),
        ("volumes", patched(&whole, END, 0, 4, &[1]), "PKG_UNSUPPORTED"),
        ("no zip64", patched(&whole, END, 0, 16, &[255; 4]), "PKG_ZIP"),
        ("prepended", [&zip(&[member("x", b"")])[..], &whole].concat(), "PKG_ZIP"),
        ("trailing", [&whole[..], b"garbage"].concat(), "PKG_TRAILING"),
        ("cut", whole[..whole.len() - 1].to_vec(), "PKG_TRUNCATED"),
        ("cut in the directory", whole[..whole.len() - 30].to_vec(), "PKG_TRUNCATED"),
        ("two ends", [&patched(&whole, END, 0, 20, &[22])[..], b"PK\x05\x06", &[0; 18]].concat(), "PKG_ZIP"),
    ] {
        assert_eq!(outcome(ArchiveFormat::Zip, &bytes), code, "{why}");
    }
}

#[test]
fn a_member_has_the_size_that_is_announced() {
    const LOCAL: &[u8] = b"PK\x03\x04";
    const CENTRAL: &[u8] = b"PK\x01\x02";
    let whole = zip(&[member("a", b"some text, some text")]);
    for size in [0u8, 10, 19, 21, 255] {
        let lying = patched(&patched(&whole, LOCAL, 0, 22, &[size]), CENTRAL, 0, 24, &[size]);
        assert_eq!(outcome(ArchiveFormat::Zip, &lying), "PKG_SIZE", "{size}");
    }
}

#[test]
fn errors_name_the_entry() {
    let said = |entries: &[Vec<u8>]| read(ArchiveFormat::Tar, &tar(entries)).unwrap_err().to_string();
    insta::assert_snapshot!(said(&[entry(b'6', "run/pipe", "", 0o644, b"")]), @r#""run/pipe": it is a FIFO, which no package may hold"#);
    insta::assert_snapshot!(said(&[pax(&["size=9"]), file("a", b"x")]), @r#""a": its header says 1 bytes, its PAX record 9"#);
    insta::assert_snapshot!(said(&[symlink("a/l", "../../x")]), @r#""a/l": the link to "../../x" leads out of the package"#);
    insta::assert_snapshot!(said(&[file("Readme", b""), file("README", b"")]), @r#""README": the path differs from "Readme" only in case or in how its characters are composed"#);
    insta::assert_snapshot!(said(&[hard_link("h", "x")]), @r#""h": the hard link to "x" names nothing that came before it"#);
}

proptest! {
    /// Whatever becomes of the bytes of an archive, it is taken or refused.
    #[test]
    fn changed_bytes_never_do_more_than_be_refused(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6), cut: prop::sample::Index) {
        let name = format!("path={}", "n".repeat(120));
        let tar = tar(&[folder("d"), pax(&[&name, "size=3"]), file("d/a", b"abc"), symlink("l", "d/a"), hard_link("h", "d/a")]);
        let zip = zip(&[Member { flags: 8, ..member("a", b"some text, some text") }, Member { method: 0, ..member("d/b", b"x") }]);
        for (format, whole) in [(ArchiveFormat::Tar, tar.clone()), (ArchiveFormat::TarGz, gzip(&tar)), (ArchiveFormat::Zip, zip)] {
            let mut bytes = whole;
            for (at, byte) in &changes {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            bytes.truncate(cut.index(bytes.len() * 2).min(bytes.len()));
            let result = read(format, &bytes);
            prop_assert!(!matches!(result, Err(ArchiveError::Io(_))), "{:?}", result);
        }
    }
}
