//! Commands as a shell takes them, and back: what manifests and pages say makes
//! a result again. No shell is ever asked.

use std::path::Path;

/// A word as a shell takes it.
#[must_use]
pub fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// A path as a command line takes it, so that none is taken for a flag.
#[must_use]
pub fn path_text(path: &Path) -> String {
    let text = path.display().to_string();
    if text.starts_with('-') { format!("./{text}") } else { text }
}

/// The words of a command as a shell would read them, of what commands in
/// manifests are written with; none where a quote is not closed.
#[must_use]
pub fn words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = command.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                let text = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        quoted => text.push(quoted),
                    }
                }
            }
            '\\' => word.get_or_insert_default().push(letters.next()?),
            ' ' => words.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_as_they_were_written() {
        for hostile in ["plain", "two words", "it's", "", "a\\b", "$(rm)", "'", "--set x=\"y z\""] {
            let command = format!("connect-sim run {} --trace", shell(hostile));
            let expected = ["connect-sim", "run", hostile, "--trace"];
            assert_eq!(words(&command).expect("closed"), expected, "{command}");
        }
        assert_eq!(words("an 'open quote"), None);
    }

    #[test]
    fn no_path_is_taken_for_a_flag() {
        assert_eq!(path_text(Path::new("-x.toml")), "./-x.toml");
        assert_eq!(path_text(Path::new("a/-x.toml")), "a/-x.toml");
    }
}
