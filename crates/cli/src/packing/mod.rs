//! Making an archive of files of this machine, so that a folder, a configuration file or a script can be pushed as it lies there.
//!
//! [`PackArgs`] is what a command line says about them, [`Package`] what is to be packed. What the flags say is written into a packhorse.toml
//! in the archive: the version is the same as if somebody had written that file.

mod args;
mod interpreter;
mod package;
mod spec;

pub(crate) use args::PackArgs;
pub(crate) use interpreter::{interpreter_by_name, interpreter_of};
pub(crate) use package::{Named, Naming, Package};
