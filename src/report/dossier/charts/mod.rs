//! The charts of a dossier. Each is drawn twice, for a phone and for a desk,
//! with its words, its text for those who do not see it, and its numbers.
//! `canvas` alone knows SVG. No chart computes what it shows.

mod canvas;
mod flow;
mod forest;
mod front;
mod limits;
mod lines;
mod map;
mod time;

pub(super) use flow::{Flow, flows};
pub(super) use forest::{Forest, ForestRow, forest};
pub(super) use front::{FrontPoint, front};
pub(super) use limits::limits;
pub(super) use lines::{Lines, Series, lines};
pub(super) use map::{Tornado, map, tornado};
pub(super) use time::{Curve, Fan, fans, panels, prices};

/// A number as CSV has it; empty where there is none.
fn cell(value: f64) -> String {
    super::super::row::number(value)
}

#[cfg(test)]
mod tests {
    use super::super::document::{Chart, Tone};
    use super::super::results::{Hour, Moment};
    use super::*;

    /// Every kind of chart of the same unlikely numbers.
    fn charts(numbers: &[f64]) -> Vec<Chart> {
        let at = |place: usize| numbers.get(place % numbers.len().max(1)).copied().unwrap_or(0.0);
        let name = "a<b".to_owned();
        let text = || "Title <script>".to_owned();
        let row = |place: usize| ForestRow {
            label: text(),
            low: at(place),
            mean: at(place + 1),
            high: at(place + 2),
            text: text(),
            tone: Tone::Plain,
            group: text(),
        };
        let moments: Vec<Moment> = (0..5)
            .map(|hour| Moment {
                hour: hour as f64,
                quantiles: [0, 1, 2, 3, 4].map(|q| at(q + hour)),
            })
            .collect();
        let hours: Vec<Hour> = (0..30)
            .map(|hour| Hour {
                hour: hour as f64,
                price: at(hour),
                traded_kwh: at(hour + 1),
                reserve_share: at(hour + 2),
                ..Hour::default()
            })
            .collect();
        let curves =
            [Curve { label: "Traded", column: "traded", of: |hour: &Hour| hour.traded_kwh }];
        let point = |place: usize| FrontPoint {
            label: text(),
            standing: "front".to_owned(),
            across: [at(place), at(place + 1), at(place + 2)],
            up: [at(place + 1), at(place), at(place + 3)],
        };
        let series = Series {
            label: text(),
            points: (0..4).map(|p| (at(p), [at(p + 1), at(p + 2), at(p + 3)])).collect(),
        };
        let cells = [text(), text()];
        let means = [vec![at(0), at(1)], vec![at(2), at(3)]];
        vec![
            forest(Forest {
                name: "f",
                title: text(),
                subtitle: text(),
                unit: "%",
                sides: ("less", "more"),
                rows: (0..4).map(row).collect(),
            }),
            fans("fan", text(), text(), "STX", &[Fan { label: "<i>", moments: &moments }]),
            panels("p", text(), text(), "kWh", &curves, &hours),
            prices("prices", text(), text(), &hours),
            limits("limits", text(), text(), &hours),
            front("front", text(), text(), ("a", "b"), &[point(0), point(1), point(2)]),
            lines(Lines {
                name,
                title: text(),
                subtitle: text(),
                along: text(),
                divide: 100.0,
                unit: "STX",
                series: vec![series.clone(), series],
                today: Some(at(1)),
                bound: Some((at(2), text())),
                from_zero: true,
            }),
            map("map".into(), text(), text(), ("a", "b"), (&cells, &cells, &means), ("kWh", 1.0)),
            tornado(Tornado {
                name: "t".to_owned(),
                title: text(),
                subtitle: text(),
                unit: "STX".to_owned(),
                bars: vec![(text(), at(0), at(1)), (text(), at(2), at(3))],
                middle: at(1),
            }),
            flows(
                "flow",
                text(),
                text(),
                "kWh",
                &[
                    Flow { from: "a", to: "b", amount: at(0) },
                    Flow { from: "a", to: "c", amount: at(1) },
                    Flow { from: "d", to: "b", amount: at(2) },
                ],
                &|amount| format!("{amount:.1}"),
            ),
        ]
    }

    #[test]
    fn no_number_breaks_a_drawing_and_no_text_gets_out() {
        let samples: [&[f64]; 6] = [
            &[1.0, 2.0, 3.0, 4.0],
            &[0.0],
            &[f64::NAN],
            &[f64::NAN, f64::INFINITY, -1.0, 0.0, f64::NEG_INFINITY],
            &[1e15, -1e15, 1e-15, 0.0],
            &[-5.0, -5.0, -5.0],
        ];
        for numbers in samples {
            for chart in charts(numbers) {
                for picture in [Some(&chart.narrow), chart.wide.as_ref()].into_iter().flatten() {
                    let inside = &picture.inside;
                    assert!(
                        picture.height.is_finite() && picture.height < 5_000.0,
                        "{}",
                        chart.name
                    );
                    assert!(inside.len() < 300_000, "{} {numbers:?}: {}", chart.name, inside.len());
                    for wrong in ["<script", "\"NaN", "\"inf", "\"-inf", " NaN", "<i>"] {
                        assert!(!inside.contains(wrong), "{} {numbers:?}: {wrong}", chart.name);
                    }
                }
                assert!(chart.alt.len() > 10);
            }
        }
    }
}
