//! The rows of `adversaries.csv`: what the attacks of each kind came to over the
//! measuring window, kept from what the contracts announce.

use super::books::Books;
use super::person::{Person, Statement};
use super::record::AdversaryRow;
use super::window::Window;
use crate::agents::Adversary;

/// A row for each kind that the run had, by the people's `statements` over the
/// measuring window.
pub(super) fn rows(
    people: &[Person],
    books: &Books,
    statements: &[Statement],
    window: &Window,
) -> Vec<AdversaryRow> {
    let of = |kind: Adversary| {
        let everyone = people.iter().enumerate().zip(statements);
        let members: Vec<Member<'_>> = everyone
            .filter(|((_, person), _)| person.kind() == kind.kind())
            .map(|((place, person), statement)| (place, person, statement))
            .collect();
        (!members.is_empty()).then(|| row(books, window, kind, &members))
    };
    Adversary::ALL.into_iter().filter_map(of).collect()
}

/// A place among the people, who is there, and its statement.
type Member<'w> = (usize, &'w Person, &'w Statement);

fn row(books: &Books, window: &Window, kind: Adversary, members: &[Member<'_>]) -> AdversaryRow {
    let mut row =
        AdversaryRow { kind: kind.name(), count: members.len() as u64, ..AdversaryRow::default() };
    for (place, person, statement) in members {
        let entry = books.entry(person.account);
        row.paid_ustx += statement.paid.get();
        row.commission_ustx += statement.commission.get();
        row.certification_fees_ustx += statement.certification_fees.get();
        row.network_fees_ustx += statement.network_fees.get();
        row.forgone_ustx += statement.forgone_ustx;
        row.revenue_ustx += statement.revenue.get();
        row.refunds_ustx += statement.refunds.get();
        row.energy_value_ustx += statement.consumed_value_ustx;
        if person.house.is_some() {
            // A home will use what it holds; for others it is a loss.
            row.stock_ustx +=
                entry.basis.as_f64() + statement.commission_held_ustx - window.stock_ustx(*place);
        }
        row.sold_kwh += statement.sold.get();
        row.bought_kwh += statement.bought.get();
        row.consumed_kwh += statement.consumed.get();
        row.refunded_kwh += statement.refunded.get();
        row.invented_kwh += statement.invented.get();
        row.transactions += u64::from(statement.transactions);
        row.rejected += u64::from(statement.rejected);
        row.revoked += u64::from(statement.revoked);
        row.utility_cost_ustx += statement.invented_sold_ustx;
        row.buyers_cost_ustx += statement.above_market_ustx;
    }
    let whole = |ustx: u128| ustx as f64;
    row.spent_ustx = whole(
        row.paid_ustx + row.commission_ustx + row.certification_fees_ustx + row.network_fees_ustx,
    ) + row.forgone_ustx;
    row.gained_ustx = whole(row.revenue_ustx + row.refunds_ustx) + row.energy_value_ustx;
    row.net_ustx = row.gained_ustx + row.stock_ustx - row.spent_ustx;
    row.treasury_cost_ustx = whole(row.refunds_ustx) - whole(row.commission_ustx);
    row
}
