//! Shell, read as far as it tells which commands are run with which words.

mod command;
mod expand;
mod lexer;

pub(super) use command::{Embedded, Invocation, find};
pub(super) use lexer::{Script, read};
