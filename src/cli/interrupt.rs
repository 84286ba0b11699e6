//! What Ctrl-C is answered with: what of the work is kept, and how to go on.
//! Everything on the disk stands any kill, so that nothing is tidied here.

use std::io::Write as _;
use std::path::Path;
use std::sync::Mutex;

use super::quote::path as path_word;

/// The exit code of a program that was interrupted, as shells have it.
const INTERRUPTED: i32 = 130;

static ANSWER: Mutex<String> = Mutex::new(String::new());

/// From now on, Ctrl-C is answered: the result, which appears whole or not at
/// all, is not there.
pub(super) fn keeps_nothing() {
    answer("stopped; nothing was written, since a result appears whole or not at all".to_owned());
}

/// From now on, Ctrl-C is answered: finished runs are kept beside `directory`.
pub(super) fn keeps_runs(directory: &Path) {
    answer(format!(
        "stopped; the runs that are done are kept beside {}, and the same command goes on from \
         there",
        path_word(directory)
    ));
}

fn answer(text: String) {
    let mut known = ANSWER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let first = known.is_empty();
    *known = text;
    drop(known);
    if first {
        // Where no handler can be set, Ctrl-C ends the program as ever.
        let _ = ctrlc::set_handler(|| {
            let text = ANSWER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let _ = writeln!(std::io::stderr(), "\n{text}");
            std::process::exit(INTERRUPTED);
        });
    }
}
