//! Results under faults: kills, several at once, planted links and special
//! files. What is there is whole, what is not is told at once, and nothing of
//! the user's is touched.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::hostile_results::TOWN;

fn connect_sim(home: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_connect-sim"));
    command.current_dir(home).args(arguments).stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What the program says to these arguments, which must end with `code`.
fn told(home: &Path, arguments: &[&str], code: i32) -> String {
    let output = connect_sim(home, arguments).output().expect("runs");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    said
}

/// Everything in a folder, by name.
fn names(home: &Path) -> Vec<String> {
    let entries = fs::read_dir(home).expect("a directory");
    let name = |entry: std::io::Result<fs::DirEntry>| {
        entry.expect("an entry").file_name().to_string_lossy().into_owned()
    };
    let mut names: Vec<String> = entries.map(name).collect();
    names.sort();
    names
}

fn town() -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a directory");
    fs::write(home.path().join("town.toml"), TOWN).expect("written");
    home
}

/// A run into `r` that computes for long; returns when it has begun.
fn long_run(home: &Path) -> Child {
    let run = ["run", "town.toml", "--set", "time.days=300", "--replicates", "50", "--out", "r"];
    let child = connect_sim(home, &run).spawn().expect("starts");
    let begun = Instant::now();
    while !home.join(".r.lock").exists() {
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not begin");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

#[test]
fn the_second_run_into_a_folder_is_told_at_once_and_a_kill_frees_it() {
    let home = town();
    let mut first = long_run(home.path());
    let begun = Instant::now();
    let said = told(home.path(), &["run", "town.toml", "--out", "r"], 2);
    assert!(said.contains("r: another run is writing this result"), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    first.kill().expect("killed");
    first.wait().expect("ends");
    assert!(!home.path().join("r").exists());
    told(home.path(), &["run", "town.toml", "--out", "r", "--quiet"], 0);
    assert_eq!(names(home.path()), ["r", "town.toml"]);
}

#[test]
fn any_next_command_gives_a_result_its_name_back() {
    let home = town();
    told(home.path(), &["run", "town.toml", "--out", "r", "--quiet"], 0);
    let (taken, there) = (home.path().join(".r.outgoing"), home.path().join("r"));
    let kill = || fs::rename(&there, &taken).expect("renamed");
    for command in [
        ["report", "r", "--quiet"].as_slice(),
        &["report", "r", "--format", "md", "--quiet"],
        &["report", "--verify", "r"],
        &["run", "town.toml", "--out", "other", "--quiet"],
        &["run", "town.toml", "--out", "r", "--quiet", "--force"],
    ] {
        kill();
        told(home.path(), command, 0);
        assert!(there.join("manifest.json").is_file() && !taken.exists(), "{command:?}");
    }
    kill();
    let said = told(home.path(), &["merge", "r", "--out", "m"], 2);
    assert!(said.contains("no part of a sweep") && there.exists(), "{said}");
}

#[test]
fn reports_of_one_result_at_once_all_succeed() {
    let home = town();
    told(home.path(), &["run", "town.toml", "--out", "r", "--quiet"], 0);
    let start = |place: usize| {
        let format = if place.is_multiple_of(2) { "md" } else { "html" };
        let report = ["report", "r", "--quiet", "--format", format];
        connect_sim(home.path(), &report).spawn().expect("starts")
    };
    let all: Vec<Child> = (0..12).map(start).collect();
    for child in all {
        let output = child.wait_with_output().expect("ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    told(home.path(), &["report", "--verify", "r"], 0);
    let left = names(&home.path().join("r"));
    assert!(left.iter().all(|name| !name.starts_with('.')), "{left:?}");
}

#[test]
fn a_report_that_is_killed_leaves_no_half_of_a_folder() {
    let home = town();
    told(home.path(), &["run", "town.toml", "--out", "r", "--quiet"], 0);
    told(home.path(), &["report", "r", "--format", "md", "--quiet", "--out", "whole.md"], 0);
    let whole = names(&home.path().join("whole-charts"));
    let mut seen = [false; 2];
    for wait in 0..40 {
        let report = ["report", "r", "--format", "md", "--quiet", "--out", "post.md"];
        let mut child = connect_sim(home.path(), &report).spawn().expect("starts");
        std::thread::sleep(Duration::from_micros(500 * wait));
        let _ = child.kill();
        child.wait().expect("ends");
        let charts = home.path().join("post-charts");
        seen[usize::from(charts.exists())] = true;
        if charts.exists() {
            assert_eq!(names(&charts), whole);
            fs::remove_dir_all(&charts).expect("removed");
            let _ = fs::remove_file(home.path().join("post.md"));
        }
    }
    assert!(seen[0], "no kill came in time");
}

#[test]
fn force_deletes_nothing_that_it_does_not_write() {
    let home = town();
    told(home.path(), &["run", "town.toml", "--out", "r", "--quiet"], 0);
    told(home.path(), &["report", "r", "--quiet"], 0);
    told(home.path(), &["report", "r", "--format", "md", "--quiet"], 0);
    told(home.path(), &["run", "town.toml", "--out", "r", "--quiet", "--force"], 0);
    let notes = home.path().join("r/notes.txt");
    fs::write(&notes, "mine").expect("written");
    let said = told(home.path(), &["run", "town.toml", "--out", "r", "--force"], 2);
    assert!(said.contains("r: holds notes.txt"), "{said}");
    assert!(notes.exists());
    fs::remove_file(&notes).expect("removed");
    // The folder of a post's charts is held to the same.
    told(home.path(), &["report", "r", "--format", "md", "--out", "post.md", "--quiet"], 0);
    fs::write(home.path().join("post-charts/photo.svg"), "mine").expect("written");
    let said = told(home.path(), &["report", "r", "--format", "md", "--out", "post.md"], 2);
    assert!(said.contains("post-charts: holds photo.svg"), "{said}");
}

#[test]
fn init_that_was_killed_goes_on() {
    let home = tempfile::tempdir().expect("a directory");
    told(home.path(), &["init", "v", "--template", "tiny"], 0);
    let told_again = told(home.path(), &["init", "v", "--template", "tiny"], 2);
    assert!(told_again.contains("v/scenario.toml: is there already"), "{told_again}");
    let whole = names(&home.path().join("v"));
    for lost in &whole {
        fs::remove_file(home.path().join("v").join(lost)).expect("removed");
        told(home.path(), &["init", "v", "--template", "tiny"], 0);
        assert_eq!(names(&home.path().join("v")), whole);
    }
    fs::write(home.path().join("v/scenario.toml"), "mine").expect("written");
    fs::remove_file(home.path().join("v/scenario.schema.json")).expect("removed");
    told(home.path(), &["init", "v", "--template", "tiny"], 2);
    assert_eq!(fs::read_to_string(home.path().join("v/scenario.toml")).expect("text"), "mine");
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn planted_links_are_not_followed() {
        let home = town();
        let home = home.path();
        told(home, &["run", "town.toml", "--out", "r", "--quiet"], 0);
        let victim = home.join("victim");
        fs::create_dir(&victim).expect("a directory");
        fs::write(victim.join("kept"), "kept").expect("written");
        let file = victim.join("kept");
        let plant = |target: &Path, name: &str| symlink(target, home.join(name)).expect("a link");
        let links = [
            (&file, "r/report.html", ["report", "r"].as_slice()),
            (&file, "r/report.md", &["report", "r", "--format", "md"]),
            (&victim, "r/report-charts", &["report", "r", "--format", "md"]),
            (&file, "page.html", &["report", "r", "--out", "page.html"]),
        ];
        for (target, name, command) in links {
            plant(target, name);
            let said = told(home, command, 2);
            assert!(said.contains(&format!("{name}: is a link")), "{said}");
            fs::remove_file(home.join(name)).expect("the link");
        }
        // Names that could be guessed are not used, or not through a link.
        for name in ["r/.report.html.partial", "r/.report.md.partial", ".n.partial", ".n.outgoing"]
        {
            plant(&file, name);
        }
        plant(&victim, "r/.report-charts.partial");
        told(home, &["report", "r", "--quiet"], 0);
        told(home, &["report", "r", "--format", "md", "--quiet"], 0);
        told(home, &["run", "town.toml", "--out", "n", "--quiet"], 0);
        plant(&victim.join("new"), ".s.lock");
        told(home, &["run", "town.toml", "--out", "s", "--quiet"], 1);
        assert_eq!(names(&victim), ["kept"]);
        assert_eq!(fs::read_to_string(&file).expect("text"), "kept");
        // A link that the user names for a result stays one.
        fs::create_dir(home.join("disk")).expect("a directory");
        plant(&home.join("disk"), "out");
        told(home, &["run", "town.toml", "--out", "out", "--quiet"], 0);
        assert!(home.join("out").is_symlink() && home.join("disk/manifest.json").is_file());
    }

    #[test]
    fn special_files_in_results_are_told_and_never_read() {
        let home = town();
        let home = home.path();
        told(home, &["run", "town.toml", "--out", "r", "--quiet"], 0);
        let pipe = home.join("pipe");
        let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
        assert!(made.success());
        for (name, code) in [("summary.csv", 3), ("manifest.json", 2)] {
            let path = home.join("r").join(name);
            let bytes = fs::read(&path).expect("a file");
            for special in ["/dev/zero", "pipe", "/dev/stdin"] {
                fs::remove_file(&path).expect("removed");
                if special == "pipe" {
                    fs::rename(&pipe, &path).expect("moved");
                } else {
                    symlink(special, &path).expect("a link");
                }
                let said = told(home, &["report", "r"], 2);
                assert!(said.contains(&format!("{name}: cannot be read")), "{said}");
                let said = told(home, &["report", "--verify", "r"], code);
                assert!(said.contains(name), "{said}");
                if special == "pipe" {
                    fs::rename(&path, &pipe).expect("moved");
                    fs::write(&path, "").expect("written");
                }
            }
            fs::remove_file(&path).expect("removed");
            fs::write(&path, bytes).expect("written");
        }
        let said = told(home, &["merge", "/dev", "--out", "m"], 2);
        assert!(said.contains("/dev/manifest.json"), "{said}");
    }
}
