//! Files that somebody broke, or made to break us: whatever the bytes, every
//! reader gives a value or an error that names the file; none panics, hangs or
//! takes memory without bound, and nothing is written by halves. Scenarios have
//! tests of their own, in `tests/library/scenario_properties.rs`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use connect_sim::chain::{
    Clarity, Value, account, ascii, inner, list, parse_principal, parse_value, principal, tuple,
    uint, value_text,
};
use connect_sim::energy::{DayPool, Meters, StandardProfile, WeatherFile};
use connect_sim::experiments::Store as _;
use connect_sim::report::{Journal, merge_parts};
use connect_sim::trace::{
    Answer, Call, End, Ending, Evaluation, Header, Maker, Replay, Step, Trace, TraceReader,
    TracedContract, replay,
};
use connect_sim::units::MicroStx;
use proptest::prelude::*;

use crate::breaks::{breaks, broken, names_file};

fn shipped(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/data").join(name);
    fs::read_to_string(path).expect("a shipped file")
}

const CONTRACT: &str = "(define-public (give (to principal) (what {amount: uint, why: (string-ascii 9)}))
  (begin (try! (stx-transfer? (get amount what) tx-sender to)) (print what) (ok (- u9 (get amount what)))))";

/// A small trace of calls that end in all ways.
fn trace() -> Trace {
    let [one, other] = ["one", "other"].map(account);
    let contract = TracedContract {
        issuer: one.clone(),
        name: "gifts".to_owned(),
        clarity: Clarity::Two,
        source: CONTRACT.to_owned(),
    };
    let header = Header {
        version: "0.1.0".to_owned(),
        made_by: Maker::Check,
        scenario: None,
        seed: None,
        rate_scale: 10_000,
        contracts: vec![contract],
        genesis: vec![(one.clone(), MicroStx::new(100)), (other.clone(), MicroStx::new(7))],
        first_block_time: None,
    };
    let mut chain = Replay::new(&header).expect("deploys");
    let nothing = Answer { status: Ending::Aborted, result: String::new(), events: Vec::new() };
    let calls = [(1, 5), (1, 10), (4, 900)].into_iter().map(|(height, amount)| {
        let what = format!("{{amount: u{amount}, why: \"a \\\"gift\\\"\"}}");
        let mut call = Call {
            height,
            sender: one.clone(),
            contract: "gifts".to_owned(),
            function: "give".to_owned(),
            arguments: [format!("'{other}"), what]
                .iter()
                .map(|text| parse_value(text).expect("a literal"))
                .collect(),
            fee: MicroStx::new(3),
            receipt: nothing.clone(),
        };
        call.receipt = chain.call(&call).expect("performs");
        Step::Call(call)
    });
    let mut steps: Vec<_> = calls.collect();
    let mut seed = Evaluation {
        height: 4,
        sender: other,
        contract: "gifts".to_owned(),
        expression: "(print {who: tx-sender, why: \"seeded\"})".to_owned(),
        receipt: nothing,
    };
    seed.receipt = chain.evaluate(&seed).expect("evaluates");
    steps.push(Step::Evaluation(seed));
    let end = End { height: 9, state_sha256: String::new(), finding: None };
    Trace { header, steps, end }
}

