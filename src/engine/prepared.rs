//! A scenario made ready for any number of runs: weather, loads and contracts
//! read, the sun worked out, everything that no seed changes. Reads files, at
//! this one moment; a run reads none.

use thiserror::Error;

use super::data::{load_model, place, weather};
use super::guests::{Guest, Guests};
use crate::agents::{Prices, Rhythm};
use crate::energy::{
    Clock, EnergyError, LoadModel, Loads, PanelArray, PanelModel, Region, SiteNoise, Sky,
    StandardProfile, Transposition, TypicalMonth,
};
use crate::market::{Clarity, Code, ProjectError, Source};
use crate::scenario::{InputFile, Scenario, Transposition as TranspositionKey};

/// What in a scenario's files cannot be used.
#[derive(Debug, Error)]
pub enum PrepareError {
    /// Weather, panels or loads.
    #[error(transparent)]
    Energy(#[from] EnergyError),
    /// A Clarinet project.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// A contract's file.
    #[error("{file}: cannot be read: {reason}")]
    Contract {
        /// The file.
        file: String,
        /// Why not.
        reason: String,
    },
}

/// A scenario and what it needs, ready to run.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The scenario.
    pub scenario: Scenario,
    /// The contracts.
    pub code: Code,
    /// Whether adversaries keep to what honest people do: what an attack
    /// brings is counted against such a run.
    pub adversaries_behave: bool,
    pub(super) clock: Clock,
    pub(super) region: Region,
    pub(super) loads: Loads,
    pub(super) panel_model: PanelModel,
    /// The load that everyone reckons with.
    expected_loads: Loads,
    /// The months that the run touches, each with the first day in it.
    months: Vec<(u32, TypicalMonth)>,
    /// Participants of the user's own kinds.
    pub(super) guests: Guests,
}

impl Prepared {
    /// Reads all that `scenario` names and works out what no seed changes.
    ///
    /// # Errors
    /// Where a file cannot be read or does not fit the scenario.
    pub fn new(scenario: Scenario) -> Result<Self, PrepareError> {
        let time = &scenario.time;
        let clock = Clock { start: time.start, days: time.days, tick_minutes: time.tick_minutes };
        let place = place(&scenario);
        let weather = weather(&scenario, &place)?;
        let noise = SiteNoise {
            sd: scenario.weather.site_noise_sd,
            correlation_per_hour: scenario.weather.site_noise_correlation_per_hour,
        };
        let profile = LoadModel::Synthetic(StandardProfile::shipped()?);
        let mut months: Vec<(u32, TypicalMonth)> = Vec::new();
        for day in 0..clock.days {
            let date = clock.date(day);
            if day == 0 || date.day() == 1 {
                months.push((day, TypicalMonth::new(&place, &weather, date)?));
            }
        }
        Ok(Self {
            code: code(&scenario)?,
            adversaries_behave: false,
            region: Region::new(&place, &clock, &weather, &noise)?,
            loads: Loads::new(&load_model(&scenario)?, &clock)?,
            panel_model: panel_model(&scenario),
            expected_loads: Loads::new(&profile, &clock)?,
            months,
            clock,
            scenario,
            guests: Guests::default(),
        })
    }

    /// Unix time of the chain's first block: the midnight that opens the first
    /// day, in the standard time of the place.
    #[must_use]
    pub fn first_block_time(&self) -> u64 {
        self.clock.start_unix_time(self.scenario.place.utc_offset_hours)
    }

