//! The binary, started as a person in the repository would, and the files that
//! it wrote.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use assert_cmd::Command;

/// The program, to be given arguments.
pub(crate) fn connect_sim() -> Command {
    let mut command = Command::cargo_bin("connect-sim").expect("the binary is built");
    command.current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

/// Standard output of a run that succeeds and is told to write to `out`.
pub(crate) fn printed(arguments: &[&str], out: &Path) -> String {
    let output = connect_sim().args(arguments).arg("--out").arg(out).output().expect("runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{errors}");
    String::from_utf8(output.stdout).expect("text")
}

/// Every file below a directory, by its path from there.
pub(crate) fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            let inner = files(&path).into_iter();
            found.extend(inner.map(|(inside, bytes)| (format!("{name}/{inside}"), bytes)));
        } else {
            found.insert(name, fs::read(&path).expect("a file"));
        }
    }
    found
}

/// Fails where two directories do not hold the same files with the same bytes.
pub(crate) fn same(one: &Path, other: &Path) {
    let (one, other) = (files(one), files(other));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, bytes) in &one {
        assert!(other[name] == *bytes, "{name} differs");
    }
}

/// The rows of a table, without its header.
pub(crate) fn rows(table: &[u8]) -> Vec<csv::StringRecord> {
    let mut reader = csv::Reader::from_reader(table);
    reader.records().collect::<Result<_, _>>().expect("rows of one width")
}
