//! The name that somebody may have meant. What names there are, and what they
//! are names of, is the caller's business.

/// A name longer than this is no slip of the keyboard.
const LONGEST: usize = 100;

/// How many letters lie between two names; none where they are too far apart
/// for one to be meant by the other.
pub(super) fn distance(known: &str, given: &str) -> Option<usize> {
    if given.len() > LONGEST {
        return None;
    }
    let distance = strsim::damerau_levenshtein(known, given);
    (distance <= known.len().max(3) / 2).then_some(distance)
}

/// That one of `known` is meant by `given`, where one is near; or else which
/// there are. To finish "there is no such …; ".
#[must_use]
pub fn did_you_mean(known: &[&str], given: &str) -> String {
    let near = known.iter().filter_map(|name| Some((distance(name, given)?, *name)));
    match near.min_by_key(|(distance, _)| *distance) {
        Some((_, name)) => format!("did you mean {name}?"),
        None => format!("there are {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_recognised_and_a_novel_is_not_read() {
        let known = ["traded_kwh", "treasury_stx"];
        assert_eq!(did_you_mean(&known, "tradedkwh"), "did you mean traded_kwh?");
        assert_eq!(did_you_mean(&known, "x"), "there are traded_kwh, treasury_stx");
        assert_eq!(distance("traded_kwh", &"traded_kwh".repeat(1_000_000)), None);
    }
}
