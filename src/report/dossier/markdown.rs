//! The voter's part as Markdown, for forums: one post, with the charts as
//! files beside it. Text of scenarios is escaped, so that none of it is markup.

use std::fmt::Write as _;

use super::charts;
use super::document::{Block, Chart, Document, Fact, Line, Piece, Table, Tone};
use super::html::csv;

/// The post, and the files in the directory `pictures` that it names.
pub(super) fn post(document: &Document, pictures: &str) -> (String, Vec<(String, String)>) {
    let mut post = Post { text: String::new(), pictures, files: Vec::new() };
    let opening = &document.opening;
    post.paragraph(&format!("# {}", escaped(&opening.title)));
    if !opening.question.is_empty() && opening.question != opening.title {
        post.paragraph(&format!("*{}*", escaped(&opening.question)));
    }
    for it in &opening.answer {
        post.paragraph(&line(it));
    }
    let sure =
        opening.sure.as_ref().map_or(String::new(), |(_, _, text)| format!(" {}.", escaped(text)));
    post.paragraph(&format!("> **{}.**{sure}", escaped(&opening.recommendation)));
    for it in &opening.reason {
        post.paragraph(&line(it));
    }
    post.facts(&opening.facts);
    post.paragraph(&format!("*{}*", escaped(&opening.basis)));
    if let Some(voter) = document.parts.first() {
        for block in &voter.blocks {
            post.block(block, 2);
        }
    }
    if let Some(auditor) = document.parts.iter().find(|part| part.id == "auditor") {
        post.paragraph("## Check it");
        for block in auditor.blocks.iter().filter(|block| matches!(block, Block::Code(_))) {
            post.block(block, 3);
        }
    }
    post.paragraph(&format!("*Made by {} from saved results alone.*", escaped(&document.made_by)));
    (post.text.trim_end().to_owned() + "\n", post.files)
}

/// A post in the making.
struct Post<'a> {
    text: String,
    pictures: &'a str,
    files: Vec<(String, String)>,
}

impl Post<'_> {
    fn paragraph(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push_str("\n\n");
    }

    fn block(&mut self, block: &Block, level: usize) {
        match block {
            Block::Heading(text) => {
                self.paragraph(&format!("{} {}", "#".repeat(level), escaped(text)));
            }
            Block::Text(text) => self.paragraph(&line(text)),
            Block::List(items) => {
                let items: Vec<String> =
                    items.iter().map(|item| format!("- {}", line(item))).collect();
                self.paragraph(&items.join("\n"));
            }
            Block::Table(it) => self.table(it),
            Block::Chart(chart) => self.chart(chart),
            Block::Charts(charts) => charts.iter().for_each(|chart| self.chart(chart)),
            Block::Note(_, title, lines) => {
                let lines: Vec<String> = lines.iter().map(line).collect();
                self.paragraph(&format!("> **{}.** {}", escaped(title), lines.join(" ")));
            }
            Block::Code(text) => {
                let fence = "`".repeat(longest_run(text).max(2) + 1);
                self.paragraph(&format!("{fence}\n{text}\n{fence}"));
            }
            Block::More(_, blocks) => blocks.iter().for_each(|block| self.block(block, level + 1)),
        }
    }

    fn facts(&mut self, facts: &[Fact]) {
        let told = facts.iter().map(|fact| {
            let mut text = format!("- **{}: {}**", escaped(&fact.label), escaped(&fact.value));
            for line in &fact.lines {
                let _ = write!(text, "; {}", escaped(line));
            }
            if !fact.verdict.is_empty() {
                let _ = write!(text, " – {}", marked(fact.tone, &fact.verdict));
            }
            text
        });
        let told: Vec<String> = told.collect();
        if !told.is_empty() {
            self.paragraph(&told.join("\n"));
        }
    }

    fn table(&mut self, table: &Table) {
        if !table.caption.is_empty() {
            self.paragraph(&format!("**{}**", escaped(&table.caption)));
        }
        let row = |cells: Vec<String>| format!("| {} |", cells.join(" | "));
        let mut lines =
            vec![row(table.columns.iter().map(|column| escaped(&column.title)).collect())];
        let rule = |numeric: bool| if numeric { "---:" } else { "---" }.to_owned();
        lines.push(row(table.columns.iter().map(|column| rule(column.numeric)).collect()));
        for cells in &table.rows {
            let cell = |cell: &super::document::Cell| {
                let text =
                    cell.tone.map_or_else(|| escaped(&cell.text), |tone| marked(tone, &cell.text));
                match &cell.aside {
                    Some(aside) => format!("{text} ({})", escaped(aside)),
                    None => text,
                }
            };
            lines.push(row(cells.iter().map(cell).collect()));
        }
        self.paragraph(&lines.join("\n"));
    }

    fn chart(&mut self, chart: &Chart) {
        // Only our own names are paths.
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        let name: String = chart.name.chars().map(plain).collect();
        self.files.push((format!("{name}.svg"), charts::file(chart, "")));
        self.files.push((format!("{name}.csv"), csv(&chart.data)));
        let directory = self.pictures;
        self.paragraph(&format!(
            "![{}]({directory}/{name}.svg)\n{} [Data]({directory}/{name}.csv)",
            escaped(&chart.alt),
            escaped(&chart.subtitle)
        ));
    }
}

fn marked(tone: Tone, text: &str) -> String {
    let sign = match tone {
        Tone::Good => "✓ ",
        Tone::Bad => "✕ ",
        Tone::Plain => "",
    };
    format!("{sign}{}", escaped(text))
}

fn line(line: &Line) -> String {
    let piece = |piece: &Piece| match piece {
        Piece::Plain(text) => escaped(text),
        Piece::Strong(text) => {
            // A closing mark after a space does not close.
            let tail = &text[text.trim_end().len()..];
            format!("**{}**{tail}", escaped(text.trim_end()))
        }
        Piece::Code(text) => {
            let fence = "`".repeat(longest_run(text) + 1);
            let one_line = text.replace(['\n', '\r'], " ");
            format!("{fence}{one_line}{fence}")
        }
    };
    line.0.iter().map(piece).collect()
}

/// The most backticks in a row.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

/// Text in which nothing is markup.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    let mut letters = text.chars().peekable();
    let mut before = ' ';
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied().unwrap_or(' ');
        match letter {
            // Forums make links of bare addresses, and of names with an ending
            // that some country has; a mark before the sign that joins them
            // prevents it. Of addresses with an @ only something between does.
            ':' if !next.is_whitespace() => escaped.push_str("\\:"),
            '.' if before.is_alphanumeric() && next.is_alphabetic() => escaped.push_str("\\."),
            '@' => escaped.push_str("@<!-- -->"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\n' | '\r' => escaped.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            letter => escaped.push(letter),
        }
        before = letter;
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup() {
        assert_eq!(escaped("<script>a|b*c*\n# d"), "&lt;script&gt;a\\|b\\*c\\* \\# d");
        let text = line(&Line::default().strong("So: ").code("a`b").plain("[x](y)"));
        assert_eq!(text, "**So:** ``a`b``\\[x\\](y)");
        assert_eq!(escaped("see https://a.example, 2.5 kWh"), "see https\\://a\\.example, 2.5 kWh");
        assert_eq!(
            escaped("www.a.example or me@a.example"),
            "www\\.a\\.example or me@<!-- -->a\\.example"
        );
        assert_eq!(escaped("Mean: 3. Then"), "Mean: 3. Then");
    }
}
