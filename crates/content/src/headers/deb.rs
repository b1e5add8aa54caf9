//! The control file of a deb (deb(5), deb-control(5)): an ar archive whose first members are `debian-binary` and `control.tar` with or without compression; what is
//! installed comes after them and is not read.

use std::io::{Cursor, Read};

use packhorse_model::filename::ArchiveFormat;

use super::PackageHeader;
use crate::archive::{self, ArchiveError, Fault, Limits};
use crate::tree::{Entry, EntryKind};

const MAGIC: &[u8] = b"!<arch>\n";
/// Members before the control archive, of which more are not looked at.
const MOST_MEMBERS: usize = 8;
/// The most bytes of the control archive, packed and unpacked.
const MOST_BYTES: u64 = 16 << 20;
/// The most bytes of the control file.
const MOST_TEXT: u64 = 1 << 20;

/// Reads the control file.
pub(super) fn read(mut file: impl Read) -> Result<PackageHeader, ArchiveError> {
    let (format, bytes) = control_archive(&mut file)?;
    let limits = Limits { entries: 10_000, bytes: MOST_BYTES };
    let contents = archive::check(Cursor::new(&bytes), format, limits).map_err(|error| error.at("control.tar"))?;
    let is_small = |entry: &&Entry| matches!(entry.kind, EntryKind::File { size, .. } if size <= MOST_TEXT);
    let wanted = contents.tree.get("control").filter(is_small);
    let wanted = wanted.ok_or_else(|| corrupt("its control archive has no file \"control\" of at most 1 MiB"))?;
    let mut text = String::new();
    archive::read_files(Cursor::new(&bytes), format, limits, &contents, &[wanted], &mut |_, bytes| {
        text = String::from_utf8_lossy(bytes).into_owned();
    })?;
    header(&Control::of(&text))
}

fn corrupt(why: &str) -> Fault {
    Fault::Corrupt { why: why.to_owned() }
}

fn take(file: &mut impl Read, count: u64) -> Result<Vec<u8>, ArchiveError> {
    let mut bytes = Vec::new();
    file.take(count).read_to_end(&mut bytes)?;
    if (bytes.len() as u64) < count {
        return Err(Fault::Truncated { what: "the control archive of the deb" }.into());
    }
    Ok(bytes)
}

/// The first member that is the control archive.
fn control_archive(file: &mut impl Read) -> Result<(ArchiveFormat, Vec<u8>), ArchiveError> {
    if take(file, MAGIC.len() as u64)? != MAGIC {
        return Err(corrupt("it is no ar archive").into());
    }
    for _ in 0..MOST_MEMBERS {
        let member = take(file, 60)?;
        if !member.ends_with(b"`\n") {
            return Err(corrupt("there is no member of an ar archive where one must be").into());
        }
        let field = |range: std::ops::Range<usize>| String::from_utf8_lossy(&member[range]).trim_end().to_owned();
        let name = field(0..16);
        let size: u64 = field(48..58).parse().map_err(|_| corrupt("a member of the ar archive has no size"))?;
        if size > MOST_BYTES {
            return Err(Fault::Limit { what: "its control archive is larger than 16 MiB".to_owned() }.into());
        }
        // Members begin at even places.
        let bytes = take(file, size)?;
        take(file, size % 2)?;
        let name = name.trim_end_matches('/');
        if name.starts_with("control.tar") {
            return match ArchiveFormat::of_file_name(name) {
                Some((_, format)) => Ok((format, bytes)),
                None => {
                    Err(Fault::Unsupported { what: format!("its control archive {name:?} is packed in no known way") }
                        .into())
                }
            };
        }
    }
    Err(corrupt("it has no control archive").into())
}

/// The fields of a control file.
struct Control(Vec<(String, String)>);

impl Control {
    /// Lines that begin with a blank go on with the field before them; of those, only the first line is kept.
    fn of(text: &str) -> Self {
        let fields = text.lines().take_while(|line| !line.trim().is_empty()).filter_map(|line| {
            let (name, value) = line.split_once(':').filter(|(name, _)| !name.starts_with([' ', '\t', '#']))?;
            Some((name.to_ascii_lowercase(), value.trim().to_owned()))
        });
        Self(fields.collect())
    }

    fn get(&self, name: &str) -> String {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

fn header(control: &Control) -> Result<PackageHeader, ArchiveError> {
    let (name, whole) = (control.get("package"), control.get("version"));
    if name.is_empty() || whole.is_empty() {
        return Err(corrupt("its control file does not say Package and Version").into());
    }
    let (epoch, rest) =
        whole.split_once(':').map_or((None, whole.as_str()), |(epoch, rest)| (Some(epoch.to_owned()), rest));
    let (version, release) = rest.rsplit_once('-').unwrap_or((rest, ""));
    let depends = ["pre-depends", "depends"].map(|field| control.get(field));
    let depends = depends.iter().flat_map(|list| list.split(',')).map(str::trim).filter(|item| !item.is_empty());
    Ok(PackageHeader {
        name,
        epoch,
        version: version.to_owned(),
        release: release.to_owned(),
        arch: control.get("architecture"),
        vendor: control.get("maintainer"),
        summary: control.get("description"),
        license: String::new(),
        url: control.get("homepage"),
        group: control.get("section"),
        depends: depends.map(str::to_owned).collect(),
        size: control.get("installed-size").parse::<u64>().ok().and_then(|kib| kib.checked_mul(1024)),
        buildtime: None,
    })
}
