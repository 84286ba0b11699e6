//! The connect-sim command.

fn main() {}
