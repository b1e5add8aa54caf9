//! Content-defined cutting for everything that has no structure we know: FastCDC of 2020, 16/64/256 KiB.
//!
//! Where cuts fall is stored data: two versions share segments only while both were cut alike. The parameters and the crate's
//! version are therefore fixed, and golden vectors in `cut_tests.rs` hold them.

use std::sync::LazyLock;

use fastcdc::v2020::{Normalization, cut, select_masks};

/// No chunk but the last of its region is shorter.
pub(super) const MIN: usize = 16 << 10;
const AVERAGE: usize = 64 << 10;
/// No chunk is longer.
pub(super) const MAX: usize = 256 << 10;

/// The masks for the average; they depend on nothing.
static MASKS: LazyLock<(u64, u64)> = LazyLock::new(|| select_masks(AVERAGE, Normalization::Level1));

/// The length of the first chunk of a region, which is given whole or for at least [`MAX`] bytes.
pub(super) fn first_chunk(region: &[u8]) -> usize {
    if region.len() <= MIN {
        return region.len();
    }
    let (strict, relaxed) = *MASKS;
    cut(region, MIN, AVERAGE, MAX, strict, relaxed, strict << 1, relaxed << 1).1
}