/// A literal as it is written, with the value that it stands for.
fn literal() -> impl Strategy<Value = (String, Value)> {
    let leaf = prop_oneof![
        any::<u128>().prop_map(|number| (format!("u{number}"), uint(number))),
        "[ -!#-\\[\\]-~]{0,20}".prop_map(|text| (format!("\"{text}\""), ascii(&text))),
        "[a-z]{1,9}".prop_map(|label| {
            let who = account(&label);
            (format!("'{who}"), principal(&who))
        }),
    ];
    leaf.prop_recursive(3, 16, 3, |part| {
        let fields = prop::collection::btree_map("k[a-z]{0,5}", part.clone(), 1..4);
        prop_oneof![
            fields.prop_map(|fields| {
                let texts = fields.iter().map(|(name, (text, _))| format!("{name}: {text}"));
                let text = format!("{{{}}}", texts.collect::<Vec<_>>().join(", "));
                let values = fields.iter().map(|(name, (_, value))| (name.as_str(), value.clone()));
                (text, tuple(values.collect()).expect("a legal tuple"))
            }),
            // A list holds one type.
            (part, 1..4_usize).prop_map(|((text, value), times)| {
                let text = format!("(list {})", vec![text; times].join(" "));
                (text, list(vec![value; times]).expect("a legal list"))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn traces(breaks in breaks()) {
        let text = trace().write(Vec::new()).expect("memory");
        let text = broken(&text, &breaks);
        names_file(Trace::read("broken.jsonl", text.as_slice()), "broken.jsonl:")?;
        // What can be read as far as its header can be done as far as that.
        if let Ok(reader) = TraceReader::open("broken.jsonl", text.as_slice()) {
            let _ = replay(reader, &BTreeMap::new(), |_, _, _| {});
        }
    }

    #[test]
    fn legal_values_are_read_as_they_are_meant((text, value) in literal()) {
        prop_assert_eq!(parse_value(&text), Some(value.clone()), "{}", text);
        prop_assert_eq!(value_text(&value), text.as_str());
        // Blank space around a part means nothing; within a string it does.
        let spaced = format!(" \n{text}\t");
        prop_assert_eq!(parse_value(&spaced), Some(value.clone()), "{}", spaced);
        for wrapped in [format!("(some {text})"), format!("(ok {text})")] {
            let read = parse_value(&wrapped);
            prop_assert_eq!(read.as_ref().and_then(inner), Some(&value), "{}", wrapped);
            prop_assert_eq!(read.as_ref().map(value_text), Some(wrapped));
        }
        let error = format!("(err {text})");
        let read = parse_value(&error);
        prop_assert_eq!(read.as_ref().and_then(inner), None, "{}", error);
        prop_assert_eq!(read.as_ref().map(value_text), Some(error));
    }

    #[test]
    fn illegal_values_are_not_read((text, _) in literal(), number in any::<u128>()) {
        let mut short = text.clone();
        short.pop();
        let mut wrong = vec![
            format!("{text} {text}"),
            format!("({text}"),
            format!("{text})"),
            format!("(list {text} true)"),
            format!("(some {text} {text})"),
            format!("(both {text})"),
            format!("{{k: {text}"),
            format!("{{{text}}}"),
            format!("u-{number}"),
            // Ten times the greatest, and the least less one.
            format!("u{}0", u128::MAX),
            format!("-{}", (1_u128 << 127) + 1),
        ];
        // A number less its last digit is another number.
        if !text.starts_with('u') {
            wrong.push(short);
        }
        for text in wrong {
            prop_assert!(parse_value(&text).is_none(), "{}", text);
        }
    }

    #[test]
    fn addresses_are_read_whole_or_not_at_all(label in "[a-z]{1,9}", place in 2..41_usize) {
        let who = account(&label);
        let text = who.to_string();
        prop_assert_eq!(parse_principal(&text), Some(who));
        let contract = format!("{text}.gifts");
        prop_assert!(parse_principal(&contract).is_some(), "{}", contract);
        let quoted = format!("'{text}");
        prop_assert_eq!(parse_principal(&quoted), parse_principal(&text));
        // The checksum tells every single character that is another.
        let place = place.min(text.len() - 1);
        let other = if &text[place..=place] == "Q" { "R" } else { "Q" };
        let broken = format!("{}{other}{}", &text[..place], &text[place + 1..]);
        for wrong in [&broken, &text[..place], &format!("{text}."), &format!("''{text}"), ""] {
            prop_assert!(parse_principal(wrong).is_none(), "{}", wrong);
        }
    }

    #[test]
    fn values_and_addresses(
        text in prop_oneof![
            "[-u0-9a-z'\"(){}:, .\\\\\\PC]{0,60}",
            prop::collection::vec(prop::sample::select(vec![
                "(", ")", "{", "}", "list ", "some ", "ok ", "u1", "-", "'", "ST", ".", ":", ",",
                "a: ", "\"", "0x", "none ", "true ", "tuple ", "\\", "u\"", "\\u{", "<", ">", "*",
                "'ST000000000000000000002AMW42H", "340282366920938463463374607431768211456",
            ]), 0..60).prop_map(|words| words.concat()),
        ],
    ) {
        if let Some(value) = parse_value(&text) {
            let shown = value_text(&value);
            let again = parse_value(&shown).map(|value| value_text(&value));
            prop_assert_eq!(again.as_ref(), Some(&shown));
        }
        let _ = parse_principal(&text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn weather_and_loads(breaks in breaks()) {
        let read = |name: &str| {
            String::from_utf8_lossy(&broken(shipped(name).as_bytes(), &breaks)).into_owned()
        };
        names_file(WeatherFile::parse("w.csv", &read("weather-greensboro-tmy3.csv")), "w.csv")?;
        names_file(StandardProfile::parse("p.csv", &read("load-bdew-h0.csv")), "p.csv")?;
        let days = read("load-sceaux-15min.csv");
        names_file(DayPool::parse("d.csv", &days), "d.csv")?;
        names_file(Meters::parse("m.csv", &days), "m.csv")?;
    }

    #[test]
    fn meters(breaks in breaks()) {
        let mut text = "time,1,2\n".to_owned();
        for hour in 0..48 {
            text.push_str(&format!("2025-06-{:02}T{:02}:00,0.5,1.25\n", 1 + hour / 24, hour % 24));
        }
        names_file(Meters::parse("m.csv", &text), "m.csv")?;
        let text = broken(text.as_bytes(), &breaks);
        names_file(Meters::parse("m.csv", &String::from_utf8_lossy(&text)), "m.csv")?;
    }

    #[test]
    fn journals(breaks in breaks()) {
        let home = tempfile::tempdir().expect("a directory");
        let result = home.path().join("result");
        let journal = Journal::open(&result, "key").expect("free");
        for trial in 0..20 {
            journal.put(trial, &[1.5, f64::NAN, trial as f64]).expect("kept");
        }
        drop(journal);
        let path = only_file(home.path());
        let bytes = fs::read(&path).expect("a journal");
        fs::write(&path, broken(&bytes, &breaks)).expect("written");
        let journal = Journal::open(&result, "key").expect("a broken journal counts for less");
        for trial in 0..20 {
            if let Some(values) = journal.get(trial).expect("whole lines alone are left") {
                prop_assert_eq!(values[2], trial as f64, "a line with another's values");
            }
        }
        journal.put(20, &[0.0]).expect("goes on");
        prop_assert!(journal.has(20));
    }

    #[test]
    fn manifests_of_parts(breaks in breaks()) {
        let home = tempfile::tempdir().expect("a directory");
        let part = |shard: u32| format!(
            r#"{{"details": {{"part": {{"key": "k", "shard": {shard}, "of": 2, "overrides": [],
            "scenario_file": "s.toml", "command": "connect-sim sweep s.toml"}}}}}}"#
        );
        let directories = [1, 2].map(|shard| home.path().join(shard.to_string()));
        for (directory, shard) in directories.iter().zip(1..) {
            fs::create_dir(directory).expect("a directory");
            fs::write(directory.join("manifest.json"), part(shard)).expect("written");
        }
        prop_assert!(merge_parts(&directories).is_ok());
        let bytes = broken(part(2).as_bytes(), &breaks);
        fs::write(directories[1].join("manifest.json"), bytes).expect("written");
        names_file(merge_parts(&directories), "")?;
    }
}

fn only_file(directory: &Path) -> PathBuf {
    let mut files = fs::read_dir(directory).expect("a directory");
    files.next().expect("a file").expect("an entry").path()
}

#[test]
fn a_part_of_billions_is_refused_at_once() {
    let home = tempfile::tempdir().expect("a directory");
    for of in ["0", "4294967295"] {
        let manifest = format!(
            r#"{{"details": {{"part": {{"key": "k", "shard": 1, "of": {of}, "overrides": [],
            "scenario_file": "s.toml", "command": ""}}}}}}"#
        );
        fs::write(home.path().join("manifest.json"), manifest).expect("written");
        let error = merge_parts(&[home.path().to_owned()]).expect_err(of).to_string();
        assert!(error.len() < 300 && error.contains("manifest.json"), "{error}");
    }
}

#[test]
fn a_run_with_a_number_beyond_all_takes_no_memory_for_it() {
    let home = tempfile::tempdir().expect("a directory");
    let result = home.path().join("result");
    let journal = Journal::open(&result, "key").expect("free");
    journal.put(u64::MAX, &[1.0]).expect("kept");
    drop(journal);
    let journal = Journal::open(&result, "key").expect("free");
    assert_eq!(journal.count(), 1);
    assert_eq!(journal.get(u64::MAX).expect("read"), Some(vec![1.0]));
}

#[test]
fn a_trace_that_never_ends_a_line_is_refused() {
    struct Endless;
    impl std::io::Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            buffer.fill(b'[');
            Ok(buffer.len())
        }
    }
    let endless = std::io::BufReader::new(Endless);
    let error = TraceReader::open("endless", endless).err().expect("refused").to_string();
    assert!(error.starts_with("endless:1: the line is longer than"), "{error}");
}
