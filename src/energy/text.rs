//! The text of a data file, whatever program wrote it: byte-order marks, the
//! encodings that spreadsheets and grid operators write, line ends. What the
//! text means is known to its reader.

use std::path::Path;

use super::error::EnergyError;

/// The longest file that is read: beyond it a file is no table of weather or
/// load (a year of a thousand meters at a quarter hour has about 300 MB).
const MOST_BYTES: u64 = 2 << 30;

/// The whole text of the file at `path`, without byte-order mark.
pub(super) fn read_text(path: &Path) -> Result<String, EnergyError> {
    let file = || path.display().to_string();
    let unread = |source| EnergyError::Read { file: file(), source };
    let size = std::fs::metadata(path).map_err(unread)?.len();
    if size > MOST_BYTES {
        let fault = format!("has {size} bytes: must have at most {MOST_BYTES}");
        return Err(EnergyError::Table { file: file(), fault });
    }
    Ok(decoded(std::fs::read(path).map_err(unread)?))
}

/// The text in `bytes`: UTF-16 where a mark says so, else UTF-8, else
/// Windows-1252, of which Latin-1 is a part. Lines end in a line feed.
fn decoded(bytes: Vec<u8>) -> String {
    let text = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => utf_16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf_16(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes)
            .unwrap_or_else(|error| error.into_bytes().into_iter().map(windows_1252).collect()),
    };
    with_line_feeds(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}

fn utf_16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// The letter of a byte in Windows-1252. Source: Unicode, Inc., mapping table
/// CP1252.TXT; the five bytes that it leaves open are control characters.
fn windows_1252(byte: u8) -> char {
    const FROM_0X80: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => FROM_0X80[usize::from(byte) - 0x80],
        _ => char::from(byte),
    }
}

/// Old programs of the Macintosh end lines with a carriage return alone.
fn with_line_feeds(text: String) -> String {
    if text.contains('\n') || !text.contains('\r') { text } else { text.replace('\r', "\n") }
}

/// What follows after the first `lines` of `text`.
pub(super) fn after_lines(text: &str, lines: u64) -> &str {
    let mut rest = text;
    for _ in 0..lines {
        rest = rest.split_once('\n').map_or("", |(_, after)| after);
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_gives_the_same_text() {
        let text = "Zähler;Größe\n1,5;–\n";
        let mut little = vec![0xff, 0xfe];
        let mut big = vec![0xfe, 0xff];
        for unit in text.encode_utf16() {
            little.extend(unit.to_le_bytes());
            big.extend(unit.to_be_bytes());
        }
        let windows = b"Z\xe4hler;Gr\xf6\xdfe\n1,5;\x96\n".to_vec();
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        let macintosh = text.replace('\n', "\r").into_bytes();
        for bytes in [text.as_bytes().to_vec(), marked, little, big, windows, macintosh] {
            assert_eq!(decoded(bytes.clone()), text, "{bytes:?}");
        }
        // Whatever the bytes, there is a text.
        assert_eq!(decoded(vec![0xff, 0xfe, 0x41]), "");
        assert_eq!(decoded((0..=255).collect()).chars().count(), 256);
    }

    #[test]
    fn a_missing_file_is_named() {
        let fault = read_text(Path::new("no/such/file.csv")).expect_err("missing");
        assert!(fault.to_string().starts_with("no/such/file.csv: cannot be read: "));
    }
}
