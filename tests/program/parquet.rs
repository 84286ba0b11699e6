//! Tables as Parquet, read back by another program's reader: the same columns,
//! the same rows and the same values as in CSV, and the same bytes each time.
//! Needs the feature: `cargo test --features parquet --test program parquet::`.

use std::fs::{self, File};
use std::path::Path;

use parquet::basic::Type;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::record::Field;

use crate::binary::connect_sim;

const TABLES: [&str; 3] = ["ticks", "participants", "transactions"];

fn run(out: &Path, jobs: &str) {
    connect_sim()
        .args(["run", "scenarios/tiny.toml", "--format", "parquet", "--trace", "--quiet"])
        .args(["--replicates", "2", "--set", "time.tick_minutes=60", "--jobs", jobs, "--out"])
        .arg(out)
        .assert()
        .success();
}

/// A value as a cell of CSV has it.
fn cell(field: &Field) -> String {
    match field {
        Field::Null => String::new(),
        Field::Bool(flag) => flag.to_string(),
        Field::Long(number) => number.to_string(),
        Field::Str(text) => text.clone(),
        Field::Double(number) => {
            let text = format!("{number:.6}");
            let text = text.trim_end_matches('0').trim_end_matches('.');
            if text == "-0" { "0".to_owned() } else { text.to_owned() }
        }
        other => panic!("no type of ours: {other:?}"),
    }
}

#[test]
fn what_is_read_back_is_what_stands_in_csv() {
    let home = tempfile::tempdir().expect("a directory");
    let [one, two] = ["one", "two"].map(|name| home.path().join(name));
    run(&one, "1");
    run(&two, "2");
    let manifest = fs::read_to_string(one.join("manifest.json")).expect("a manifest");
    assert!(manifest.contains("--format parquet"), "the command makes it again");
    for table in TABLES {
        let name = format!("{table}.parquet");
        assert!(manifest.contains(&format!("\"file\": \"{name}\"")), "{name} is in the manifest");
        let bytes = |result: &Path| fs::read(result.join(&name)).expect("a file");
        assert!(bytes(&one) == bytes(&two), "{name} is the same at any number of threads");

        let reader = SerializedFileReader::new(File::open(one.join(&name)).expect("a file"));
        let reader = reader.expect("Parquet");
        let shape = reader.metadata().file_metadata().schema_descr();
        let names: Vec<&str> = shape.columns().iter().map(|column| column.name()).collect();
        let mut csv = csv::Reader::from_path(one.join(format!("{table}.csv"))).expect("CSV");
        assert_eq!(names, csv.headers().expect("a header").iter().collect::<Vec<_>>(), "{name}");

        let mut lines = csv.records();
        let mut count = 0;
        for row in reader.get_row_iter(None).expect("rows") {
            let row = row.expect("a row");
            let read: Vec<String> = row.get_column_iter().map(|(_, field)| cell(field)).collect();
            let line = lines.next().expect("as many rows").expect("a line");
            assert_eq!(read, line.iter().collect::<Vec<_>>(), "{name}, row {count}");
            count += 1;
        }
        assert!(lines.next().is_none(), "{name} has fewer rows");
        assert!(count > 40, "{name}: {count} rows");
    }
}

#[test]
fn columns_have_the_types_of_their_values() {
    let home = tempfile::tempdir().expect("a directory");
    let out = home.path().join("typed");
    run(&out, "1");
    for (table, column, kind, optional) in [
        ("ticks", "replicate", Type::INT64, false),
        ("ticks", "hour", Type::DOUBLE, true),
        ("ticks", "treasury_ustx", Type::INT64, false),
        ("ticks", "price_min_ustx_per_kwh", Type::INT64, true),
        ("participants", "takes_part", Type::BOOLEAN, false),
        ("participants", "principal", Type::BYTE_ARRAY, false),
        ("transactions", "function", Type::BYTE_ARRAY, false),
        ("transactions", "error_code", Type::INT64, true),
    ] {
        let file = File::open(out.join(format!("{table}.parquet"))).expect("a file");
        let reader = SerializedFileReader::new(file).expect("Parquet");
        let shape = reader.metadata().file_metadata().schema_descr();
        let found = shape.columns().iter().find(|one| one.name() == column).expect(column);
        assert_eq!(
            (found.physical_type(), found.max_def_level() > 0),
            (kind, optional),
            "{column}"
        );
    }
}
