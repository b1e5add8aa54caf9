//! Variables: whatever the bytes are, tokens lie in them, one behind the other.

#![no_main]

use libfuzzer_sys::fuzz_target;
use packhorse_model::variables::{Prefixes, scan};

fuzz_target!(|input: &[u8]| {
    let mut end = 0;
    for token in scan(input, &Prefixes::default()) {
        assert!(end <= token.at && input[token.at] == b'[');
        end = token.at + token.len;
        assert!(end <= input.len() && token.line >= 1);
        let _ = token.name();
    }
});
