//! A kind of participant of one's own: homes that buy once a day, around noon,
//! when the sun makes neighbours' offers cheap, and all that they will need until
//! the next noon. Do they save more than the buyers of the simulator?
//!
//! Usage: `cargo run --release --example custom_agent`

use std::error::Error;
use std::io::{self, Write};
use std::sync::Arc;

use connect_sim::agents::{Agent, Intent, Kind, Phase, View};
use connect_sim::experiments::{Guest, GuestHome, Prepared, RunOptions, run};
use connect_sim::market::{Action, Order};
use connect_sim::random::Purpose;
use connect_sim::scenario::Scenario;
use connect_sim::units::{Kwh, MicroStx};

#[derive(Clone)]
struct NoonShopper;

impl Agent for NoonShopper {
    fn kind(&self) -> Kind {
        Kind::Other("noon-shopper")
    }

    fn decide(&mut self, view: &View<'_>, intents: &mut Vec<Intent>) {
        let Some(home) = &view.home else { return };
        if view.phase != Phase::Purchases || !(11.0..14.0).contains(&view.moment.hour()) {
            return;
        }
        let need = home.expected_need_kwh(&view.moment, view.moment.ticks_a_day);
        let wanted = Kwh::floor_from_f64((need - view.mine.bought.as_f64()).max(0.0));
        let mut rng = view.whims.stream(Purpose::Search);
        let seen = view.market.look_at(8, view.me, &mut rng);
        let Some(offer) = seen.first().filter(|_| !wanted.is_zero()) else { return };
        let amount = wanted.min(offer.amount);
        let commission = view.market.parameters.commission_rate.as_fraction();
        let price = offer.price.as_f64() * (1.0 + commission) + view.fee_a_kwh_ustx(amount);
        if price < view.prices.retail_ustx && price * amount.as_f64() < view.mine.purse.as_f64() {
            let order = Order { seller: offer.seller, amount, max_price: offer.price };
            intents.push(Action::BuyEnergyFromUser(order).into());
        }
    }

    fn boxed_clone(&self) -> Box<dyn Agent> {
        Box::new(self.clone())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let scenario = r#"
        scenario.name = "noon-shoppers"
        time = { days = 3, tick_minutes = 60 }
        producers.count = 20
        buyers.count = 20
    "#;
    let shopper = || Guest {
        agent: Box::new(NoonShopper),
        purse: MicroStx::nearest_from_stx(400.0),
        home: GuestHome::WithoutPanel,
    };
    let prepared = Prepared::new(Scenario::from_toml(scenario, "noon-shoppers.toml", &[])?)?
        .with_guests(move |_seed| (0..20).map(|_| shopper()).collect());
    let prepared = Arc::new(prepared);
    let outcome = run(&prepared, RunOptions { replicates: 3, jobs: 0, trace: false }, &|| {})?;
    for kind in ["buyer", "noon-shopper"] {
        let homes = outcome.records.iter().flat_map(|record| &record.participants);
        let homes: Vec<_> = homes.filter(|home| home.kind == kind).collect();
        let bought: u128 = homes.iter().map(|home| home.bought_kwh).sum();
        let gain: f64 = homes.iter().map(|home| home.gain_ustx / 1e6).sum();
        let count = homes.len() as f64;
        writeln!(
            io::stdout(),
            "{kind}: {:.1} kWh bought, {:.2} STX gained a home",
            bought as f64 / count,
            gain / count
        )?;
    }
    Ok(())
}
