//! `charts/front.svg`: the settings of a search that no other beats, over its
//! first two objectives, with today's setting and the recommended one.

use std::io;

use super::canvas::{Align, Canvas, Sign, Text, header_height, legend_height, size};
use super::colour::{self, Colour};
use super::plane::{BELOW, Plane, ends};
use super::{heading, runs_of};
use crate::experiments::{Tune, TuneOutcome, Tuned};

const HEIGHT: i32 = 520;

/// A setting: low end, mean and high end of both objectives.
struct Mark {
    name: &'static str,
    colour: Colour,
    x: (f64, f64, f64),
    y: (f64, f64, f64),
}

/// The front.
pub(in crate::report) fn draw(tune: &Tune, outcome: &TuneOutcome) -> io::Result<String> {
    let mut marks: Vec<Mark> = Vec::new();
    for (place, tuned) in outcome.front.iter().enumerate() {
        let chosen = outcome.recommended == Some(place);
        let (name, colour) =
            if chosen { ("recommended", colour::GREEN) } else { ("", colour::BLUE) };
        marks.push(mark(name, colour, tuned));
    }
    // Last, so that nothing hides it.
    marks.push(mark("today", colour::VERMILION, &outcome.today));
    marks.retain(|mark| mark.x.1.is_finite() && mark.y.1.is_finite());
    let scenario = &tune.base.scenario;
    let was_run = runs_of(scenario, scenario.about.seed, scenario.tune.replicates);
    let about = format!(
        "{} settings were tried, {} of them stopped early. Dots are means, lines their 95\u{a0}% \
         intervals. The recommended setting is the one whose worst objective, on a scale from the \
         worst of the front to the best, is best.",
        outcome.tried, outcome.stopped
    );
    let lines = [was_run.as_str(), about.as_str()];
    let legend = [
        (Sign::Line, colour::BLUE, "no setting tried beats it".to_owned()),
        (Sign::Line, colour::GREEN, "recommended".to_owned()),
        (Sign::Line, colour::VERMILION, "today's setting".to_owned()),
    ];
    let head = header_height(&lines) + legend_height(&legend) + 50;
    let objective = |place: usize| {
        let (measure, raise) = &tune.objectives[place];
        format!("{}; {} is better", heading(measure), if *raise { "more" } else { "less" })
    };
    Canvas::draw(
        head + HEIGHT + BELOW,
        "What the best settings trade off",
        &lines,
        |canvas, top| {
            let top = canvas.legend(top, &legend)? + 50;
            let room = |(low, high): (f64, f64)| {
                let room = (0.05 * (high - low)).max(1e-9 * high.abs());
                (low - room, high + room)
            };
            let x = room(ends(marks.iter().flat_map(|mark| [mark.x.0, mark.x.2])));
            let y = ends(marks.iter().flat_map(|mark| [mark.y.0, mark.y.2]));
            let plane = Plane::new(canvas, (top, top + HEIGHT), x, y);
            plane.frame(&objective(0), &objective(1))?;
            for Mark { name, colour, x, y } in &marks {
                canvas.line(vec![plane.at(x.0, y.1), plane.at(x.2, y.1)], *colour, 1)?;
                canvas.line(vec![plane.at(x.1, y.0), plane.at(x.1, y.2)], *colour, 1)?;
                let (right, down) = plane.at(x.1, y.1);
                canvas.dot((right, down), if name.is_empty() { 5 } else { 8 }, *colour, 1.0)?;
                let how = Text::of(size::TEXT).bold().coloured(*colour);
                canvas.write(name, (right + 12, down - 14), how.aligned(Align::Left))?;
            }
            Ok(())
        },
    )
}

fn mark(name: &'static str, colour: Colour, tuned: &Tuned) -> Mark {
    let ends = |objective: usize| {
        let estimate = tuned.objectives.get(objective).copied().flatten();
        let mean = estimate.map_or(f64::NAN, |estimate| estimate.mean);
        let interval = estimate.and_then(|estimate| estimate.ci95).map(|(interval, _)| interval);
        (interval.map_or(mean, |ends| ends.low), mean, interval.map_or(mean, |ends| ends.high))
    };
    Mark { name, colour, x: ends(0), y: ends(1) }
}
