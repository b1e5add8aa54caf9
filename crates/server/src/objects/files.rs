//! The files of a package as a judgement of it reads them, from what is stored.

use std::io::{self, Read as _};

use packhorse_content::ingest::Ingested;
use packhorse_content::inspect::Files;
use packhorse_content::{ContentSource as _, Entry};

use super::{Library, content_of};

/// Files that are stored. Used from blocking threads only.
pub(crate) struct StoredFiles<'a> {
    library: &'a Library,
    /// The archive that brought them a moment ago, if one did: no row names them yet.
    ingested: Option<&'a Ingested>,
}

impl<'a> StoredFiles<'a> {
    /// Files that rows name.
    pub(crate) fn new(library: &'a Library) -> Self {
        Self { library, ingested: None }
    }

    /// Files that an archive brought a moment ago.
    pub(crate) fn brought(library: &'a Library, ingested: &'a Ingested) -> Self {
        Self { library, ingested: Some(ingested) }
    }
}

impl Files for StoredFiles<'_> {
    fn each(&mut self, wanted: &[&Entry], take: &mut dyn FnMut(&Entry, &[u8])) -> io::Result<()> {
        let files = wanted.iter().filter_map(|entry| content_of(entry));
        let source = match self.ingested {
            Some(ingested) => self.library.open_ingested(ingested, files)?,
            None => self.library.open(files)?,
        };
        let mut bytes = Vec::new();
        for entry in wanted {
            bytes.clear();
            if let Some(file) = content_of(entry) {
                source.read(&file.digest, file.size)?.read_to_end(&mut bytes)?;
            }
            take(entry, &bytes);
        }
        Ok(())
    }
}
