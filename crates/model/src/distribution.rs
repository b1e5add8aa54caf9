//! What packages of Linux distributions are called: names and version numbers of rpm and deb, as ours.
//!
//! A distribution's version is `[epoch:]version-release`. Ours keeps version and release, so that `1.2.3-4.el8` comes before `1.2.3-5.el8`; what our numbers
//! cannot hold is written with dots behind the dash (`1.0.2k-16` becomes `1.0.2-k.16`), and what `~` sorts before its release as
//! usual is put before it (`2.0~rc1-1` becomes `2.0-0.rc1.1`). An epoch orders across renumberings, which no number of ours does: it is an attribute.

use crate::name::PackageName;
use crate::version::VersionNumber;

/// The version number of a package with this version and release (a deb's revision); none if the version does not begin with a number.
#[must_use]
pub fn number(version: &str, release: Option<&str>) -> Option<VersionNumber> {
    let end = version.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(version.len());
    // A group that letters follow directly is still a number: 1.0.2k is 1.0.2 with k behind it.
    let (numbers, rest) = version.split_at(end);
    let numbers = parts(numbers).collect::<Vec<_>>().join(".");
    let before = rest.starts_with('~').then_some("0");
    let behind: Vec<&str> = before.into_iter().chain(parts(rest)).chain(release.into_iter().flat_map(parts)).collect();
    let text = if behind.is_empty() { numbers } else { format!("{numbers}-{}", behind.join(".")) };
    text.parse().ok()
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty())
}

/// The version number of a deb's `[epoch:]upstream[-revision]`.
#[must_use]
pub fn deb_number(text: &str) -> Option<VersionNumber> {
    let text = text.split_once(':').or_else(|| text.split_once("%3a")).map_or(text, |(_, rest)| rest);
    match text.rsplit_once('-') {
        Some((upstream, revision)) => number(upstream, Some(revision)),
        None => number(text, None),
    }
}

/// Whether the name of an rpm, without its extension, ends in an architecture, as all do that the tool has made.
#[must_use]
pub fn names_architecture(stem: &str) -> bool {
    stem.rsplit_once('.').is_some_and(|(_, arch)| arch.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// What the name of an rpm says, without its extension: `NAME-VERSION-RELEASE.ARCH`.
#[must_use]
pub fn of_rpm_name(stem: &str) -> Option<(PackageName, VersionNumber)> {
    let (rest, _) = stem.rsplit_once('.').filter(|_| names_architecture(stem))?;
    let (rest, release) = rest.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    Some((package(name)?, number(version, Some(release))?))
}

/// What the name of a deb says, without its extension: `NAME_VERSION_ARCH`.
#[must_use]
pub fn of_deb_name(stem: &str) -> Option<(PackageName, VersionNumber)> {
    let (name, rest) = stem.split_once('_')?;
    let (version, arch) = rest.split_once('_')?;
    let is_arch = arch.starts_with(|c: char| c.is_ascii_alphabetic());
    if is_arch { Some((package(name)?, deb_number(version)?)) } else { None }
}

/// A name of another system as the name of a package, with what none may hold written as `-`.
#[must_use]
pub fn package(name: &str) -> Option<PackageName> {
    name.chars().map(|c| if c == '_' || c == ' ' { '-' } else { c }).collect::<String>().parse().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rpm(version: &str, release: &str) -> String {
        number(version, Some(release)).map_or("none".to_owned(), |number| number.to_string())
    }

    #[test]
    fn version_and_release_become_one_number() {
        assert_eq!(rpm("1.2.3", "4.el8"), "1.2.3-4.el8");
        assert_eq!(rpm("1.0.2k", "16.el7_6.1"), "1.0.2-k.16.el7.6.1");
        assert_eq!(rpm("2.0~rc1", "1"), "2.0-0.rc1.1");
        assert_eq!(rpm("20240101", "1"), "20240101-1");
        assert_eq!(rpm("git", "1"), "none");
        let deb = |text: &str| deb_number(text).map(|number| number.to_string());
        assert_eq!(deb("1:9.18.24-1+deb12u1").as_deref(), Some("9.18.24-1.deb12u1"));
        assert_eq!(deb("2.31"), Some("2.31".to_owned()));
        assert_eq!(deb("1%3a2.0-1ubuntu3").as_deref(), Some("2.0-1ubuntu3"));
    }

    #[test]
    fn releases_sort_as_they_came() {
        let sorted = [("1.2.3~rc1", "1"), ("1.2.3", "4.el8"), ("1.2.3", "10.el8"), ("1.2.4", "1.el8"), ("1.10", "1")];
        for pair in sorted.windows(2) {
            let [a, b] = [pair[0], pair[1]].map(|(version, release)| number(version, Some(release)).unwrap());
            assert!(a < b, "{a} < {b}");
        }
    }

    #[test]
    fn file_names_of_distributions_are_read() {
        let read = |found: Option<(PackageName, VersionNumber)>| {
            found.map_or("none".to_owned(), |(package, version)| format!("{package} {version}"))
        };
        assert_eq!(read(of_rpm_name("openssl-libs-1.1.1k-12.el8_9.x86_64")), "openssl-libs 1.1.1-k.12.el8.9");
        assert_eq!(read(of_rpm_name("python3_foo-1.0-1.noarch")), "python3-foo 1.0-1");
        assert_eq!(read(of_rpm_name("shop_1.0.0_1")), "none");
        assert_eq!(read(of_deb_name("libstdc++6_12.2.0-14_amd64")), "libstdc++6 12.2.0-14");
        assert_eq!(read(of_deb_name("shop_1.0.0_20261101")), "none");
    }

    proptest! {
        #[test]
        fn any_text_is_a_number_or_none(version in "\\PC{0,80}", release in "\\PC{0,80}") {
            let _ = number(&version, Some(&release));
            let _ = (deb_number(&version), of_rpm_name(&version), of_deb_name(&version));
        }
    }
}
