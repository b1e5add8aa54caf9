//! SQL: any text is split into statements that lie in it, one behind the other, or refused at a place in it. The first byte chooses the engine.

#![no_main]

use libfuzzer_sys::fuzz_target;
use packhorse_content::sql::{check, decode};
use packhorse_model::manifest::Engine;

const ENGINES: [Engine; 3] = [Engine::Postgres, Engine::Mysql, Engine::Sqlite];

fuzz_target!(|input: &[u8]| {
    let Some((first, bytes)) = input.split_first() else { return };
    let Ok(text) = decode(bytes) else { return };
    let mut end = 0;
    check(
        text,
        ENGINES[usize::from(*first) % ENGINES.len()],
        |statement| {
            assert!(end <= statement.start() && statement.start() < statement.end());
            assert!(!statement.text().is_empty());
            end = statement.end();
        },
        |concern| assert!(concern.start <= concern.end),
    );
    assert!(end <= text.len());
});
