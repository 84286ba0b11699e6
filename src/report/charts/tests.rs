//! Every chart of unlikely numbers and texts: each is finite, small enough, and
//! XML that readers take.

use super::super::results::{
    Answers, Bound, Call, Effect, FunctionUse, Gain, HomesEffect, Hour, Market, Moment, Objective,
    Part, SafetyEdge, Sensitivities, Step, Stress, Tune, Tuned,
};
use super::super::words::Money;
use super::*;

/// Text that would be markup, and characters that XML allows in no document.
const NASTY: &str = "a <script>\"x\"</script> & \u{1}\u{b}\u{1b}[0m\0 \u{ffff} \u{9f} name";

struct Numbers<'a>(&'a [f64]);

impl Numbers<'_> {
    fn at(&self, place: usize) -> f64 {
        self.0[place % self.0.len()]
    }

    fn three(&self, place: usize) -> [f64; 3] {
        [0, 1, 2].map(|end| self.at(place + end))
    }

    fn market(&self) -> Market {
        let moment = |hour: usize| Moment {
            hour: hour as f64,
            quantiles: [0, 1, 2, 3, 4].map(|quantile| self.at(quantile + hour)),
        };
        let hour = |hour: usize| Hour {
            hour: hour as f64,
            hours: 1.0,
            made_kwh: self.at(hour),
            traded_kwh: self.at(hour + 1),
            price: self.at(hour + 2),
            cheapest: self.at(hour + 3),
            dearest: self.at(hour + 1),
            reserve_share: self.at(hour + 2),
            waiting: self.at(hour),
            ..Hour::default()
        };
        let gain = |part: Part, count: usize| Gain {
            kind: NASTY.to_owned(),
            part,
            quantiles: [0, 1, 2, 3, 4].map(|place| self.at(place)),
            mean: self.at(1),
            count,
            gaining_share: self.at(2),
        };
        let call = |outcome: &str, place: usize| Call {
            contract: NASTY.to_owned(),
            function: NASTY.to_owned(),
            outcome: outcome.to_owned(),
            error: NASTY.to_owned(),
            code: NASTY.to_owned(),
            count: self.at(place).abs(),
        };
        let moments: Vec<Moment> = (0..6).map(moment).collect();
        Market {
            money: Money::of(&serde_json::json!({ "money": { "stx_price_eur": 0.5 } })),
            start: Some(jiff::civil::Date::constant(2026, 6, 15)),
            days: self.at(0),
            replicates: 2,
            hours: (0..30).map(hour).collect(),
            treasury: moments.clone(),
            commission: moments.clone(),
            refunds: moments,
            turned_away: [self.at(0), self.at(1)],
            gains: vec![
                gain(Part::All, 1),
                gain(Part::Third("small", self.at(0), self.at(1), "kWp"), 7),
                gain(Part::Asking(NASTY.to_owned()), 3),
            ],
            calls: vec![call("accepted", 0), call("rejected", 1), call("aborted", 2)],
        }
    }

    fn stress(&self) -> Stress {
        let step = |place: usize| Step {
            load: self.at(place),
            purchases_a_tenure: self.at(place + 1),
            use_share: [0, 1, 2, 3, 4].map(|dimension| self.at(dimension + place)),
            binding: "runtime".to_owned(),
            wait_p50: self.at(place),
            wait_p95: self.at(place + 1),
            wait_p99: self.at(place + 2),
            dropped_share: 0.0,
            fee_ustx: self.at(place + 3),
            crossed: if place == 3 { NASTY.to_owned() } else { String::new() },
            functions: vec![FunctionUse {
                function: NASTY.to_owned(),
                calls: self.at(place),
                used: [self.at(place); 5],
            }],
        };
        let bound = Bound {
            metric: "wait_s_p95".to_owned(),
            comparison: NASTY.to_owned(),
            limit: self.at(2),
        };
        Stress {
            answer: NASTY.to_owned(),
            open: false,
            steps: (0..5).map(step).collect(),
            thresholds: vec![bound],
        }
    }

    fn charts(&self) -> Vec<Chart> {
        let (market, stress) = (self.market(), self.stress());
        let mut charts: Vec<Chart> = OF_RUN
            .iter()
            .map(|(name, draw)| draw(&market).unwrap_or_else(|| Chart::nothing(name)))
            .collect();
        charts.extend([waits(&stress), purchases(&stress), budget(&stress), fees(&stress)]);
        charts.extend([capacity(&stress, NASTY), use_of_blocks(&stress, NASTY)]);
        let effect = |place: usize| Effect {
            metric: NASTY.to_owned(),
            unit: NASTY.to_owned(),
            base: self.at(place),
            changed: self.at(place + 1),
            difference: self.at(place + 2),
            low: self.at(place + 3),
            high: self.at(place),
            verdict: "better".to_owned(),
            saved: 0.0,
            interval: String::new(),
        };
        charts.extend(differences(NASTY, NASTY, (0..4).map(effect).collect::<Vec<_>>().iter()));
        let homes = |place: usize| HomesEffect {
            kind: NASTY.to_owned(),
            size: NASTY.to_owned(),
            from: self.at(place),
            to: self.at(place + 1),
            unit: NASTY.to_owned(),
            homes: 3.0,
            gain_stx: self.at(place),
            difference: self.at(place + 1),
            low: self.at(place + 2),
            high: self.at(place + 3),
            verdict: "worse".to_owned(),
        };
        let homes: Vec<HomesEffect> = (0..3).map(homes).collect();
        charts.extend(winners(NASTY, NASTY, &homes, &market.money, NASTY));
        let tuned = |standing: &str, place: usize| Tuned {
            standing: standing.to_owned(),
            values: vec![NASTY.to_owned()],
            objectives: vec![self.three(place), self.three(place + 1)],
            events: Vec::new(),
            keeps: true,
            replicates: 2.0,
        };
        let objective =
            Objective { metric: NASTY.to_owned(), unit: NASTY.to_owned(), raise: true, gain: None };
        let tune = Tune {
            keys: vec![NASTY.to_owned()],
            objectives: vec![objective.clone(), objective],
            events: Vec::new(),
            settings: vec![tuned("front", 0), tuned("recommended", 1), tuned("today", 2)],
            tried: 3,
            runs: 6,
            reason: String::new(),
        };
        charts.extend(front(&tune, &market.money));
        let curve = |place: usize| (0..4).map(|p| (self.at(p + place), self.three(p))).collect();
        for sensitivities in
            [None, Some(Sensitivities::Sobol(vec![(NASTY.to_owned(), self.at(0))]))]
        {
            let cells = || vec![NASTY.to_owned(), NASTY.to_owned()];
            let answers = Answers {
                metric: NASTY.to_owned(),
                curves: vec![
                    (NASTY.to_owned(), Some(self.at(1)), curve(0)),
                    (NASTY.to_owned(), None, curve(1)),
                ],
                map: Some((cells(), cells(), vec![vec![self.at(0), self.at(1)]; 2])),
                sensitivities,
            };
            let (curves, map, tornado) = responses(&answers, &market.money);
            charts.extend(curves.into_iter().chain(map).chain(tornado));
        }
        let edge = |verdict: &str| SafetyEdge {
            lineup: NASTY.to_owned(),
            setting: NASTY.to_owned(),
            given: NASTY.to_owned(),
            from: self.at(0),
            to: self.at(1),
            now: self.at(2).to_string(),
            verdict: verdict.to_owned(),
            safe_at: self.at(3).to_string(),
            pays_at: self.at(0).to_string(),
            low: self.at(1),
            high: self.at(2),
        };
        charts.push(safety(&["safe below", "never pays", NASTY].map(edge)));
        let flow = |from, to, place| Flow { from, to, amount: self.at(place) };
        let all = [flow("a <b>", "c", 0), flow("a <b>", "d", 1), flow("e", "c", 2)];
        let told = |amount: f64| format!("{amount:.1}");
        charts.push(flows(NASTY, NASTY.to_owned(), NASTY.to_owned(), NASTY, &all, &told));
        charts
    }
}

