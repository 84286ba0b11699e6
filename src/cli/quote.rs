//! Words as a shell takes them, for the commands that are printed and kept in
//! manifests.

use std::path::Path;

/// A word as a shell takes it.
pub(super) fn shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=,:+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// A path as a shell takes it, and as no program takes for a flag.
pub(super) fn path(path: &Path) -> String {
    let text = path.display().to_string();
    if text.starts_with('-') { shell(&format!("./{text}")) } else { shell(&text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_never_a_flag() {
        assert_eq!(path(Path::new("-x.toml")), "./-x.toml");
        assert_eq!(path(Path::new("a b.toml")), "'a b.toml'");
        assert_eq!(path(Path::new("towns/x.toml")), "towns/x.toml");
    }
}
