//! How the virtual machine shows the characters of a string in its messages.

use super::hash::hex;

/// A string as the virtual machine shows it in messages: other characters than
/// ASCII by the bytes of their UTF-8.
pub(super) fn escaped(string: &str) -> String {
    let mut text = String::with_capacity(string.len());
    for character in string.chars() {
        let mut bytes = [0; 4];
        match character.encode_utf8(&mut bytes).as_bytes() {
            [byte] => text.extend(byte.escape_ascii().map(char::from)),
            bytes => {
                text.push_str("\\u{");
                text.push_str(&hex(bytes));
                text.push('}');
            }
        }
    }
    text
}
