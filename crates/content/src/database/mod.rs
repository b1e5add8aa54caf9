//! Database packages: what their files are for, and how one version of a database leads to another. Pure: paths and numbers in, structure out.

mod chain;
mod layout;

pub use chain::{Gap, Stocked, chain};
pub use layout::{is_application_part, structure};
