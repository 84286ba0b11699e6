//! The `connect-sim` command: the allocator, and the command line.

use std::process::ExitCode;

/// The VM allocates many small strings a call; this allocator serves them
/// faster than the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    connect_sim::cli::main()
}
