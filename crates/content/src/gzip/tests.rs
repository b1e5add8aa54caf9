use std::io::Write as _;

use flate2::{Compression, GzBuilder};
use proptest::prelude::*;

use super::*;
use crate::codec::digest_of;

/// Text that deflates well, but not to nothing.
fn content(length: usize) -> Vec<u8> {
    let mut state = 7u32;
    let words = (0..).map(|_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("{} ", state >> 18)
    });
    words.flat_map(String::into_bytes).take(length).collect()
}

fn gzip(content: &[u8], level: u32) -> Vec<u8> {
    let builder = GzBuilder::new().filename("shop-web.tar").mtime(1_700_000_000).operating_system(255);
    let mut encoder = builder.write(Vec::new(), Compression::new(level));
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

fn regenerated(recipe: &GzipRecipe, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    recipe.regenerate(content, &mut out).unwrap();
    out
}

fn prove_bytes(bytes: &[u8]) -> Option<GzipRecipe> {
    prove(|| Ok(bytes)).unwrap()
}

/// Recipes rest on these bytes. If they change, the zlib that is linked is not the one that made the recipes.
#[test]
fn zlib_is_the_stock_one() {
    let digests: Vec<_> = (1..=9).map(|level| digest_of(&gzip(&content(100_000), level)).short()).collect();
    insta::assert_debug_snapshot!(digests, @r#"
    [
        "ce3132e4522d",
        "7768773f5153",
        "e25eba9ac0a0",
        "3c6d98888533",
        "006d5aabc421",
        "aa249bae52b1",
        "c69e4a30ab47",
        "4d713201e705",
        "6f8182727bc0",
    ]
    "#);
}

#[test]
fn files_longer_than_the_trial_give_themselves_back() {
    let content = content(1_300_000);
    for level in [1, 6, 9] {
        let original = gzip(&content, level);
        let recipe = prove_bytes(&original).expect("made by zlib");
        assert_eq!(u32::from(u8::from(recipe.level())), level);
        assert_eq!((recipe.size(), recipe.inflated_size()), (original.len() as u64, content.len() as u64));
        assert!(regenerated(&recipe, &content) == original, "level {level}");
    }
}

#[test]
fn other_compressors_have_no_recipe() {
    let content = content(1_300_000);
    let mut stored = GzBuilder::new().write(Vec::new(), Compression::none());
    stored.write_all(&content).unwrap();
    assert_eq!(prove_bytes(&stored.finish().unwrap()), None);

    let mut flushed = GzBuilder::new().write(Vec::new(), Compression::best());
    flushed.write_all(&content[..1_200_000]).unwrap();
    flushed.flush().unwrap();
    flushed.write_all(&content[1_200_000..]).unwrap();
    assert_eq!(prove_bytes(&flushed.finish().unwrap()), None);
}

#[test]
fn what_is_not_one_whole_member_has_no_recipe() {
    let whole = gzip(&content(100_000), 9);
    let mut wrong_sum = whole.clone();
    let at = wrong_sum.len() - 6;
    wrong_sum[at] ^= 1;
    let twice = [&whole[..], &whole[..]].concat();
    for bytes in [&whole[..whole.len() - 1], &whole[..whole.len() / 2], &whole[..9], &wrong_sum, &twice, b"", b"PK"] {
        assert_eq!(prove_bytes(bytes), None);
    }
}

#[test]
fn other_content_is_noticed() {
    let recipe = prove_bytes(&gzip(&content(100_000), 6)).unwrap();
    let error = recipe.regenerate(&content(99_999)[..], std::io::sink()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
}

#[test]
fn is_kept_as_json() {
    let recipe = prove_bytes(&gzip(b"packhorse", 9)).unwrap();
    let text = serde_json::to_string(&recipe).unwrap();
    insta::assert_snapshot!(text, @r#"{"header":"1f8b080800f1536502ff73686f702d7765622e74617200","level":9,"inflated_size":9,"size":42}"#);
    assert_eq!(serde_json::from_str::<GzipRecipe>(&text).unwrap(), recipe);
    assert!(serde_json::from_str::<GzipRecipe>(&text.replace("\"level\":9", "\"level\":0")).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_content_at_any_level_comes_back(content in proptest::collection::vec(0u8..4, 0..4_000), level in 1u32..=9) {
        let original = gzip(&content, level);
        let recipe = prove_bytes(&original).expect("made by zlib");
        prop_assert_eq!(regenerated(&recipe, &content), original);
    }

    #[test]
    fn damaged_files_never_panic(flips in proptest::collection::vec((0usize..3_000, 0u8..8), 1..8)) {
        let mut bytes = gzip(&content(6_000), 9);
        for (at, bit) in flips {
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
        }
        if let Some(recipe) = prove_bytes(&bytes) {
            let mut inflated = Vec::new();
            std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(&bytes[..]), &mut inflated).unwrap();
            prop_assert_eq!(regenerated(&recipe, &inflated), bytes);
        }
    }
}