#[test]
fn no_number_breaks_a_chart_and_every_chart_is_xml() {
    let samples: [&[f64]; 6] = [
        &[1.0, 2.0, 3.0, 4.0],
        &[0.0],
        &[f64::NAN],
        &[f64::NAN, f64::INFINITY, -1.0, 0.0, f64::NEG_INFINITY],
        &[1e15, -1e15, 1e-15, 0.0],
        &[-5.0, -5.0, -5.0],
    ];
    for numbers in samples {
        let charts = Numbers(numbers).charts();
        assert!(charts.len() >= 13, "{numbers:?}: {}", charts.len());
        for chart in charts {
            let name = &chart.name;
            for picture in [Some(&chart.narrow), chart.wide.as_ref()].into_iter().flatten() {
                let element = element(picture, "phone", &chart.alt);
                assert!(picture.height.is_finite() && picture.height < 5_000.0, "{name}");
                assert!(element.len() < 300_000, "{name} {numbers:?}: {}", element.len());
                for wrong in ["<script", "\"NaN", "\"inf", "\"-inf", " NaN", "<b>"] {
                    assert!(!element.contains(wrong), "{name} {numbers:?}: {wrong}");
                }
                let read = roxmltree::Document::parse(&element);
                assert!(read.is_ok(), "{name} {numbers:?}: {read:?}");
            }
            let file = file(&chart, NASTY);
            let read = roxmltree::Document::parse(&file);
            let read = read.unwrap_or_else(|fault| panic!("{name} {numbers:?}: {fault}\n{file}"));
            let has = |tag: &str| read.descendants().any(|node| node.has_tag_name(tag_of(tag)));
            assert!(has("title") && has("desc") && has("text") && has("style"), "{name}");
            assert!(!file.contains("data-tip") && !file.contains("class=\"hit\""), "{name}");
            assert!(!file.contains("var(--"), "{name} needs a page's style");
        }
    }
}

fn tag_of(tag: &str) -> (&'static str, &str) {
    ("http://www.w3.org/2000/svg", tag)
}
