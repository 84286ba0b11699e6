//! Named, independent random streams. A stream is a pure function of the run
//! seed, a purpose, an agent and a moment, so that two settings of the same
//! market meet the same weather, homes and whims (common random numbers), and
//! no draw of one agent can move another's. Nothing here keeps state between
//! calls, and nothing reads the machine's entropy.

mod normal;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

pub use normal::Normals;

/// The generator behind every stream: counter-based, portable, 2⁶⁴ streams of
/// 2⁶⁸ bytes under one key.
pub type Stream = ChaCha8Rng;

/// What a stream is drawn for. Two purposes never share a number. The code of
/// a purpose is part of every result: add at the end, never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Purpose {
    /// Who the participants are: capacities, annual use, traits.
    Population = 1,
    /// The weather of the region.
    Weather = 2,
    /// The weather noise of one site.
    SiteWeather = 3,
    /// Which measured or synthetic load a home meets.
    Load = 4,
    /// A producer's asking prices.
    Asking = 5,
    /// Which offers a buyer sees and how it chooses.
    Search = 6,
    /// Errors of forecasts.
    Forecast = 7,
    /// Entry and exit.
    Entry = 8,
    /// Certification: audits and diligence.
    Certification = 9,
    /// The order in which agents act within a tick.
    Order = 10,
    /// Adversaries' own draws.
    Adversary = 11,
    /// Resampling in statistics.
    Bootstrap = 12,
    /// Random calls of the fuzzer and of tests.
    Fuzz = 13,
    /// The moments at which an open load arrives.
    Arrivals = 14,
}

/// Draws that one (agent, moment) pair may take before it would run into the
/// next moment's: 2³² words of 32 bits.
const WORDS_A_MOMENT: u32 = 32;

/// The stream of `agent` for `purpose` in the run `seed`, from its start.
///
/// ```
/// use connect_sim::random::{Purpose, stream};
/// use rand::Rng;
///
/// let mut first = stream(7, Purpose::Asking, 3);
/// let mut again = stream(7, Purpose::Asking, 3);
/// let mut other = stream(7, Purpose::Search, 3);
/// let draw = first.next_u64();
/// assert_eq!(draw, again.next_u64());
/// assert_ne!(draw, other.next_u64());
/// ```
#[must_use]
pub fn stream(seed: u64, purpose: Purpose, agent: u64) -> Stream {
    stream_at(seed, purpose, agent, 0)
}

/// The same stream as it stands at `moment` (a tick or a day), whatever was
/// drawn before.
#[must_use]
pub fn stream_at(seed: u64, purpose: Purpose, agent: u64, moment: u32) -> Stream {
    let mut key = [0_u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&(purpose as u64).to_le_bytes());
    key[16..].copy_from_slice(b"connect-sim v001");
    let mut rng = ChaCha8Rng::from_seed(key);
    rng.set_stream(agent);
    rng.set_word_pos(u128::from(moment) << WORDS_A_MOMENT);
    rng
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;
    use std::collections::BTreeSet;

    #[test]
    fn streams_differ_by_seed_purpose_agent_and_moment() {
        let mut firsts = BTreeSet::new();
        for seed in 0..4 {
            for purpose in [Purpose::Population, Purpose::Weather, Purpose::Fuzz] {
                for agent in 0..4 {
                    for moment in 0..4 {
                        firsts.insert(stream_at(seed, purpose, agent, moment).next_u64());
                    }
                }
            }
        }
        assert_eq!(firsts.len(), 4 * 3 * 4 * 4);
    }

    #[test]
    fn a_stream_is_the_same_on_every_machine() {
        // The number is part of every published result: a change here changes
        // all of them.
        insta::assert_snapshot!(stream_at(42, Purpose::Load, 9, 5).next_u64().to_string());
    }
}
