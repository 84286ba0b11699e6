//! The analyst's part: every chart and table of each result, methods, and what
//! was not modelled.

use super::super::charts;
use super::super::document::{Block, Cell, Part, Table};
use super::super::results::{Bound, Content, Source, Stress};
use super::super::words;
use super::{attacked, called, charted, compared, described, methods, searched};

pub(super) fn part(sources: &[&Source]) -> Part {
    let mut blocks = Vec::new();
    for source in sources {
        blocks.push(Block::Heading(called(source)));
        if source.setting("time.days").is_finite() {
            blocks.push(Block::Text(format!("{}.", described::market(source)).into()));
        }
        told(&mut blocks, source);
    }
    blocks.extend(methods::blocks(sources));
    Part {
        id: "analyst",
        title: "For the analyst".to_owned(),
        lead: "Every chart and measure with its data, how it was found, and what was left out."
            .to_owned(),
        blocks,
    }
}

fn told(blocks: &mut Vec<Block>, source: &Source) {
    match &source.content {
        Content::Compare(compare) => {
            for one in &compare.alternatives {
                let saved = one.effects.iter().map(|effect| effect.saved).filter(|s| s.is_finite());
                let saved: Vec<f64> = saved.collect();
                if let Some(typical) = crate::stats::quantile(&saved, 0.5) {
                    blocks.push(Block::Text(
                        format!(
                            "“{}”: {} pairs of runs from seed {}. Pairing takes away {} of the \
                             variance that independent runs would have (median over the measures).",
                            one.name,
                            compare.replicates,
                            compare.first_seed,
                            words::value("", "1", typical)
                        )
                        .into(),
                    ));
                }
                let bootstrapped =
                    one.effects.iter().filter(|effect| effect.interval == "bootstrap").count();
                blocks.push(Block::Text(
                    format!(
                        "Intervals are Student's t over the paired differences; {} of {} measures \
                         are skewed and bootstrapped. Each verdict by itself holds with 95 %: of \
                         measures that do not differ, one in twenty will seem to.",
                        bootstrapped,
                        one.effects.len()
                    )
                    .into(),
                ));
                let table = compared::whole_table(one, &compare.base, source);
                blocks.push(Block::More(table.caption.clone(), vec![Block::Table(table)]));
            }
        }
        Content::Sweep(sweep) => {
            let (_, maps, tornados) = searched::sweep_charts(sweep, source);
            blocks.push(Block::Charts(maps));
            blocks.push(Block::Charts(tornados));
        }
        Content::Tune(tune) => blocks.push(Block::Text(
            format!(
                "{} settings tried in {} runs of the market: a space-filling design first, then a \
                 search; poor settings are stopped early. {} is beaten by no other.",
                tune.tried,
                tune.runs,
                words::capital(&words::counted(
                    tune.settings.iter().filter(|tuned| tuned.standing != "today").count(),
                    "of them",
                    "of them"
                ))
            )
            .replace(" is beaten", " are beaten")
            .into(),
        )),
        Content::Run(run) => {
            for name in ["energy", "prices", "limits", "treasury"] {
                let chart = charts::of_run(name, &run.market);
                blocks.extend(chart.map(|chart| Block::Chart(Box::new(chart))));
            }
            let summary = charted::summary_table(run, source);
            blocks.push(Block::More(summary.caption.clone(), vec![Block::Table(summary)]));
            let calls = charted::calls_table(run);
            blocks.push(Block::More(calls.caption.clone(), vec![Block::Table(calls)]));
        }
        Content::Limits(limits) => {
            let table = attacked::limits_table(limits);
            blocks.push(Block::More(table.caption.clone(), vec![Block::Table(table)]));
            blocks.push(attacked::edges_block(limits));
        }
        Content::Safety(safety) => {
            blocks.push(Block::Table(attacked::lineups_table(safety, source)));
        }
        Content::Fuzz(fuzz) => {
            let table = attacked::coverage_table(fuzz);
            blocks.push(Block::More(table.caption.clone(), vec![Block::Table(table)]));
        }
        Content::Mutants(mutants) => {
            let table = attacked::survivors_table(mutants);
            if table.rows.is_empty() {
                blocks.push(Block::Text("Every planted fault was found.".into()));
            } else {
                blocks.push(Block::More(table.caption.clone(), vec![Block::Table(table)]));
            }
        }
        Content::Stress(stress) => {
            blocks.push(Block::Charts(vec![charts::budget(stress), charts::fees(stress)]));
            let table = steps(stress);
            blocks.push(Block::More(table.caption.clone(), vec![Block::Table(table)]));
            if !stress.thresholds.is_empty() {
                let bounds: Vec<String> = stress.thresholds.iter().map(Bound::told).collect();
                let bounds = format!("Bounds that had to be kept: {}.", bounds.join("; "));
                blocks.push(Block::Text(bounds.into()));
            }
        }
    }
}

fn steps(stress: &Stress) -> Table {
    let mut table = Table::new(
        "Every load that was tried",
        &[
            if stress.open { "#Transactions an hour" } else { "#Homes" },
            "#Purchases in a tenure",
            "#Wait p50",
            "#Wait p95",
            "#Wait p99",
            "#Dropped",
            "Bounds crossed",
        ],
    );
    for step in &stress.steps {
        let seconds = |value: f64| Cell::number(value, words::value("", "s", value));
        let crossed = if step.crossed.is_empty() { "none" } else { &step.crossed };
        table.row([
            Cell::number(step.load, words::value("", "", step.load)),
            Cell::number(
                step.purchases_a_tenure,
                words::value("", "", step.purchases_a_tenure.round()),
            ),
            seconds(step.wait_p50),
            seconds(step.wait_p95),
            seconds(step.wait_p99),
            Cell::number(step.dropped_share, words::value("", "1", step.dropped_share)),
            Cell::text(crossed),
        ]);
    }
    table
}
