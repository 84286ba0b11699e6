//! Standard output: everything that the program says goes through here, so
//! that what could not be written is known in the end. Errors are printed by
//! `failure`, progress by `progress`.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::sync::Mutex;

/// The first thing that could not be written, until somebody asks.
static UNWRITTEN: Mutex<Option<io::Error>> = Mutex::new(None);

/// Prints a line on standard output. What cannot be written is told at the end
/// of the program, so that a full disk under the terminal's log costs no
/// result; a reader that went away, `head` say, is no failure.
pub(super) fn say(line: impl Display) {
    note(write_line(&mut io::stdout().lock(), line));
}

/// Prints the help or the version that was asked for.
pub(super) fn help(asked: &clap::Error) {
    note(asked.print());
}

/// What could not be written to standard output since the program began.
pub(super) fn unwritten() -> Option<io::Error> {
    note(io::stdout().flush());
    lock().take()
}

fn write_line(out: &mut dyn Write, line: impl Display) -> io::Result<()> {
    writeln!(out, "{line}")?;
    out.flush()
}

fn note(written: io::Result<()>) {
    if let Err(error) = written
        && error.kind() != ErrorKind::BrokenPipe
    {
        lock().get_or_insert(error);
    }
}

fn lock() -> std::sync::MutexGuard<'static, Option<io::Error>> {
    UNWRITTEN.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
