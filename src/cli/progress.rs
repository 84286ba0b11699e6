//! The progress bar: on a terminal, and nowhere else.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar over `steps` steps of `what`; invisible in a pipe or when `quiet`.
pub(super) fn bar(steps: u64, what: &'static str, quiet: bool) -> ProgressBar {
    if quiet || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    // Ten draws a second are enough to see, and cost nothing.
    let bar = ProgressBar::with_draw_target(Some(steps), ProgressDrawTarget::stderr_with_hz(10));
    let template = "{msg} {bar:40} {pos}/{len} {elapsed} (left: {eta})";
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}

/// A count of steps of `what` whose number is not known beforehand.
pub(super) fn spinner(what: &'static str, quiet: bool) -> ProgressBar {
    let bar = bar(0, what, quiet);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} {msg} {elapsed}") {
        bar.set_style(style);
    }
    bar
}