    /// The same with participants of one's own kinds: `make` gives those of the
    /// run with a seed. They join after everyone else and change nobody's
    /// draws; each has a row of its own in the record, by its agent's kind.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use connect_sim::agents::{Agent, Intent, Kind, View};
    /// use connect_sim::experiments::{Guest, GuestHome, Prepared, RunOptions, run};
    /// use connect_sim::scenario::Scenario;
    /// use connect_sim::units::MicroStx;
    ///
    /// #[derive(Clone)]
    /// struct Onlooker;
    ///
    /// impl Agent for Onlooker {
    ///     fn kind(&self) -> Kind {
    ///         Kind::Other("onlooker")
    ///     }
    ///     fn decide(&mut self, _view: &View<'_>, _intents: &mut Vec<Intent>) {}
    ///     fn boxed_clone(&self) -> Box<dyn Agent> {
    ///         Box::new(self.clone())
    ///     }
    /// }
    ///
    /// let text = "scenario.name = 'watched'
    ///     time = { days = 1, tick_minutes = 60 }
    ///     producers.count = 1
    ///     buyers.count = 1";
    /// let scenario = Scenario::from_toml(text, "watched.toml", &[])?;
    /// let prepared = Prepared::new(scenario)?.with_guests(|_seed| {
    ///     let purse = MicroStx::nearest_from_stx(10.0);
    ///     vec![Guest { agent: Box::new(Onlooker), purse, home: GuestHome::None }]
    /// });
    /// let prepared = Arc::new(prepared);
    /// let options = RunOptions { replicates: 1, jobs: 1, trace: false };
    /// let outcome = run(&prepared, options, &|| {})?;
    /// let last = outcome.records[0].participants.last();
    /// assert_eq!(last.map(|row| row.kind.as_str()), Some("onlooker"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_guests(mut self, make: impl Fn(u64) -> Vec<Guest> + Send + Sync + 'static) -> Self {
        self.guests = Guests::new(make);
        self
    }

    /// The typical month that the run comes into on `day`, if it does.
    pub(super) fn month_that_begins(&self, day: u32) -> Option<&TypicalMonth> {
        self.months.iter().find(|(first, _)| *first == day).map(|(_, month)| month)
    }

    /// Energy that a home of one kWh a year is expected to use on `day`.
    pub(super) fn expected_use_share(&self, day: u32) -> f64 {
        self.expected_loads.expected_day_kwh(0, 1.0, day)
    }

    /// How a day's energy spreads over its ticks, as everyone expects it: use
    /// by the standard profile of `day`, production by the mean day that a
    /// panel to the south has under `sky`.
    pub(super) fn rhythm(&self, sky: &Sky, reference: &PanelArray, day: u32) -> Rhythm {
        let ticks = self.clock.ticks_a_day();
        let mut use_share = vec![0.0; ticks];
        self.expected_loads.fill_day(0, 0, 1.0, day, &mut use_share);
        let mut make_share = vec![0.0; ticks];
        for tick in 0..self.clock.days {
            for (share, light) in make_share.iter_mut().zip(sky.day(tick)) {
                *share += reference.output_kw(light, 1.0);
            }
        }
        normalise(&mut use_share);
        normalise(&mut make_share);
        Rhythm { use_share, make_share }
    }

    /// The prices outside of the market at an hour of the day.
    pub(super) fn prices(&self, hour: u32) -> Prices {
        let tariff = &self.scenario.tariff;
        let ustx = |fiat: f64| fiat / self.scenario.money.stx_price * 1e6;
        let mean = (0..24).map(|hour| tariff.retail_at(hour)).sum::<f64>() / 24.0;
        Prices {
            retail_ustx: ustx(tariff.retail_at(hour)),
            retail_mean_ustx: ustx(mean),
            feed_in_ustx: ustx(tariff.feed_in_per_kwh),
            delivery_ustx: ustx(tariff.delivery_per_kwh),
            network_fee: self.scenario.network.fee_ustx,
        }
    }
}

fn normalise(shares: &mut [f64]) {
    let sum: f64 = shares.iter().sum();
    if sum > 0.0 {
        shares.iter_mut().for_each(|share| *share /= sum);
    }
}

fn panel_model(scenario: &Scenario) -> PanelModel {
    let panel = &scenario.panel;
    PanelModel {
        losses_pct: panel.losses_pct,
        noct_c: panel.noct_c,
        temperature_coefficient_per_c: panel.temperature_coefficient_per_c,
        inverter_efficiency_nominal: panel.inverter_efficiency,
        dc_ac_ratio: panel.dc_ac_ratio,
        albedo: panel.albedo,
        transposition: match panel.transposition {
            TranspositionKey::HayDavies => Transposition::HayDavies,
            TranspositionKey::Isotropic => Transposition::Isotropic,
        },
    }
}

/// The contracts that `scenario` runs on.
///
/// # Errors
/// Where a file of theirs cannot be read.
pub fn code(scenario: &Scenario) -> Result<Code, PrepareError> {
    let named = &scenario.contracts;
    let mut code = match &named.project {
        InputFile::Shipped => Code::shipped(),
        InputFile::Path { found, .. } => {
            Code::project(found, &named.wattconnect_name, &named.energy_production_name)?
        }
    };
    for (file, source) in [
        (&named.wattconnect, &mut code.wattconnect),
        (&named.energy_production, &mut code.energy_production),
    ] {
        if let InputFile::Path { found: path, .. } = file {
            *source = Source::read(&source.name, path, Clarity::Two).map_err(|error| {
                let (file, reason) = (path.display().to_string(), error.to_string());
                PrepareError::Contract { file, reason }
            })?;
        }
    }
    Ok(code)
}
