//! Which values cost the same: all that a cost can depend on in a value is its
//! kind and its size, so a value is boiled down to a number for its shape and
//! the lengths of its lists, in which costs are linear.

use clarity::vm::Value;
use clarity::vm::errors::Error;
use clarity::vm::types::{CharType, ListData, PrincipalData, SequenceData};

/// Values of equal shape cost the same, up to their extent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shape {
    /// Equal for values of one kind and one size.
    pub(super) kind: u64,
    /// How many entries its lists have.
    pub(super) extent: u32,
}

impl Shape {
    /// This after `earlier`, in one number.
    pub(super) const fn after(self, earlier: Self) -> Self {
        Self {
            kind: mix(earlier.kind, self.kind),
            extent: earlier.extent.saturating_add(self.extent),
        }
    }

    const fn plain(kind: u64) -> Self {
        Self { kind, extent: 0 }
    }

    const fn sized(kind: u64, size: usize) -> Self {
        Self::plain(mix(kind, size as u64))
    }

    const fn within(self, kind: u64) -> Self {
        Self { kind: mix(kind, self.kind), extent: self.extent }
    }
}

/// The shape of what an expression came to. A truth counts here, unlike inside
/// of a value, as it tells which way the machine goes.
pub(super) fn of_result(result: &Result<Value, Error>) -> Shape {
    match result {
        Ok(Value::Bool(truth)) => Shape::plain(20 + *truth as u64),
        Ok(value) => of(value),
        Err(Error::ShortReturn(_)) => Shape::plain(22),
        Err(_) => Shape::plain(23),
    }
}

/// The shape of a value.
pub(super) fn of(value: &Value) -> Shape {
    match value {
        Value::UInt(_) => Shape::plain(1),
        Value::Int(_) => Shape::plain(2),
        Value::Bool(_) => Shape::plain(3),
        Value::Principal(PrincipalData::Standard(_)) => Shape::plain(4),
        // Stored with its name.
        Value::Principal(PrincipalData::Contract(id)) => Shape::sized(5, id.name.len() as usize),
        // May be called, and then another contract is loaded.
        Value::CallableContract(callable) => {
            let text = callable.contract_identifier.to_string();
            text.bytes()
                .fold(Shape::plain(6), |shape, byte| Shape::plain(u64::from(byte)).after(shape))
        }
        Value::Tuple(tuple) => {
            let fields = Shape::sized(7, tuple.data_map.len());
            tuple.data_map.values().fold(fields, |shape, field| of(field).after(shape))
        }
        Value::Optional(optional) => match &optional.data {
            Some(data) => of(data).within(8),
            None => Shape::plain(9),
        },
        Value::Response(response) => of(&response.data).within(10 + u64::from(response.committed)),
        Value::Sequence(SequenceData::Buffer(buffer)) => Shape::sized(12, buffer.data.len()),
        Value::Sequence(SequenceData::String(CharType::ASCII(text))) => {
            Shape::sized(13, text.data.len())
        }
        Value::Sequence(SequenceData::String(CharType::UTF8(text))) => {
            let bytes = text.data.iter().map(Vec::len).sum();
            Shape::sized(14, text.data.len()).after(Shape::sized(14, bytes))
        }
        Value::Sequence(SequenceData::List(list)) => of_list(list),
    }
}

/// A list's own type says how long it may get, and its size goes by that.
/// Entries of one shape count by their number alone; where they differ, it
/// matters how many there are of each, though not in what order.
fn of_list(list: &ListData) -> Shape {
    let spare = list.type_signature.get_max_len() as usize - list.data.len();
    let entry_type = list.type_signature.get_list_item_type();
    let entry_size = entry_type.size().map_or(0, |size| size as usize);
    let own = Shape::sized(15, spare).after(Shape::sized(16, entry_size));
    let mut entries = list.data.iter().map(|entry| {
        let shape = of(entry);
        mix(shape.kind, u64::from(shape.extent))
    });
    let first = entries.next().unwrap_or(0);
    let (alike, sum) = entries.fold((true, first), |(alike, sum), kind| {
        (alike && kind == first, sum.wrapping_add(mix(17, kind)))
    });
    let inside = Shape::plain(if alike { first } else { mix(18, sum) });
    let extent = u32::try_from(list.data.len()).unwrap_or(u32::MAX);
    Shape { extent, ..inside.after(own) }
}

/// Multiplication by a large odd number, with what came before turned: the
/// way of rustc's own hasher.
const fn mix(earlier: u64, later: u64) -> u64 {
    (earlier.rotate_left(5) ^ later).wrapping_mul(0x517c_c1b7_2722_0a95)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::principal::{account, parse_principal};
    use crate::chain::types::list;
    use crate::chain::value::{Value as Ours, ascii, boolean, principal, tuple, uint};
    use crate::chain::vm::convert::vm_value;

    fn of(value: &Ours) -> Shape {
        super::of(&vm_value(value).expect("of a type"))
    }

    fn readings(amounts: &[u128]) -> Ours {
        let entries = amounts.iter().map(|amount| {
            let who = principal(&account(&amount.to_string()));
            tuple(vec![("of", who), ("amount", uint(*amount))]).expect("legal names")
        });
        list(entries.collect()).expect("one type")
    }

    #[test]
    fn lists_of_like_entries_differ_in_their_extent_alone() {
        let (short, long) = (of(&readings(&[7])), of(&readings(&[1, 1 << 100, 3])));
        assert_eq!((short.kind, short.extent), (long.kind, 1));
        assert_eq!(long.extent, 3);
    }

    #[test]
    fn what_can_cost_more_has_another_shape() {
        let contract = parse_principal("ST000000000000000000002AMW42H.costs-3").expect("legal");
        let contract = principal(&contract);
        let values = [
            uint(1),
            boolean(true),
            ascii("solar"),
            ascii("wind"),
            principal(&account("one")),
            contract.clone(),
            Ours::none(),
            Ours::some(uint(1)),
            Ours::okay(uint(1)),
            Ours::error(uint(1)),
            readings(&[1]),
            list(vec![uint(1)]).expect("one type"),
            list(vec![principal(&account("one")), contract.clone()]).expect("one type"),
            list(vec![contract.clone(), contract]).expect("one type"),
        ];
        let kinds: std::collections::BTreeSet<_> = values.iter().map(|v| of(v).kind).collect();
        assert_eq!(kinds.len(), values.len());
        assert_eq!(of(&uint(1)), of(&uint(u128::MAX)), "all numbers take the same room");
    }

    #[test]
    fn the_truth_tells_the_way_only_as_a_result() {
        assert_eq!(of(&boolean(true)), of(&boolean(false)));
        assert_ne!(of_result(&Ok(Value::Bool(true))), of_result(&Ok(Value::Bool(false))));
    }
}
