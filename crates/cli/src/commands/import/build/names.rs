//! What a file's name says: whether it is to be imported, and as which version of which package. Pure.
//!
//! The rule is that of ControlTier's repoImport, `(filebase)(?:-buildstamp)?\.(extension)$`, with names as they are usual here and with the distributions beside it.

use packhorse_model::filename::{ArchiveFormat, FileName, stem};
use packhorse_model::project::attributes::format_of;
use packhorse_model::project::registration;
use packhorse_model::{PackageName, VersionNumber, distribution};
use regex::Regex;

/// Which files are meant, and how their names are read.
#[derive(Debug)]
pub(super) struct Names {
    /// What stands before the buildstamp, as a whole; anything if none is given.
    pub(super) filebase: Option<Regex>,
    /// What stands behind the dot, as a whole; that of any known format if none is given.
    pub(super) extension: Option<Regex>,
    /// What stands between name and buildstamp.
    pub(super) separator: String,
    /// The buildstamp that names may have.
    pub(super) buildstamp: Option<String>,
    /// Whether a name without it is left out.
    pub(super) requires_buildstamp: bool,
    /// The version of all files.
    pub(super) version: Option<VersionNumber>,
    /// What in a name is the version: its first group, or all of it.
    pub(super) version_pattern: Option<Regex>,
    /// What the files are, where their extensions do not say it.
    pub(super) subtype: Option<String>,
}

/// What a name was found to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) package: PackageName,
    pub(super) version: VersionNumber,
    /// The buildstamp, or the build of a name such as `shop_1.0.0_7.zip`.
    pub(super) buildstamp: Option<String>,
    pub(super) format: ArchiveFormat,
}

/// What becomes of a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reading {
    /// It is not meant.
    Other,
    /// It is meant, and says this.
    Named(Named),
    /// It is meant, and does not say what it must.
    Unclear { why: String, hint: &'static str },
}

impl Names {
    /// Reads a file name, without folders.
    pub(super) fn read(&self, file_name: &str) -> Reading {
        let whole = stem(file_name);
        let extension = file_name.strip_prefix(whole).and_then(|end| end.strip_prefix('.'));
        let Some(extension) = extension.filter(|_| !whole.is_empty()) else {
            return Reading::Other;
        };
        if self.extension.as_ref().is_some_and(|pattern| !pattern.is_match(extension)) {
            return Reading::Other;
        }
        let by_name = ArchiveFormat::of_file_name(file_name).map(|(_, format)| format);
        let Some(format) = self.subtype.as_deref().and_then(format_of).or(by_name) else {
            if self.extension.is_none() {
                return Reading::Other;
            }
            let why = format!("the extension .{extension} names no kind of package");
            return Reading::Unclear { why, hint: "say what the files are: --type file takes any file as it is" };
        };
        let stamped = self.buildstamp.as_ref().and_then(|stamp| {
            let base = whole.strip_suffix(stamp.as_str())?.strip_suffix(self.separator.as_str())?;
            (!base.is_empty()).then_some(base)
        });
        let found = self.find(file_name, stamped.unwrap_or(whole), stamped.is_some(), format);
        let has_stamp = if self.buildstamp.is_some() {
            stamped.is_some()
        } else {
            matches!(&found, Ok((_, Named { buildstamp: Some(_), .. })))
        };
        if self.requires_buildstamp && !has_stamp {
            return Reading::Other;
        }
        let (base, package) = match &found {
            Ok((base, named)) => (*base, named.package.as_str()),
            Err(_) => (stamped.unwrap_or(whole), whole),
        };
        let is_base = |pattern: &Regex| [base, package, whole].into_iter().any(|text| pattern.is_match(text));
        if !self.filebase.as_ref().is_none_or(is_base) {
            return Reading::Other;
        }
        match found {
            Ok((_, named)) => Reading::Named(named),
            Err(why) => {
                let hint = "say --version VERSION, or --version-pattern REGEX for where it stands in the name";
                Reading::Unclear { why, hint }
            }
        }
    }

    /// Takes a name apart into what stands before the version, and what it says; or why it cannot be.
    fn find<'n>(
        &self,
        file_name: &'n str,
        base: &'n str,
        is_stamped: bool,
        format: ArchiveFormat,
    ) -> Result<(&'n str, Named), String> {
        let buildstamp = self.buildstamp.clone().filter(|_| is_stamped);
        let of = |version: VersionNumber| {
            let package = registration::package(base, &version);
            let package = package.ok_or_else(|| format!("{base:?} is no name of a package"))?;
            Ok((base, Named { package, version, buildstamp: buildstamp.clone(), format }))
        };
        if let Some(version) = &self.version {
            return of(version.clone());
        }
        if let Some(pattern) = &self.version_pattern {
            let found = pattern.captures(file_name).and_then(|found| found.get(1).or_else(|| found.get(0)));
            let text = found.ok_or("the pattern for the version is not found in its name")?.as_str();
            return of(text.parse().map_err(|_| format!("what the pattern finds, {text:?}, is no version number"))?);
        }
        if let Some(stamp) = &self.buildstamp {
            return of(number(stamp).ok_or_else(|| format!("the buildstamp {stamp:?} is no version number"))?);
        }
        if let Ok(FileName { package, version, build, .. }) = FileName::parse_as(file_name, format) {
            return Ok((base, Named { package, version, buildstamp: build, format }));
        }
        for (at, separator) in base.match_indices(self.separator.as_str()) {
            let (name, rest) = (&base[..at], &base[at + separator.len()..]);
            if let (Some(package), Ok(version)) = (distribution::package(name), rest.parse()) {
                return Ok((name, Named { package, version, buildstamp: Some(rest.to_owned()), format }));
            }
        }
        Err("its name says no version".to_owned())
    }
}

