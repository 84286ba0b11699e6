//! The source tree as modules: what each one imports, names and defines. Tests,
//! comments and strings are left out. The text is read as tokens, not as lines,
//! so that braces may nest and an import may stand anywhere, in a macro too.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A path as it is written, or from the root of what it names.
pub(crate) type Words = Vec<String>;

/// One name that a `use` brings into a module.
pub(crate) struct Import {
    /// What is imported, as written; without the `*` of a glob.
    pub path: Words,
    /// Under which name; `_` for a trait without one, `*` for a glob.
    pub name: String,
    /// Whether others may import it from here (`pub use`, `pub(super) use`…).
    pub handed_on: bool,
}

/// A module: a file, or a `mod x { … }` within one.
#[derive(Default)]
pub(crate) struct Module {
    /// Below `src`.
    pub file: PathBuf,
    pub imports: Vec<Import>,
    /// Paths of two words or more outside of imports.
    pub paths: Vec<Words>,
    /// Every single word outside of imports.
    pub words: BTreeSet<String>,
    /// Macros that are called, without their `!`.
    pub macros: BTreeSet<String>,
    /// What is defined at the top of the module.
    pub items: BTreeSet<String>,
}

/// What a path names.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// Of this crate, from its root.
    Inside(Words),
    /// Of another crate, its name first.
    Outside(Words),
}

/// All modules of a crate, by their path from its root.
#[derive(Default)]
pub(crate) struct Tree {
    pub modules: BTreeMap<Words, Module>,
}

impl Tree {
    /// The crate below a `src` directory. `main.rs` is read as a module `main`.
    pub(crate) fn read(root: &Path) -> Self {
        let mut tree = Self::default();
        for path in files(root) {
            let text = fs::read_to_string(&path).expect("text");
            tree.add(path.strip_prefix(root).expect("below src"), &text);
        }
        tree
    }

    /// Adds the module of one file.
    pub(crate) fn add(&mut self, file: &Path, text: &str) {
        let tokens: TokenStream =
            text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.gather_module(file, module_path(file), tokens);
    }

    fn gather_module(&mut self, file: &Path, path: Words, tokens: TokenStream) {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        let mut inner = Vec::new();
        module.gather(tokens, true, &mut inner);
        for (name, tokens) in inner {
            self.gather_module(file, [path.clone(), vec![name]].concat(), tokens);
        }
        self.modules.insert(path, module);
    }

    /// What `path`, as it stands in the module `from`, names. Names that neither
    /// the module nor an import of it has are taken for those of a crate.
    pub(crate) fn named(&self, from: &[String], path: &[String]) -> Named {
        self.named_within(from, path, 0)
    }

    fn named_within(&self, from: &[String], path: &[String], depth: usize) -> Named {
        let (first, rest) = path.split_first().expect("a path has a word");
        match first.as_str() {
            "crate" => return Named::Inside(rest.to_vec()),
            "self" | "super" => {
                let mut base = from.to_vec();
                let ups = path.iter().take_while(|word| matches!(word.as_str(), "self" | "super"));
                let mut taken = 0;
                for word in ups {
                    taken += 1;
                    if word == "super" {
                        base.pop();
                    }
                }
                base.extend_from_slice(&path[taken..]);
                return Named::Inside(base);
            }
            _ => {}
        }
        let child = [from, &path[..1]].concat();
        if self.modules.contains_key(&child) {
            return Named::Inside([&child, rest].concat());
        }
        // An import may bear the name of the crate that it is from.
        let import = self.modules.get(from).and_then(|module| {
            module
                .imports
                .iter()
                .find(|import| import.name == *first && import.path != [first.as_str()])
        });
        match import {
            Some(import) if depth < 8 => match self.named_within(from, &import.path, depth + 1) {
                Named::Inside(base) => Named::Inside([&base, rest].concat()),
                Named::Outside(base) => Named::Outside([&base, rest].concat()),
            },
            _ => Named::Outside(path.to_vec()),
        }
    }

    /// The module that defines what the path from the root names, whoever handed
    /// it on in between; nothing where the path is that of a module itself.
    pub(crate) fn home(&self, path: &[String]) -> Option<&Words> {
        self.home_within(path, 0)
    }

    fn home_within(&self, path: &[String], depth: usize) -> Option<&Words> {
        let length =
            (0..=path.len()).rev().find(|length| self.modules.contains_key(&path[..*length]))?;
        let (at, module) = self.modules.get_key_value(&path[..length])?;
        let item = path.get(length)?;
        if module.items.contains(item) || depth > 8 {
            return Some(at);
        }
        let onward = |import: &Import, rest: &[String]| match self.named(at, &import.path) {
            Named::Inside(base) => Some([&base, rest].concat()),
            Named::Outside(_) => None,
        };
        if let Some(import) = module.imports.iter().find(|import| import.name == *item) {
            // What is another crate's has no home here.
            return self.home_within(&onward(import, &path[length + 1..])?, depth + 1);
        }
        for import in module.imports.iter().filter(|import| import.name == "*") {
            let Some(inside) = onward(import, &path[length..]) else { continue };
            let defines = |home: &&Words| self.modules[*home].items.contains(item);
            if let Some(home) = self.home_within(&inside, depth + 1).filter(defines) {
                return Some(home);
            }
        }
        // A macro may have made it.
        Some(at)
    }
}

