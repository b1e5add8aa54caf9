//! The files of a config package.

use serde::{Deserialize, Serialize};

use super::ManifestError;
use super::check::{is_absolute, is_inside, is_word, wrong};

/// One file and where it goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConfigFile {
    /// The file in the package.
    pub file: String,
    /// Absolute path on the host. Variables such as `[@packhorse.host.name]` are replaced.
    pub target: String,
    /// User, or `user:group`, that owns it there; as it was, or the agent's own, if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Its permission bits there, in octal: `640`; if not said, those of the file in the package, and no wider than they were there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
}

impl ConfigFile {
    /// Its permission bits there, if they are said.
    #[must_use]
    pub fn permissions(&self) -> Option<u16> {
        self.mode.as_deref().and_then(|mode| u16::from_str_radix(mode, 8).ok())
    }

    pub(super) fn check(&self) -> Result<(), ManifestError> {
        let key = |field: &str| format!("config.{}.{field}", self.file);
        if !is_inside(&self.file) {
            return Err(wrong("config.file", format!("{:?} is not a path inside the package", self.file)));
        }
        if !is_absolute(&self.target) {
            let message = "must be the absolute path of a file, as in /etc/shop/shop.toml, without . and ..";
            return Err(wrong(key("target"), message));
        }
        if self.owner.as_deref().is_some_and(|owner| !is_owner(owner)) {
            return Err(wrong(key("owner"), "must be USER or USER:GROUP"));
        }
        if self.mode.as_deref().is_some_and(|mode| !is_mode(mode)) {
            return Err(wrong(key("mode"), "must be the nine permission bits in octal, as in 640"));
        }
        Ok(())
    }
}

fn is_owner(owner: &str) -> bool {
    let is_name = |name: &str| is_word(name) && !name.contains([':', ' ', '/']) && !name.starts_with('-');
    owner.split_once(':').map_or_else(|| is_name(owner), |(user, group)| is_name(user) && is_name(group))
}

fn is_mode(mode: &str) -> bool {
    let digits = if mode.len() == 4 { mode.strip_prefix('0').unwrap_or_default() } else { mode };
    digits.len() == 3 && digits.bytes().all(|b| (b'0'..=b'7').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::super::Manifest;

    #[test]
    fn what_cannot_be_meant_is_named() {
        let check = |rest: &str| Manifest::parse(&format!("[[config]]\nfile='app.conf'\n{rest}")).map(|_| ());
        let error = |rest: &str| check(rest).unwrap_err().to_string();
        check("target='/etc/app.conf'\nowner='shop:web'\nmode='0640'").unwrap();
        check("target='/etc/[@packhorse.host.name].conf'\nmode='640'").unwrap();
        insta::assert_snapshot!(error("target='etc/app.conf'"), @"packhorse.toml, config.app.conf.target: must be the absolute path of a file, as in /etc/shop/shop.toml, without . and ..");
        insta::assert_snapshot!(error("target='/etc/../shadow'"), @"packhorse.toml, config.app.conf.target: must be the absolute path of a file, as in /etc/shop/shop.toml, without . and ..");
        insta::assert_snapshot!(error("target='/etc/a'\nmode='rw-'"), @"packhorse.toml, config.app.conf.mode: must be the nine permission bits in octal, as in 640");
        insta::assert_snapshot!(error("target='/etc/a'\nmode='4755'"), @"packhorse.toml, config.app.conf.mode: must be the nine permission bits in octal, as in 640");
        insta::assert_snapshot!(error("target='/etc/a'\nowner='a:b:c'"), @"packhorse.toml, config.app.conf.owner: must be USER or USER:GROUP");
        let twice = "[[config]]\nfile='a'\ntarget='/etc/a'\n[[config]]\nfile='b'\ntarget='/etc/a'";
        insta::assert_snapshot!(Manifest::parse(twice).unwrap_err(), @r#"packhorse.toml, config.target: "/etc/a" is the target of two files"#);
    }
}
