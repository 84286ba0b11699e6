//! Standard output: everything that the program says goes through here, so
//! that what could not be written is known in the end. Errors are printed by
//! `failure`, progress by `progress`.

use std::borrow::Cow;
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
    writeln!(out, "{}", harmless(&line.to_string()))?;
    out.flush()
}

/// The text without what a terminal would obey or turn round: names, keys and
/// messages may come from anyone's file. Lines and tabs stay.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    let obeyed = |c: char| {
        (c.is_control() && c != '\n' && c != '\t')
            || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(obeyed) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| if obeyed(c) { c.escape_unicode().to_string() } else { c.to_string() };
    Cow::Owned(text.chars().map(shown).collect())
}

/// The same of a text that is one line.
pub(super) fn one_line(text: &str) -> String {
    harmless(text).replace('\n', "\\n")
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

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn nothing_that_a_terminal_obeys_is_printed() {
        assert_eq!(harmless("plain – µ\n\tline"), "plain – µ\n\tline");
        assert_eq!(harmless("\u{1b}[2Jgone\r"), "\\u{1b}[2Jgone\\u{d}");
        assert_eq!(harmless("\u{202e}gpj"), "\\u{202e}gpj");
    }
}
