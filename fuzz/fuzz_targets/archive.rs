//! Archives of every format: hostile bytes end as an error, never as a panic. The first byte chooses the format.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use packhorse_content::archive::{Limits, check};
use packhorse_model::filename::ArchiveFormat;

const ENDINGS: [&str; 8] = [".tar", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".zip", ".jar", ".war"];

fuzz_target!(|input: &[u8]| {
    let Some((first, bytes)) = input.split_first() else { return };
    let name = format!("x{}", ENDINGS[usize::from(*first) % ENDINGS.len()]);
    let Some((_, format)) = ArchiveFormat::of_file_name(&name) else { return };
    let _ = check(Cursor::new(bytes), format, Limits::default());
});
