//! Manifests of other systems: any bytes are taken over or an error. The first byte chooses the file that they are.

#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use packhorse_content::import::{COMPANIONS, FILES, import};

fuzz_target!(|input: &[u8]| {
    let Some((first, bytes)) = input.split_first() else { return };
    let names: Vec<&str> = FILES.into_iter().chain(COMPANIONS).collect();
    let name = names[usize::from(*first) % names.len()];
    let main = if FILES.contains(&name) { name } else { FILES[0] };
    let mut files = BTreeMap::from([(main.to_owned(), Vec::new())]);
    files.insert(name.to_owned(), bytes.to_vec());
    if let Ok(imported) = import(main, &files, &|path| path.ends_with("start.sh")) {
        let _ = imported.manifest.to_toml();
    }
});
