//! The `connect-sim` command: parse, dispatch, print the error once, set the
//! exit code.

use std::process::ExitCode;

use clap::Parser;
use connect_sim::cli::Cli;

/// The VM allocates many small strings a call; this allocator serves them
/// faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match Cli::parse().execute() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
