//! A dossier as a plain document: parts of blocks, and what they hold. How it
//! looks is the renderings' matter; where its numbers come from, the readers'.

pub(super) use super::charts::{Chart, Data, Tone};

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Plain(String),
    Strong(String),
    Code(String),
}

/// Running text. Nothing in it is markup: renderings escape all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line(pub(super) Vec<Piece>);

impl Line {
    pub(super) fn plain(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Plain(text.into()));
        self
    }

    pub(super) fn strong(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Strong(text.into()));
        self
    }

    pub(super) fn code(mut self, text: impl Into<String>) -> Self {
        self.0.push(Piece::Code(text.into()));
        self
    }
}

impl<T: Into<String>> From<T> for Line {
    fn from(text: T) -> Self {
        Self::default().plain(text)
    }
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Cell {
    pub(super) text: String,
    /// What stands below it, smaller.
    pub(super) aside: Option<String>,
    /// What it is sorted by, where it is a number.
    pub(super) sort: Option<f64>,
    pub(super) tone: Option<Tone>,
}

impl Cell {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(super) fn number(value: f64, text: impl Into<String>) -> Self {
        Self { text: text.into(), sort: Some(value), ..Self::default() }
    }

    pub(super) fn aside(mut self, text: impl Into<String>) -> Self {
        let text = text.into();
        self.aside = (!text.is_empty()).then_some(text);
        self
    }

    pub(super) fn tone(mut self, tone: Tone) -> Self {
        self.tone = Some(tone);
        self
    }
}

/// A column's head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) title: String,
    /// Whether its cells are numbers, which stand to the right.
    pub(super) numeric: bool,
}

/// A table; the first cell of each row names the row.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Table {
    pub(super) caption: String,
    pub(super) columns: Vec<Column>,
    pub(super) rows: Vec<Vec<Cell>>,
    /// Whether a narrow page shows each row as a card, so that nothing has to
    /// be scrolled sideways.
    pub(super) cards: bool,
}

impl Table {
    /// A table with these columns; a name that begins with `#` is one of
    /// numbers.
    pub(super) fn new(caption: impl Into<String>, columns: &[&str]) -> Self {
        let column = |name: &&str| Column {
            title: name.trim_start_matches('#').to_owned(),
            numeric: name.starts_with('#'),
        };
        Self {
            caption: caption.into(),
            columns: columns.iter().map(column).collect(),
            ..Self::default()
        }
    }

    pub(super) fn cards(mut self) -> Self {
        self.cards = true;
        self
    }

    pub(super) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }
}

/// A number that is read first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fact {
    pub(super) label: String,
    /// The value, or the difference.
    pub(super) value: String,
    /// From what to what, the interval.
    pub(super) lines: Vec<String>,
    /// The verdict in a word or two.
    pub(super) verdict: String,
    pub(super) tone: Tone,
}

/// What a page is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    Heading(String),
    Text(Line),
    List(Vec<Line>),
    Table(Table),
    /// One chart over the whole width.
    Chart(Box<Chart>),
    /// Several beside each other where there is room.
    Charts(Vec<Chart>),
    Note(Tone, String, Vec<Line>),
    Code(String),
    /// What is there for who wants it.
    More(String, Vec<Block>),
}

/// One of the parts, each for a reader of its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    /// Its place in links.
    pub(super) id: &'static str,
    pub(super) title: String,
    pub(super) lead: String,
    pub(super) blocks: Vec<Block>,
}

/// What stands on the first screen.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Opening {
    /// What the vote is about, or the question.
    pub(super) title: String,
    /// The scenario's question.
    pub(super) question: String,
    /// What is proposed, what it changes, for whom: three sentences.
    pub(super) answer: Vec<Line>,
    /// What the runs say of it, in a few words.
    pub(super) recommendation: String,
    pub(super) tone: Tone,
    /// Why, and how sure that is.
    pub(super) reason: Vec<Line>,
    /// How many effects are clear of chance, of how many, and that in words;
    /// none where nothing is proposed.
    pub(super) sure: Option<(u8, u8, String)>,
    pub(super) facts: Vec<Fact>,
    /// What was run, in a line.
    pub(super) basis: String,
}

/// The whole.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Document {
    pub(super) opening: Opening,
    pub(super) parts: Vec<Part>,
    /// The program and its version.
    pub(super) made_by: String,
}
