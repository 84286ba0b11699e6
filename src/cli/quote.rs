//! Words as a shell takes them, for the commands that are printed and kept in
//! manifests.

use std::path::Path;

use crate::report::path_text;
pub(super) use crate::report::shell;

/// A path as a shell takes it, and as no program takes for a flag.
pub(super) fn path(path: &Path) -> String {
    shell(&path_text(path))
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
