//! The parts of a dossier: from typed results to a plain document. Every
//! sentence that a dossier says stands here.

mod analyst;
mod attacked;
mod auditor;
mod charted;
mod compared;
mod described;
mod methods;
mod risks;
mod searched;
mod voter;

pub(super) use auditor::{DIGEST, VERIFY};

use super::document::{Document, Part};
use super::results::{Content, Source};

/// The whole dossier of these results, of which the first of the most telling
/// kind leads.
pub(super) fn document(sources: &[Source], version: &str) -> Document {
    let rank = |source: &Source| match source.content {
        Content::Compare(_) => 0,
        Content::Tune(_) => 1,
        Content::Sweep(_) => 2,
        Content::Run(_) => 3,
        Content::Stress(_) => 4,
        Content::Limits(_) => 5,
        Content::Safety(_) => 6,
        Content::Fuzz(_) => 7,
        Content::Mutants(_) => 8,
    };
    let mut ordered: Vec<&Source> = sources.iter().collect();
    ordered.sort_by_key(|source| rank(source));
    let voter = voter::part(&ordered);
    let parts: Vec<Part> = vec![voter, analyst::part(&ordered), auditor::part(sources)];
    Document {
        opening: voter::opening(&ordered),
        parts,
        made_by: format!("{} {version}", env!("CARGO_PKG_NAME")),
    }
}

/// What a result is called in headings.
fn called(source: &Source) -> String {
    let kind = match &source.content {
        Content::Run(_) => "The market as it stands",
        Content::Compare(_) => "Comparison",
        Content::Sweep(_) => "What each setting does",
        Content::Tune(_) => "Search for better settings",
        Content::Stress(_) => "How far the chain carries",
        Content::Limits(_) => "The contracts' limits",
        Content::Safety(_) => "Adversaries",
        Content::Fuzz(_) => "Random calls",
        Content::Mutants(_) => "Planted faults",
    };
    let name = source.name();
    if name.is_empty() { kind.to_owned() } else { format!("{kind}: {name}") }
}
