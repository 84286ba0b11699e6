//! The voter's part: what the vote is about, in words, one table and the
//! charts that a decision needs.

use super::super::charts;
use super::super::document::{Block, Line, Opening, Part, Tone};
use super::super::results::{Content, Source};
use super::super::words;
use super::{attacked, charted, compared, described, risks, searched};

/// The first screen, told by the first result.
pub(super) fn opening(sources: &[&Source]) -> Opening {
    let Some(source) = sources.first() else {
        return Opening {
            title: "An empty dossier".to_owned(),
            question: String::new(),
            answer: Vec::new(),
            recommendation: "Nothing is proposed here".to_owned(),
            tone: Tone::Plain,
            reason: Vec::new(),
            sure: None,
            facts: Vec::new(),
            basis: String::new(),
        };
    };
    match &source.content {
        Content::Run(run) => described::run_opening(run, source),
        Content::Compare(compare) => compared::opening(compare, source),
        Content::Sweep(sweep) => searched::sweep_opening(sweep, source),
        Content::Tune(tune) => searched::tune_opening(tune, source),
        Content::Stress(stress) => described::stress_opening(stress, source),
        Content::Limits(limits) => attacked::limits_opening(limits, source),
        Content::Safety(safety) => attacked::safety_opening(safety, source),
        Content::Fuzz(fuzz) => attacked::fuzz_opening(fuzz, source),
        Content::Mutants(mutants) => attacked::mutants_opening(mutants, source),
    }
}

/// The part.
pub(super) fn part(sources: &[&Source]) -> Part {
    let mut blocks = Vec::new();
    for (place, source) in sources.iter().enumerate() {
        told(&mut blocks, source, place == 0);
    }
    blocks.push(Block::Heading("Risks found".to_owned()));
    match risks::table(sources) {
        Some(table) => blocks.push(Block::Table(table)),
        None => blocks.push(Block::Text(
            "None in what was looked at. What was not looked at is listed under “What was not \
             modelled”."
                .into(),
        )),
    }
    Part {
        id: "voter",
        title: "For the voter".to_owned(),
        lead: "What changes, who wins and loses, and what could go wrong.".to_owned(),
        blocks,
    }
}

fn told(blocks: &mut Vec<Block>, source: &Source, leads: bool) {
    match &source.content {
        Content::Compare(compare) => {
            blocks.push(Block::Heading("Today's setting against the proposal".to_owned()));
            for (place, one) in compare.alternatives.iter().enumerate() {
                blocks.push(Block::Table(compared::table(one, &compare.base, source)));
                blocks.extend(compared::differences(one, place).map(|c| Block::Chart(Box::new(c))));
            }
            blocks.push(Block::Heading("Who wins and who loses".to_owned()));
            let charts = compare.alternatives.iter().enumerate();
            let charts: Vec<_> =
                charts.filter_map(|(place, one)| compared::winners(one, place, source)).collect();
            if charts.is_empty() {
                blocks.push(Block::Text("This result does not tell homes apart.".into()));
            }
            blocks.extend(charts.into_iter().map(|chart| Block::Chart(Box::new(chart))));
            blocks.extend(
                charted::treasuries(compare, source).map(|chart| Block::Chart(Box::new(chart))),
            );
        }
        Content::Tune(tune) => {
            blocks.push(Block::Heading("Today's setting and what could be had".to_owned()));
            blocks.push(Block::Table(searched::tune_table(tune, source)));
            blocks.extend(charts::front(tune, &source.money).map(|c| Block::Chart(Box::new(c))));
        }
        Content::Sweep(sweep) => {
            blocks.push(Block::Heading("What each setting does".to_owned()));
            let (responses, _, _) = searched::sweep_charts(sweep, source);
            blocks.push(Block::Charts(responses));
        }
        Content::Run(run) => {
            let heading = if leads { "Who gains, and how" } else { "The market as it stands" };
            blocks.push(Block::Heading(heading.to_owned()));
            blocks.extend(charts::of_run("gains", &run.market).map(|c| Block::Chart(Box::new(c))));
            for chart in charted::flow_charts(run, source) {
                blocks.push(Block::Chart(Box::new(chart)));
            }
        }
        Content::Stress(stress) => {
            blocks.push(Block::Heading("How far the chain carries".to_owned()));
            if !leads {
                blocks.push(Block::Text(
                    Line::default().strong("Answer: ").plain(described::answer(stress)),
                ));
            }
            blocks.push(Block::Charts(vec![charts::waits(stress), charts::purchases(stress)]));
        }
        Content::Safety(safety) => {
            blocks.push(Block::Heading("Does it pay to attack?".to_owned()));
            blocks.push(Block::Table(attacked::safety_table(safety, source)));
        }
        Content::Limits(limits) => {
            blocks.push(Block::Heading("When limits bind".to_owned()));
            blocks.extend(
                attacked::limits_opening(limits, source).answer.into_iter().map(Block::Text),
            );
        }
        Content::Fuzz(fuzz) => {
            blocks.push(Block::Heading("Do the contracts do what they should?".to_owned()));
            blocks.extend(attacked::fuzz_opening(fuzz, source).answer.into_iter().map(Block::Text));
        }
        Content::Mutants(mutants) => {
            blocks.push(Block::Text(
                Line::default()
                    .strong("Would a fault be noticed? ")
                    .plain(words::capital(&attacked::mutants_told(mutants))),
            ));
        }
    }
}
