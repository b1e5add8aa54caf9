//! What comes before a header when a field of it is too small: PAX records and GNU long names.
//!
//! Programs differ in which of two statements they believe, and such differences have been used to show one archive to the
//! checker and another to the host. So two statements about one thing must agree, or the archive is refused.

use super::super::fault::Fault;

/// The longest extension of one entry.
pub(crate) const MAX_EXTENSION: u64 = 1 << 20;

/// Which form of extension a header announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Pax,
    GlobalPax,
    GnuPath,
    GnuLink,
}

/// What is known of the entry that follows.
#[derive(Debug, Default)]
pub(crate) struct Extension {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<u64>,
}

impl Extension {
    pub(crate) fn path(&self) -> Option<&[u8]> {
        self.path.as_deref()
    }

    pub(crate) fn link(&self) -> Option<&[u8]> {
        self.link.as_deref()
    }

    /// The size of the entry, by the extension and by its header: they must agree unless the header leaves it open.
    pub(crate) fn size_over(&self, header: u64) -> Result<u64, Fault> {
        match self.size {
            Some(size) if header != 0 && header != size => {
                Err(Fault::Size { why: format!("its header says {header} bytes, its PAX record {size}") })
            }
            Some(size) => Ok(size),
            None => Ok(header),
        }
    }

    /// Takes in one extension.
    pub(crate) fn add(&mut self, part: Part, text: &[u8]) -> Result<(), Fault> {
        match part {
            Part::GnuPath => set(&mut self.path, "path", gnu_text(text)),
            Part::GnuLink => set(&mut self.link, "link target", gnu_text(text)),
            Part::Pax => records(text, |key, value| self.record(key, value)),
            Part::GlobalPax => records(text, |key, _| match key {
                b"path" | b"linkpath" | b"size" => Err(unsupported("its global header renames or resizes entries")),
                _ if key.starts_with(b"GNU.sparse.") => Err(unsupported("it has sparse files")),
                _ => Ok(()),
            }),
        }
    }

    /// Owners, times, attributes and comments are dropped: a package brings none.
    fn record(&mut self, key: &[u8], value: &[u8]) -> Result<(), Fault> {
        match key {
            b"path" => set(&mut self.path, "path", value),
            b"linkpath" => set(&mut self.link, "link target", value),
            b"size" => {
                let size = std::str::from_utf8(value).ok().filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
                let size = size.and_then(|text| text.parse().ok()).filter(|size| i64::try_from(*size).is_ok());
                let size = size.ok_or_else(|| corrupt("a PAX size is not a number"))?;
                if self.size.replace(size).is_some_and(|before| before != size) {
                    return Err(Fault::Size { why: "its PAX records give two sizes".to_owned() });
                }
                Ok(())
            }
            b"SCHILY.realsize" => Err(unsupported("it has a sparse file")),
            _ if key.starts_with(b"GNU.sparse.") => Err(unsupported("it has a sparse file")),
            _ => Ok(()),
        }
    }
}

fn set(field: &mut Option<Vec<u8>>, what: &str, value: &[u8]) -> Result<(), Fault> {
    if value.is_empty() || value.contains(&0) {
        return Err(corrupt(&format!("an extended {what} is empty or has a zero in it")));
    }
    match field.replace(value.to_vec()) {
        Some(before) if before != value => Err(corrupt(&format!("an entry is given two values for its {what}"))),
        _ => Ok(()),
    }
}

/// GNU ends the text with a zero.
fn gnu_text(text: &[u8]) -> &[u8] {
    text.strip_suffix(&[0]).unwrap_or(text)
}

/// `LENGTH KEY=VALUE\n`, where the length counts all of it.
fn records(mut text: &[u8], mut each: impl FnMut(&[u8], &[u8]) -> Result<(), Fault>) -> Result<(), Fault> {
    while !text.is_empty() {
        let (record, rest) = split_record(text).ok_or_else(|| corrupt("a PAX record is malformed"))?;
        let at = record.iter().position(|byte| *byte == b'=').ok_or_else(|| corrupt("a PAX record has no value"))?;
        each(&record[..at], &record[at + 1..])?;
        text = rest;
    }
    Ok(())
}

fn split_record(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let blank = text.iter().take(12).position(|byte| *byte == b' ')?;
    let length =
        std::str::from_utf8(&text[..blank]).ok().filter(|t| t.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()?;
    let (record, rest) = text.split_at_checked(length)?;
    let record = record.get(blank + 1..)?.strip_suffix(b"\n")?;
    Some((record, rest))
}

fn corrupt(why: &str) -> Fault {
    Fault::Corrupt { why: why.to_owned() }
}

fn unsupported(what: &str) -> Fault {
    Fault::Unsupported { what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pax(text: &[u8]) -> Result<Extension, Fault> {
        let mut extension = Extension::default();
        extension.add(Part::Pax, text).map(|()| extension)
    }

    /// A record whose length counts itself.
    fn record(text: &str) -> Vec<u8> {
        let rest = format!(" {text}\n");
        let length = (rest.len()..).find(|length| length.to_string().len() + rest.len() == *length).unwrap();
        format!("{length}{rest}").into_bytes()
    }

    #[test]
    fn reads_records() {
        let records = ["path=配/置", "mtime=1700000000.123456789", "comment=a=b\nc", "size=10"].map(record).concat();
        let extension = pax(&records).unwrap();
        assert_eq!(extension.path(), Some("配/置".as_bytes()));
        assert_eq!(extension.size_over(0), Ok(10));
        assert_eq!(extension.size_over(10), Ok(10));
        assert_eq!(extension.size_over(11).unwrap_err().code(), "PKG_SIZE");
    }

    #[test]
    fn refuses_malformed_records() {
        for text in [
            "11 path=a\n",
            "8 path=a\n",
            "x path=a\n",
            "10 pathaaa\n",
            "0 \n",
            "99999999999 a=b\n",
            "+9 path=a\n",
            " 9 path=a\n",
        ] {
            assert!(pax(text.as_bytes()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn refuses_what_can_be_read_in_two_ways() {
        for text in ["path=", "path=a\0b", "size=-1", "size=+1", "size=99999999999999999999", "GNU.sparse.major=1"] {
            assert!(pax(&record(text)).is_err(), "{text:?}");
        }
        assert!(pax(&["path=a", "path=b"].map(record).concat()).is_err());
        assert!(pax(&["size=1", "size=2"].map(record).concat()).is_err());
        let mut extension = pax(&record("path=a")).unwrap();
        assert!(extension.add(Part::GnuPath, b"b\0").is_err());
    }

    #[test]
    fn global_records_may_comment_but_not_rename() {
        let mut extension = Extension::default();
        assert_eq!(extension.add(Part::GlobalPax, &record("comment=abc")), Ok(()));
        assert!(extension.add(Part::GlobalPax, &record("path=a")).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(text in proptest::collection::vec(prop_oneof![Just(b' '), Just(b'='), Just(b'\n'), b'0'..=b'9', any::<u8>()], 0..100)) {
            let _ = pax(&text);
        }
    }
}
