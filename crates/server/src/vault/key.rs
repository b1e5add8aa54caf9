//! The master key: 32 bytes in `DATA/vault/master.key`, made at the first start, in no database and in no log. Whoever loses it loses
//! every secret; whoever copies it together with the database has them.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt};
use std::path::Path;

use crate::random::Random;
use crate::start_error::StartError;

const FILE: &str = "master.key";

/// The key. It is shown nowhere.
pub(crate) struct MasterKey([u8; 32]);

impl MasterKey {
    /// Reads the key, or makes it if there is none.
    pub(crate) fn open(directory: &Path, random: &Random) -> Result<Self, StartError> {
        let path = directory.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::read(&path, &text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let key = Self(random.bytes());
                key.create(directory, &path).map_err(|source| StartError::File { path, source })?;
                Ok(key)
            }
            Err(source) => Err(StartError::File { path, source }),
        }
    }

    fn read(path: &Path, text: &str) -> Result<Self, StartError> {
        let broken = |reason: &str| StartError::MasterKey { path: path.to_owned(), reason: reason.to_owned() };
        let mode = std::fs::metadata(path)
            .map_err(|source| StartError::File { path: path.to_owned(), source })?
            .permissions()
            .mode();
        if mode & 0o077 != 0 {
            return Err(broken(&format!("others may read it (mode {:o})", mode & 0o777)));
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text.trim_end(), &mut bytes).map_err(|_| broken("it is not 64 hexadecimal digits"))?;
        Ok(Self(bytes))
    }

    fn create(&self, directory: &Path, path: &Path) -> std::io::Result<()> {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        let part = path.with_extension("part");
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
        writeln!(file, "{}", hex::encode(self.0))?;
        file.sync_all()?;
        std::fs::rename(&part, path)?;
        File::open(directory)?.sync_all()
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub(crate) fn digest_key(&self) -> [u8; 32] {
        blake3::derive_key("packhorse vault digest key", &self.0)
    }

    /// By what it is known, without saying anything of it.
    pub(crate) fn id(&self) -> String {
        blake3::derive_key("packhorse vault master key id", &self.0)
            .iter()
            .take(8)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_and_refused_when_it_is_not_whole() {
        let folder = tempfile::tempdir().unwrap();
        let open = |seed| MasterKey::open(folder.path(), &Random::seeded(seed));
        let key = open(1).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(open(2).map(|again| again.0).unwrap_or_else(|error| panic!("{error}")), key.0);
        let path = folder.path().join(FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "abc").unwrap();
        assert!(matches!(open(1), Err(StartError::MasterKey { .. })));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let Err(error) = open(1) else { panic!("others may read it") };
        assert!(error.to_string().contains("others may read it (mode 640)"), "{error}");
    }
}
