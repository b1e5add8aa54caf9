//! The `packhorse-agent` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    packhorse_agent::command::main()
}
