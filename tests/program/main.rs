//! What runs the binary as a person would, and what reads the files it wrote. All
//! in one program, so that the crate is linked once; a test must therefore leave
//! the environment, the current directory and the panic hook alone, and give them
//! to the processes it starts.

#![expect(clippy::expect_used, reason = "a test that cannot set itself up should panic")]

mod binary;
mod breaks;
mod cli;
mod command_line;
mod dossier;
mod experiments;
mod faults;
mod forged;
mod fuzz;
mod hostile_files;
mod hostile_results;
mod limits;
#[path = "../library/markets.rs"]
mod markets;
#[cfg(feature = "parquet")]
mod parquet;
mod replay;
mod report;
mod safety;
mod stress;
mod variants;
