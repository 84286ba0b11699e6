//! How far the work is: a bar on a terminal, and a line now and then where
//! standard error goes elsewhere, into a log say. On standard error alone.

use std::io::{IsTerminal as _, Write};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// The first line of a log comes after this; each gap is twice as long as the
/// one before, up to [`LONGEST`], so that a short run leaves none and a long
/// one no flood.
const FIRST: Duration = Duration::from_secs(15);
const LONGEST: Duration = Duration::from_secs(600);

/// Steps done, of as many as there are, and how that is shown.
pub(super) enum Progress {
    Hidden,
    Bar(ProgressBar),
    Lines(Box<Mutex<Lines>>),
}

impl Progress {
    /// So many more steps are done.
    pub(super) fn inc(&self, steps: u64) {
        match self {
            Self::Hidden => {}
            Self::Bar(bar) => bar.inc(steps),
            Self::Lines(lines) => {
                let mut lines = lines.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
                if let Some(line) = lines.after(steps, Instant::now()) {
                    let _ = writeln!(std::io::stderr(), "{line}");
                }
            }
        }
    }

    /// Takes the bar away.
    pub(super) fn finish_and_clear(&self) {
        if let Self::Bar(bar) = self {
            bar.finish_and_clear();
        }
    }
}

/// What a log is told.
pub(super) struct Lines {
    what: &'static str,
    done: u64,
    /// None where nobody knows beforehand.
    steps: Option<u64>,
    begun: Instant,
    next: Instant,
    gap: Duration,
}

impl Lines {
    fn new(what: &'static str, steps: Option<u64>, now: Instant) -> Self {
        Self { what, done: 0, steps, begun: now, next: now + FIRST, gap: FIRST }
    }

    /// The line that is due after `steps` more at the time `now`, if one is.
    fn after(&mut self, steps: u64, now: Instant) -> Option<String> {
        self.done += steps;
        if now < self.next {
            return None;
        }
        self.gap = (self.gap * 2).min(LONGEST);
        self.next = now + self.gap;
        let seconds = now.duration_since(self.begun).as_secs();
        let (done, what) = (self.done, self.what);
        let (minutes, seconds) = (seconds / 60, seconds % 60);
        let time = format!("after {minutes}:{seconds:02}");
        Some(match self.steps {
            Some(all) => {
                format!("{done} of {all} {what} ({:.0} %) {time}", percent(done, all))
            }
            None => format!("{done} {what} {time}"),
        })
    }
}

fn percent(done: u64, all: u64) -> f64 {
    100.0 * done as f64 / all.max(1) as f64
}

/// Progress over `steps` steps of `what`; none is shown when `quiet`.
pub(super) fn bar(steps: u64, what: &'static str, quiet: bool) -> Progress {
    shown(what, Some(steps), "{msg} {bar:40} {pos}/{len} {elapsed} (left: {eta})", quiet)
}

/// A count of steps of `what` whose number is not known beforehand.
pub(super) fn spinner(what: &'static str, quiet: bool) -> Progress {
    shown(what, None, "{spinner} {pos} {msg} {elapsed}", quiet)
}

fn shown(what: &'static str, steps: Option<u64>, template: &str, quiet: bool) -> Progress {
    if quiet {
        return Progress::Hidden;
    }
    if !std::io::stderr().is_terminal() {
        return Progress::Lines(Box::new(Mutex::new(Lines::new(what, steps, Instant::now()))));
    }
    // Ten draws a second are enough to see, and cost nothing.
    let target = ProgressDrawTarget::stderr_with_hz(10);
    let bar = ProgressBar::with_draw_target(Some(steps.unwrap_or(0)), target);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_message(what);
    Progress::Bar(bar)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_gets_a_line_now_and_then() {
        let begun = Instant::now();
        let mut lines = Lines::new("runs", Some(200), begun);
        let at = |seconds| begun + Duration::from_secs(seconds);
        assert_eq!(lines.after(10, at(14)), None);
        assert_eq!(lines.after(10, at(16)).as_deref(), Some("20 of 200 runs (10 %) after 0:16"));
        assert_eq!(lines.after(10, at(40)), None);
        assert_eq!(lines.after(20, at(75)).as_deref(), Some("50 of 200 runs (25 %) after 1:15"));
        // A day of one step a second is a hundred and fifty lines, no more.
        let day = (100..86_400).filter(|second| lines.after(1, at(*second)).is_some()).count();
        assert!((100..160).contains(&day), "{day}");
    }
}