/// The version number that a buildstamp `[tag-][major[.minor[.release]]][.build]` is.
fn number(buildstamp: &str) -> Option<VersionNumber> {
    let without_tag = || buildstamp.split_once('-')?.1.parse().ok();
    buildstamp.parse().ok().or_else(without_tag)
}

#[cfg(test)]
mod tests {
    use packhorse_model::project::attributes::subtype;

    use super::*;

    fn names() -> Names {
        Names {
            filebase: None,
            extension: None,
            separator: "-".to_owned(),
            buildstamp: None,
            requires_buildstamp: false,
            version: None,
            version_pattern: None,
            subtype: None,
        }
    }

    fn whole(pattern: &str) -> Option<Regex> {
        Some(Regex::new(&format!("^(?:{pattern})$")).unwrap())
    }

    fn read(names: &Names, file_name: &str) -> String {
        match names.read(file_name) {
            Reading::Other => "other".to_owned(),
            Reading::Unclear { why, .. } => format!("unclear: {why}"),
            Reading::Named(named) => {
                let stamp = named.buildstamp.map(|stamp| format!(" [{stamp}]")).unwrap_or_default();
                format!("{}@{} {}{stamp}", named.package, named.version, subtype(named.format))
            }
        }
    }

    #[test]
    fn names_are_taken_apart() {
        let plain = names();
        assert_eq!(read(&plain, "apache-tomcat-5.5.26.zip"), "apache-tomcat@5.5.26 zip [5.5.26]");
        assert_eq!(read(&plain, "shop-web_1.0.0_7.tar.gz"), "shop-web@1.0.0 tgz [7]");
        assert_eq!(read(&plain, "foo-1.0-SNAPSHOT.jar"), "foo@1.0-SNAPSHOT jar [1.0-SNAPSHOT]");
        assert_eq!(read(&plain, "bash-5.1.8-6.el9.x86_64.rpm"), "bash@5.1.8-6.el9 rpm");
        assert_eq!(read(&plain, "jdk-6u18-linux.bin"), "unclear: its name says no version");
        for other in ["README.md", "Makefile", ".zip"] {
            assert_eq!(read(&plain, other), "other", "{other}");
        }
    }

    #[test]
    fn a_buildstamp_is_taken_off_and_is_the_version() {
        let stamped = Names { buildstamp: Some("rel-1.2.3.45".to_owned()), ..names() };
        assert_eq!(read(&stamped, "shop-rel-1.2.3.45.war"), "shop@1.2.3.45 war [rel-1.2.3.45]");
        assert_eq!(read(&stamped, "shop.war"), "shop@1.2.3.45 war");
        let required = Names { requires_buildstamp: true, ..stamped };
        assert_eq!(read(&required, "shop.war"), "other");
        let wrong = Names { buildstamp: Some("nightly".to_owned()), ..names() };
        assert_eq!(read(&wrong, "shop-nightly.war"), "unclear: the buildstamp \"nightly\" is no version number");
        let version = Names { version: Some("2.0".parse().unwrap()), ..wrong };
        assert_eq!(read(&version, "shop-nightly.war"), "shop@2.0 war [nightly]");
    }

    #[test]
    fn patterns_choose_files() {
        let chosen = Names { filebase: whole("shop.*"), extension: whole("war|ear"), ..names() };
        assert_eq!(read(&chosen, "shop-web-1.0.war"), "shop-web@1.0 war [1.0]");
        assert_eq!(read(&chosen, "shop_1.0_7.war"), "shop@1.0 war [7]");
        assert_eq!(read(&chosen, "shop-1.0.zip"), "other");
        assert_eq!(read(&chosen, "blog-1.0.war"), "other");
        let iso = Names { extension: whole("iso"), ..names() };
        assert_eq!(read(&iso, "rhel-5.4.iso"), "unclear: the extension .iso names no kind of package");
        let iso = Names { subtype: Some("file".to_owned()), ..iso };
        assert_eq!(read(&iso, "rhel-5.4.iso"), "rhel@5.4 file [5.4]");
        let pattern = Names { version_pattern: Some(Regex::new(r"-r(\d+)-").unwrap()), ..names() };
        assert_eq!(read(&pattern, "shop-r17-linux.zip"), "shop-r17-linux@17 zip");
    }
}
