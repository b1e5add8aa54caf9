use proptest::prelude::*;

use super::*;
use crate::archive::testing;

/// A header of these texts and numbers, as rpm writes it.
fn section(texts: &[(u32, u32, &str)], numbers: &[(u32, &[u32])]) -> Vec<u8> {
    let (mut index, mut values) = (Vec::new(), Vec::new());
    let mut entry = |tag: u32, kind: u32, offset: usize, count: usize| {
        for number in [tag, kind, u32::try_from(offset).unwrap(), u32::try_from(count).unwrap()] {
            index.extend(number.to_be_bytes());
        }
    };
    for (tag, list) in numbers {
        entry(*tag, 4, values.len(), list.len());
        values.extend(list.iter().flat_map(|number| number.to_be_bytes()));
    }
    for (tag, kind, text) in texts {
        entry(*tag, *kind, values.len(), text.split('\n').count());
        values.extend(text.replace('\n', "\0").bytes().chain([0]));
    }
    let mut bytes = vec![0x8e, 0xad, 0xe8, 1, 0, 0, 0, 0];
    bytes.extend(u32::try_from(index.len() / 16).unwrap().to_be_bytes());
    bytes.extend(u32::try_from(values.len()).unwrap().to_be_bytes());
    [bytes, index, values].concat()
}

fn rpm() -> Vec<u8> {
    let mut bytes = vec![0xed, 0xab, 0xee, 0xdb, 3, 0];
    bytes.resize(96, 0);
    bytes.extend(section(&[(62, 6, "sig")], &[]));
    bytes.resize(bytes.len().next_multiple_of(8), 0);
    let texts = [
        (1000, 6, "shop-web"),
        (1001, 6, "1.2.3"),
        (1002, 6, "4.el9"),
        (1004, 9, "The shop\nDer Laden"),
        (1011, 6, "We"),
        (1014, 6, "MIT"),
        (1020, 6, "https://shop.example"),
        (1022, 6, "x86_64"),
        (1049, 8, "rpmlib(CompressedFileNames)\nglibc\n/bin/sh\nglibc"),
        (1050, 8, "3.0\n2.17\n\n2.17"),
    ];
    let numbers: [(u32, &[u32]); 4] =
        [(1003, &[1]), (1006, &[1_793_534_445]), (1009, &[4096]), (1048, &[0x0100_000a, 0xc, 0, 0xc])];
    bytes.extend(section(&texts, &numbers));
    bytes.extend(b"what is installed");
    bytes
}

fn ar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = b"!<arch>\n".to_vec();
    for (name, data) in members {
        bytes.extend(format!("{name:<16}{:<12}{:<6}{:<6}{:<8}{:<10}`\n", 0, 0, 0, 100_644, data.len()).bytes());
        bytes.extend(*data);
        bytes.resize(bytes.len().next_multiple_of(2), b'\n');
    }
    bytes
}

const CONTROL: &str = "Package: shop-web\nVersion: 1:1.2.3-4\nArchitecture: amd64\nMaintainer: We <we@shop.example>\n\
Installed-Size: 4\nDepends: libc6 (>= 2.17), adduser\nHomepage: https://shop.example\nSection: web\nDescription: The shop\n Long text.\n";

fn deb() -> Vec<u8> {
    let tar = testing::tar(&[testing::folder("./"), testing::file("./control", CONTROL.as_bytes())]);
    let control = testing::gzip(&tar);
    ar(&[("debian-binary", b"2.0\n"), ("control.tar.gz", &control), ("data.tar.xz", b"what is installed")])
}

fn filled(format: ArchiveFormat, bytes: &[u8]) -> String {
    let header = read(format, bytes).unwrap().unwrap();
    let mut manifest = Manifest::default();
    header.fill(&mut manifest);
    let number = header.number().map(|number| number.to_string()).unwrap_or_default();
    format!("{number}\n{}", manifest.to_toml().unwrap())
}