impl Module {
    /// Reads tokens; `top` where they stand at the top of the module. Modules
    /// within are given back by name.
    fn gather(&mut self, tokens: TokenStream, top: bool, inner: &mut Vec<(String, TokenStream)>) {
        let tokens = without_tests(tokens);
        let mut at = 0;
        while at < tokens.len() {
            let next = tokens.get(at + 1);
            match &tokens[at] {
                TokenTree::Group(group) => {
                    self.gather(group.stream(), false, inner);
                    at += 1;
                }
                TokenTree::Ident(word) if word == "use" && !is_punct(next, '<') => {
                    let end = (at..tokens.len()).find(|end| is_punct(tokens.get(*end), ';'));
                    let end = end.expect("a use ends");
                    self.import(&tokens[at + 1..end], &[], is_public(&tokens[..at]));
                    at = end + 1;
                }
                TokenTree::Ident(word) => {
                    let word = word.to_string();
                    if top && let Some(TokenTree::Ident(name)) = next {
                        let name = name.to_string();
                        if word == "mod" {
                            if let Some(TokenTree::Group(group)) = tokens.get(at + 2) {
                                inner.push((name, group.stream()));
                                at += 3;
                                continue;
                            }
                        } else if DEFINING.contains(&word.as_str()) {
                            self.items.insert(name);
                        }
                    }
                    if is_punct(next, '!') && !is_punct(tokens.get(at + 2), '=') {
                        self.macros.insert(word.clone());
                        if word == "macro_rules"
                            && let Some(TokenTree::Ident(name)) = tokens.get(at + 2)
                        {
                            self.items.insert(name.to_string());
                        }
                    }
                    let mut path = vec![word];
                    at += 1;
                    while is_joined(&tokens, at) {
                        let Some(TokenTree::Ident(word)) = tokens.get(at + 2) else { break };
                        path.push(word.to_string());
                        at += 3;
                    }
                    self.words.insert(path[0].clone());
                    if path.len() > 1 {
                        self.paths.push(path);
                    }
                }
                _ => at += 1,
            }
        }
    }

    /// One tree of a `use` below `base`.
    fn import(&mut self, tree: &[TokenTree], base: &[String], handed_on: bool) {
        let mut path = base.to_vec();
        let mut at = if is_joined(tree, 0) { 2 } else { 0 };
        while let Some(TokenTree::Ident(word)) = tree.get(at) {
            path.push(word.to_string());
            if !is_joined(tree, at + 1) {
                break;
            }
            at += 3;
        }
        match tree.get(at) {
            Some(TokenTree::Group(group)) => {
                let inside: Vec<TokenTree> = group.stream().into_iter().collect();
                for item in
                    inside.split(|token| is_punct(Some(token), ',')).filter(|i| !i.is_empty())
                {
                    self.import(item, &path, handed_on);
                }
            }
            Some(TokenTree::Punct(star)) if star.as_char() == '*' => {
                self.imports.push(Import { path, name: "*".to_owned(), handed_on });
            }
            _ => {
                if path.len() > 1 && path.last().is_some_and(|word| word == "self") {
                    path.pop();
                }
                let renamed = tree.get(at + 2).filter(|_| tree.get(at + 1).is_some());
                let name =
                    renamed.map_or_else(|| path[path.len() - 1].clone(), ToString::to_string);
                self.imports.push(Import { path, name, handed_on });
            }
        }
    }
}

/// Words that the name of a new item follows.
const DEFINING: [&str; 9] =
    ["fn", "struct", "enum", "union", "const", "static", "type", "trait", "mut"];

/// Every Rust file below a directory, in the order of their paths.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("the source tree is there") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// `engine/mod.rs` is the module `engine`, `engine/world.rs` is
/// `engine::world`, and `lib.rs` is the root.
fn module_path(file: &Path) -> Words {
    let mut path: Words = file
        .with_extension("")
        .components()
        .map(|part| part.as_os_str().to_str().expect("a name").to_owned())
        .collect();
    if path.last().is_some_and(|last| last == "mod") || path == ["lib"] {
        path.pop();
    }
    path
}

/// The tokens without what is compiled for tests alone: from `#[cfg(test)]` to
/// the end of the item that it stands before, and no further.
fn without_tests(tokens: TokenStream) -> Vec<TokenTree> {
    let mut kept = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        let attribute = match (&token, tokens.peek()) {
            (TokenTree::Punct(hash), Some(TokenTree::Group(group)))
                if hash.as_char() == '#' && group.delimiter() == Delimiter::Bracket =>
            {
                group.stream().to_string().replace(' ', "")
            }
            _ => String::new(),
        };
        if !(attribute == "cfg(test)" || attribute.starts_with("cfg(all(test,")) {
            kept.push(token);
            continue;
        }
        tokens.next();
        // Further attributes, then all to the first semicolon or body.
        for token in tokens.by_ref() {
            match token {
                TokenTree::Punct(end) if end.as_char() == ';' => break,
                TokenTree::Group(body) if body.delimiter() == Delimiter::Brace => break,
                _ => {}
            }
        }
    }
    kept
}

fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// Whether `::` stands at this place.
fn is_joined(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')
}

/// Whether what comes next is `pub`, in whatever measure.
fn is_public(before: &[TokenTree]) -> bool {
    let is_pub =
        |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Ident(word)) if word == "pub");
    match before.last() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis => {
            before.len() > 1 && is_pub(before.get(before.len() - 2))
        }
        last => is_pub(last),
    }
}
