//! The syntax tree of a contract, with the place of every node in the text, so
//! that one node can be put in another's stead and all else stay as it is.
//! Reads brackets and words; knows no type and no meaning.

use std::ops::Range;

/// A node of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Node {
    /// Its bytes in the text.
    pub(super) span: Range<usize>,
    pub(super) form: Form,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A word: a name, a number, a string, a principal.
    Word,
    /// `( … )`
    List(Vec<Node>),
    /// `{ … }`: names and values in turn.
    Record(Vec<Node>),
}

impl Node {
    /// Its text.
    pub(super) fn text<'a>(&self, source: &'a str) -> &'a str {
        &source[self.span.clone()]
    }

    /// What it holds, where it is a list.
    pub(super) fn list(&self) -> Option<&[Self]> {
        match &self.form {
            Form::List(nodes) => Some(nodes),
            Form::Word | Form::Record(_) => None,
        }
    }
}

/// The expressions of a contract, in order; `None` where brackets do not match.
pub(super) fn read(source: &str) -> Option<Vec<Node>> {
    let mut reader = Reader { bytes: source.as_bytes(), at: 0 };
    let nodes = reader.nodes(None)?;
    (reader.at == source.len()).then_some(nodes)
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    /// Nodes up to `end`, which is taken, or up to the end of the text.
    fn nodes(&mut self, end: Option<u8>) -> Option<Vec<Node>> {
        let mut nodes = Vec::new();
        loop {
            self.skip();
            let start = self.at;
            let Some(byte) = self.bytes.get(self.at).copied() else {
                return end.is_none().then_some(nodes);
            };
            let form = match byte {
                b'(' | b'{' => {
                    self.at += 1;
                    let list = byte == b'(';
                    let inside = self.nodes(Some(if list { b')' } else { b'}' }))?;
                    if list { Form::List(inside) } else { Form::Record(inside) }
                }
                b')' | b'}' => {
                    self.at += 1;
                    return (end == Some(byte)).then_some(nodes);
                }
                b'"' => {
                    self.string()?;
                    Form::Word
                }
                _ => {
                    while self.bytes.get(self.at).is_some_and(|byte| !is_edge(*byte)) {
                        self.at += 1;
                    }
                    Form::Word
                }
            };
            nodes.push(Node { span: start..self.at, form });
        }
    }

    /// Passes blanks, commas, colons and comments.
    fn skip(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b';' => {
                    while self.bytes.get(self.at).is_some_and(|byte| *byte != b'\n') {
                        self.at += 1;
                    }
                }
                b',' | b':' => self.at += 1,
                blank if blank.is_ascii_whitespace() => self.at += 1,
                _ => return,
            }
        }
    }

    fn string(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match self.bytes.get(self.at)? {
                b'"' => {
                    self.at += 1;
                    return Some(());
                }
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
    }
}

fn is_edge(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"(){},:;\"".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_is_read_with_its_places() {
        let source = "; a (comment\n(a \"b )\\\" c\" {d: u1, e: (f)})\n(g)";
        let nodes = read(source).expect("brackets match");
        let texts: Vec<_> = nodes.iter().map(|node| node.text(source)).collect();
        assert_eq!(texts, ["(a \"b )\\\" c\" {d: u1, e: (f)})", "(g)"]);
        let inside = nodes[0].list().expect("a list");
        let texts: Vec<_> = inside.iter().map(|node| node.text(source)).collect();
        assert_eq!(texts, ["a", "\"b )\\\" c\"", "{d: u1, e: (f)}"]);
        let Form::Record(fields) = &inside[2].form else { panic!("a record") };
        assert_eq!(fields.len(), 4);
    }

    #[test]
    fn brackets_that_do_not_match_are_refused() {
        for source in ["(", ")", "(}", "{)", "\"open", "(a))"] {
            assert_eq!(read(source), None, "{source}");
        }
    }
}