#[test]
fn the_header_of_an_rpm_fills_the_attributes() {
    insta::assert_snapshot!(filled(ArchiveFormat::Rpm, &rpm()), @r#"
    1.2.3-4.el9
    description = "The shop"

    [metadata]
    arch = "x86_64"
    buildtime = "20261101120045"
    release = "4.el9"
    vendor = "We"

    [metadata.more]
    depends = "glibc >= 2.17, /bin/sh"
    epoch = "1"
    header_name = "shop-web"
    header_version = "1.2.3"
    installed_size = "4096"
    license = "MIT"
    url = "https://shop.example"
    "#);
}

#[test]
fn the_control_file_of_a_deb_fills_the_attributes() {
    insta::assert_snapshot!(filled(ArchiveFormat::Deb, &deb()), @r#"
    1.2.3-4
    description = "The shop"

    [metadata]
    arch = "amd64"
    release = "4"
    vendor = "We <we@shop.example>"

    [metadata.more]
    depends = "libc6 (>= 2.17), adduser"
    epoch = "1"
    group = "web"
    header_name = "shop-web"
    header_version = "1.2.3"
    installed_size = "4096"
    url = "https://shop.example"
    "#);
}

#[test]
fn what_somebody_said_stays() {
    let mut manifest =
        Manifest::parse("description = 'mine'\n[metadata]\narch = 'any'\n[metadata.more]\nlicense = 'GPL'").unwrap();
    read(ArchiveFormat::Rpm, &rpm()[..]).unwrap().unwrap().fill(&mut manifest);
    assert_eq!(manifest.description, "mine");
    assert_eq!(manifest.metadata.arch.as_deref(), Some("any"));
    assert_eq!((manifest.metadata.more["license"].as_str(), manifest.metadata.more["epoch"].as_str()), ("GPL", "1"));
}

#[test]
fn a_header_that_is_none_is_refused_with_its_reason() {
    let refused = |format, bytes: &[u8]| read(format, bytes).unwrap_err().to_string();
    insta::assert_snapshot!(refused(ArchiveFormat::Rpm, &rpm()[..300]), @"it ends in the middle: the header of the rpm");
    insta::assert_snapshot!(refused(ArchiveFormat::Rpm, &[0xed; 200]), @"it is damaged: there is no header where one must be");
    let mut huge = rpm();
    huge[96 + 8..96 + 16].fill(0xff);
    insta::assert_snapshot!(refused(ArchiveFormat::Rpm, &huge), @"its header is larger than any known package has");
    insta::assert_snapshot!(refused(ArchiveFormat::Deb, &ar(&[("debian-binary", b"2.0\n")])), @"it ends in the middle: the control archive of the deb");
    insta::assert_snapshot!(refused(ArchiveFormat::Deb, &ar(&[("control.tar.lz", b"x")])), @r#"its control archive "control.tar.lz" is packed in no known way"#);
    let empty = testing::gzip(&testing::tar(&[testing::file("md5sums", b"")]));
    insta::assert_snapshot!(refused(ArchiveFormat::Deb, &ar(&[("control.tar.gz/", &empty)])), @r#"it is damaged: its control archive has no file "control" of at most 1 MiB"#);
}

#[test]
fn other_formats_have_no_header() {
    assert_eq!(read(ArchiveFormat::Bin, &b"#!/bin/sh"[..]).unwrap(), None);
}

#[test]
fn attributes_are_as_long_as_they_may_be() {
    let header = PackageHeader {
        summary: "é".repeat(5000),
        depends: (0..1000).map(|n| format!("library-{n} >= 1.0")).collect(),
        ..PackageHeader::default()
    };
    let mut manifest = Manifest::default();
    header.fill(&mut manifest);
    assert!(manifest.metadata.more["depends"].ends_with(" more") && manifest.metadata.more["depends"].len() <= 4096);
    assert_eq!(manifest.description.chars().count(), 2000);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0_usize..400, value: u8) {
        drop(read(ArchiveFormat::Rpm, &bytes[..]));
        drop(read(ArchiveFormat::Deb, &bytes[..]));
        bytes = rpm();
        let place = at.min(bytes.len() - 1);
        bytes[place] = value;
        if let Ok(Some(header)) = read(ArchiveFormat::Rpm, &bytes[..]) {
            header.fill(&mut Manifest::default());
        }
        bytes = deb();
        let place = at.min(bytes.len() - 1);
        bytes[place] = value;
        drop(read(ArchiveFormat::Deb, &bytes[..]));
    }
}
