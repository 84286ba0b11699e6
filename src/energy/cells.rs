//! What stands in a cell of a table, and what separates cells: numbers in the
//! writing of several countries, the words for no value. Tables are `table`'s.

/// How cells that hold nothing are written, in small letters.
const BLANKS: [&str; 7] = ["", "na", "nan", "n/a", "null", "none", "-"];

/// Whether a cell says that there is no value.
pub(super) fn is_blank(cell: &str) -> bool {
    cell.len() <= 4 && BLANKS.iter().any(|blank| cell.eq_ignore_ascii_case(blank))
}

/// The number in `text`. With a decimal comma, points are taken for those
/// between thousands, and a number that has any other is none.
pub(super) fn parse_number(text: &str, decimal_comma: bool) -> Option<f64> {
    if !decimal_comma {
        return text.parse().ok();
    }
    let (whole, fraction) = text.split_once(',').unwrap_or((text, ""));
    let mut groups = whole.split('.');
    let first = groups.next().unwrap_or("");
    let mut plain = first.to_owned();
    for group in groups {
        let of_three = group.len() == 3 && group.bytes().all(|digit| digit.is_ascii_digit());
        if !of_three || first.trim_start_matches(['-', '+']).len() > 3 {
            return None;
        }
        plain.push_str(group);
    }
    if !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    plain.push('.');
    plain.push_str(fraction);
    plain.parse().ok()
}

/// What separates the cells of `text`: what its first line that is no comment
/// has most of.
pub(super) fn delimiter(text: &str) -> u8 {
    let is_header = |line: &&str| !line.starts_with('#') && !line.trim().is_empty();
    delimiter_of(text.lines().find(is_header).unwrap_or_default())
}

/// What separates the cells of `line`: a comma, unless it has more semicolons or
/// tabs outside of quotes.
fn delimiter_of(line: &str) -> u8 {
    let (mut commas, mut semicolons, mut tabs, mut quoted) = (0, 0, 0, false);
    for byte in line.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b',' if !quoted => commas += 1,
            b';' if !quoted => semicolons += 1,
            b'\t' if !quoted => tabs += 1,
            _ => {}
        }
    }
    if semicolons > commas.max(tabs) {
        b';'
    } else if tabs > commas {
        b'\t'
    } else {
        b','
    }
}

/// Whether the numbers of a text whose cells are not separated by commas have
/// decimal commas: one stands between two digits.
pub(super) fn has_decimal_comma(text: &str) -> bool {
    text.as_bytes()
        .windows(3)
        .any(|three| three[1] == b',' && three[0].is_ascii_digit() && three[2].is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_with_decimal_commas_are_strict() {
        for text in ["1.25", "12.345.67", "1234.567,8", "1,2,3", "1,x", ".,"] {
            assert_eq!(parse_number(text, true), None, "{text}");
        }
        assert_eq!(parse_number("-0,5", true), Some(-0.5));
        assert_eq!(parse_number("12", true), Some(12.0));
    }
}
