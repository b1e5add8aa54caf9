//! The regions of a tar: headers (with what stands between two files) and the data of each file.

use super::cut::{Density, Regions, Step};
use crate::archive::tar::Header;

const BLOCK: usize = 512;

#[derive(Debug, Clone, Copy, Default)]
enum State {
    #[default]
    Header,
    Data {
        left: u64,
        /// What will follow, up to the next block.
        padding: usize,
    },
    /// Up to the next block.
    Padding { left: usize },
}

/// Finds the regions of a tar. As with zip, whatever the bytes are, nothing is refused.
#[derive(Debug, Default)]
pub(super) struct TarRegions {
    state: State,
}

impl Regions for TarRegions {
    fn step(&mut self, window: &[u8]) -> Step {
        match self.state {
            State::Header => {
                let Some(block) = window.first_chunk::<BLOCK>() else { return Step::More };
                match Header::new(*block).and_then(|header| header.data_of_file()) {
                    Some(left) => {
                        let padding = (left.wrapping_neg() % BLOCK as u64) as usize;
                        self.state = State::Data { left, padding };
                        Step::End(BLOCK, Density::Unknown)
                    }
                    None => Step::Within(BLOCK),
                }
            }
            State::Data { left, padding } => match usize::try_from(left) {
                Ok(count) if count <= window.len() => {
                    self.state = State::Padding { left: padding };
                    Step::End(count, Density::Unknown)
                }
                _ => {
                    self.state = State::Data { left: left - window.len() as u64, padding };
                    Step::Within(window.len())
                }
            },
            State::Padding { left } => {
                let count = left.min(window.len());
                self.state = if count == left { State::Header } else { State::Padding { left: left - count } };
                Step::Within(count)
            }
        }
    }
}
