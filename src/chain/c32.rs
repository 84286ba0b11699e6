//! Addresses as text: Crockford's base 32 with a version and a checksum, as
//! SIP-005 has them. Bytes and text alone.

use sha2::{Digest, Sha256};

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Bytes of the checksum.
const CHECKSUM: usize = 4;

/// The address of a version and a hash; `None` where the version is past 31,
/// for which there is no digit.
pub(super) fn address(version: u8, hash: &[u8; 20]) -> Option<String> {
    let digit = DIGITS.get(usize::from(version))?;
    let mut bytes = [0; 20 + CHECKSUM];
    bytes[..20].copy_from_slice(hash);
    bytes[20..].copy_from_slice(&checksum(version, hash));
    let mut text = String::with_capacity(41);
    text.push('S');
    text.push(char::from(*digit));
    encode(&bytes, &mut text);
    Some(text)
}

/// The version and the hash of an address; `None` where it is none.
pub(super) fn parse_address(text: &str) -> Option<(u8, [u8; 20])> {
    let digits = text.strip_prefix(['S', 's'])?.as_bytes();
    let (version, digits) = digits.split_first()?;
    let version = value(*version)?;
    let bytes: [u8; 20 + CHECKSUM] = decode(digits)?;
    let mut hash = [0; 20];
    hash.copy_from_slice(&bytes[..20]);
    (bytes[20..] == checksum(version, &hash)).then_some((version, hash))
}

fn checksum(version: u8, hash: &[u8; 20]) -> [u8; CHECKSUM] {
    let once = Sha256::new().chain_update([version]).chain_update(hash).finalize();
    let twice = Sha256::digest(once);
    [twice[0], twice[1], twice[2], twice[3]]
}

/// The number that the bytes are, most significant first, in digits without
/// leading zeros, after one zero for each leading byte of zero.
fn encode(bytes: &[u8], text: &mut String) {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    text.extend(std::iter::repeat_n('0', zeros));
    let digits = (8 * bytes.len()).div_ceil(5);
    let mut leading = true;
    for place in (0..digits).rev() {
        let digit = bits(bytes, 5 * place);
        leading &= digit == 0;
        if !leading {
            text.push(char::from(DIGITS[usize::from(digit)]));
        }
    }
}

/// The five bits from bit `from` on, counted from the least significant.
fn bits(bytes: &[u8], from: usize) -> u8 {
    let byte = |place: usize| {
        let place = bytes.len().checked_sub(1 + place);
        place.map_or(0, |place| u16::from(bytes[place]))
    };
    let pair = byte(from / 8) | byte(from / 8 + 1) << 8;
    ((pair >> (from % 8)) & 31) as u8
}

/// The bytes that the digits stand for: one of zero for each leading zero, then
/// those of the number. `None` where a character is no digit or the number of
/// bytes is another.
fn decode<const BYTES: usize>(digits: &[u8]) -> Option<[u8; BYTES]> {
    let zeros = digits.iter().take_while(|digit| value(**digit) == Some(0)).count();
    let rest = &digits[zeros..];
    // No more digits than those bytes can have.
    if zeros > BYTES || 5 * rest.len() > 8 * BYTES + 4 {
        return None;
    }
    let mut bytes = [0_u8; BYTES];
    let mut length = 0;
    let (mut carry, mut held) = (0_u16, 0);
    for digit in rest.iter().rev() {
        carry |= u16::from(value(*digit)?) << held;
        held += 5;
        if held >= 8 {
            *bytes.get_mut(BYTES.checked_sub(1 + length)?)? = (carry & 255) as u8;
            length += 1;
            carry >>= 8;
            held -= 8;
        }
    }
    if carry > 0 {
        *bytes.get_mut(BYTES.checked_sub(1 + length)?)? = carry as u8;
    }
    let significant = BYTES - bytes.iter().take_while(|byte| **byte == 0).count();
    (zeros + significant == BYTES).then_some(bytes)
}

/// The value of a digit. Lower-case letters count, and so do the letters that
/// look like a zero or a one.
fn value(digit: u8) -> Option<u8> {
    let digit = match digit.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    DIGITS.iter().position(|known| *known == digit).map(|place| place as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_of_the_standard() {
        // SIP-005's examples of the null address on both networks.
        assert_eq!(address(22, &[0; 20]).as_deref(), Some("SP000000000000000000002Q6VF78"));
        assert_eq!(address(26, &[0; 20]).as_deref(), Some("ST000000000000000000002AMW42H"));
        assert_eq!(parse_address("ST000000000000000000002AMW42H"), Some((26, [0; 20])));
        assert_eq!(parse_address("sTOooo00000000000000002amw42h"), Some((26, [0; 20])));
        let hash: [u8; 20] = std::array::from_fn(|place| place as u8 * 13 + 1);
        let text = address(26, &hash).expect("a version with a digit");
        assert!(text.contains('1'), "{text}");
        for like in ["I", "i", "L", "l"] {
            assert_eq!(parse_address(&text.replace('1', like)), Some((26, hash)));
        }
        assert_eq!(address(32, &[0; 20]), None);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "S",
            "ST",
            "ST000000000000000000002AMW42",
            "ST000000000000000000002AMW42J",
            "ST0000000000000000000002AMW42H",
            "SU000000000000000000002AMW42H",
            "TT000000000000000000002AMW42H",
            "ST00000000000000000000²AMW42H",
            &format!("ST{}", "Z".repeat(500)),
        ] {
            assert_eq!(parse_address(text), None, "{text}");
        }
    }
}
