//! Headers of rpm and deb: any bytes are a header, or refused, in bounded memory.

#![no_main]

use libfuzzer_sys::fuzz_target;
use packhorse_content::headers;
use packhorse_model::filename::ArchiveFormat;
use packhorse_model::manifest::Manifest;

fuzz_target!(|bytes: &[u8]| {
    for format in [ArchiveFormat::Rpm, ArchiveFormat::Deb] {
        if let Ok(Some(header)) = headers::read(format, bytes) {
            header.fill(&mut Manifest::default());
        }
    }
});
