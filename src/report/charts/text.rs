//! Text in charts: how wide it is, what fits into a room, and which characters
//! an SVG may hold. The one place that knows the widths of letters.

/// The size of labels.
pub(super) const LABEL: f64 = 12.0;

/// About how wide a text is, in pixels. Type differs from machine to machine;
/// this is right for a wide one (DejaVu Sans) and leaves some air with others.
pub(super) fn width(text: &str, size: f64) -> f64 {
    let letters = text.chars().map(|letter| match letter {
        'i' | 'l' | 'j' | '.' | ',' | ';' | '\'' | '|' | ':' | ' ' | '\u{a0}' | '·' => 0.34,
        'f' | 't' | 'r' | '(' | ')' | '-' | 'I' => 0.42,
        'm' | 'w' | 'M' | 'W' | '%' | '…' | '→' | '←' => 0.95,
        letter if letter.is_ascii_uppercase() => 0.70,
        // Letters of other scripts may be as wide as they are high.
        letter if !letter.is_ascii() && letter.is_alphabetic() => 1.0,
        _ => 0.62,
    });
    letters.sum::<f64>() * size
}

/// About how wide a text of labels is.
pub(super) fn width_of(text: &str) -> f64 {
    width(text, LABEL)
}

/// The text with its end left out where it is wider than `room`.
pub(super) fn fitted(text: &str, room: f64) -> String {
    fitted_at(text, LABEL, room)
}

fn fitted_at(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut short = String::new();
    let mut used = width("…", size);
    for letter in text.chars() {
        used += width(letter.encode_utf8(&mut [0; 4]), size);
        if used > room {
            break;
        }
        short.push(letter);
    }
    short.trim_end().to_owned() + "…"
}

/// The text in lines of a size that are no wider than `room`, broken between
/// words.
pub(super) fn wrapped(text: &str, size: f64, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split([' ', '\n', '\t', '\r']).filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.iter().map(|line| fitted_at(line, size, room)).collect()
}

/// The text as XML has it: nothing in it is markup, and what XML 1.0 allows in
/// no document (control characters, the two that are none) is replaced.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => {
                escaped.push('\u{fffd}');
            }
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_to_its_room() {
        assert_eq!(fitted("short", 100.0), "short");
        let short = fitted("a text that is far too long", 60.0);
        assert!(short.ends_with('…') && width_of(&short) <= 60.0, "{short}");
        assert!(width_of(&fitted("説明の長い名前です", 60.0)) <= 60.0);
    }

    #[test]
    fn lines_break_between_words() {
        assert_eq!(wrapped("two words", LABEL, 40.0), ["two", "words"]);
        let long = "word ".repeat(60);
        assert!(wrapped(&long, LABEL, 300.0).iter().all(|line| width_of(line) <= 300.0));
    }

    #[test]
    fn nothing_is_markup_and_nothing_is_forbidden() {
        assert_eq!(escaped("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
        assert_eq!(
            escaped("a\0b\u{b}c\nd\u{ffff}e\u{9f}"),
            "a\u{fffd}b\u{fffd}c d\u{fffd}e\u{fffd}"
        );
    }
}
