//! Results that somebody broke: whatever stands in a file of a result, `report`
//! makes a page of it or says which file is wrong; it never panics or hangs.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use connect_sim::report::Dossier;
use proptest::prelude::*;

use crate::binary::connect_sim;
use crate::breaks::{breaks, broken, names_file};

pub(crate) const TOWN: &str = "scenario.name = \"town\"\ntime = { days = 1, tick_minutes = 60 }\n\
    producers.count = 4\nbuyers.count = 6\n\
    [sweep]\nreplicates = 2\nranges.market.commission_bps = [0, 5000]\n\
    ranges.market.refund_rate_bps = [0, 9000]\n\
    [tune]\nfirst = 4\ncandidates = 6\nbatch = 2\nrace_replicates = 2\nreplicates = 4\n\
    objectives = { traded_kwh = \"raise\", treasury_stx = \"raise\" }\n\
    ranges.market.commission_bps = { from = 0, to = 5000 }\n";

/// Each verb that leaves a result, and a word of its page.
pub(crate) const VERBS: [(&[&str], &str); 7] = [
    (&["run", "--set", "adversaries.dust-splitter=1"], "dust-splitter"),
    (&["compare", "--variant", "free:market.commission_bps=0", "--replicates", "3"], "free"),
    (&["sweep"], "refund_rate_bps"),
    (&["tune"], "treasury_stx"),
    (&["stress", "--most", "12", "--set", "network.budget=\"mainnet-2.1\""], "homes"),
    (&["stress", "--limits", "--most", "20"], "reserve"),
    (
        &[
            "stress",
            "--adversaries",
            "--kinds",
            "dust-splitter",
            "--replicates",
            "2",
            "--halvings",
            "1",
        ],
        "dust-splitter",
    ),
];

/// A small result of each verb, made once, in a directory of its own.
pub(crate) fn results() -> &'static [PathBuf] {
    static MADE: OnceLock<(tempfile::TempDir, Vec<PathBuf>)> = OnceLock::new();
    let (_, results) = MADE.get_or_init(|| {
        let home = tempfile::tempdir().expect("a directory");
        let scenario = home.path().join("town.toml");
        fs::write(&scenario, TOWN).expect("written");
        let make = |(number, (verb, _)): (usize, &(&[&str], &str))| {
            let out = home.path().join(number.to_string());
            let mut command = connect_sim();
            command.arg(verb[0]).arg(&scenario).args(&verb[1..]).args(["--quiet", "--out"]);
            command.arg(&out).assert().success();
            out
        };
        let results = VERBS.iter().enumerate().map(make).collect();
        (home, results)
    });
    results
}

/// The tables and the manifest of a result.
fn files(result: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(result).expect("a result");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> = paths.filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn every_verb_leaves_a_result_that_makes_a_page() {
    for (result, (verb, word)) in results().iter().zip(VERBS) {
        let dossier = Dossier::read(std::slice::from_ref(result), "0").expect("reads");
        let page = dossier.html();
        assert!(page.contains(word), "{verb:?} tells nothing of {word}");
        assert!(dossier.markdown("pictures").0.len() > 500, "{verb:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn a_broken_result_is_told_or_shown(
        verb in 0..VERBS.len(),
        file in any::<prop::sample::Index>(),
        breaks in breaks(),
    ) {
        let result = &results()[verb];
        let home = tempfile::tempdir().expect("a directory");
        let all = files(result);
        let target = file.get(&all);
        for path in &all {
            let bytes = fs::read(path).expect("a file");
            let bytes = if path == target { broken(&bytes, &breaks) } else { bytes };
            fs::write(home.path().join(path.file_name().expect("a name")), bytes).expect("written");
        }
        let read = Dossier::read(&[home.path().to_owned()], "0");
        if let Ok(dossier) = &read {
            prop_assert!(dossier.html().len() < 50_000_000);
            prop_assert!(!dossier.markdown("pictures").0.is_empty());
        }
        names_file(read, &home.path().display().to_string())?;
    }
}
