//! The end of a run: what it wrote down, as plain rows.

use super::facts::Facts;
use super::limits;
use super::measures;
use super::person::Statement;
use super::record::Record;
use super::rows::participant_row;
use super::takings;
use super::world::World;
use crate::market::Function;

impl World {
    /// Ends the run and hands over what it wrote down. A tick that goes on is left
    /// out of the rows of ticks.
    #[must_use]
    pub fn finish(mut self) -> Record {
        self.people.close_meters();
        // What waits still has waited so long at least.
        let now = self.now_s();
        for meant_s in self.venue.mempool().meant_s() {
            self.recorder.waited(now.saturating_sub(meant_s));
        }
        let window = self.recorder.window();
        let mut statements: Vec<Statement> = self
            .people
            .statements()
            .enumerate()
            .map(|(place, statement)| window.statement(place, statement))
            .collect();
        self.note_end(&mut statements);
        let window = self.recorder.window();
        let everyone = self.people.all().iter().zip(&statements).enumerate();
        let participants: Vec<_> = everyone
            .map(|(place, (person, statement))| {
                participant_row(&self.venue, window, place, person, statement)
            })
            .collect();
        let people = self.people.all();
        let adversaries = takings::rows(people, self.venue.books(), &statements, window);
        let ticks = self.recorder.measured().len() as u64;
        let tally = self.recorder.limits();
        let limits = limits::rows(people, &statements, ticks, tally, &self.prepared.scenario);
        let measures = measures::values(&Facts {
            ticks: self.recorder.measured(),
            totals: window.totals(self.venue.totals()),
            scenario: &self.prepared.scenario,
            venue: &self.venue,
            recorder: &self.recorder,
            everyone: &self.people,
            statements: &statements,
            people: &participants,
            adversaries: &adversaries,
        });
        let calls = self.recorder.calls().rows(&self.venue.metering_report());
        let measured_from = window.first_row();
        let transactions = self.recorder.take_transaction_rows();
        let trace = self.take_trace(None);
        let (ticks, findings) = self.recorder.into_rows();
        Record {
            seed: self.seed,
            ticks,
            measured_from,
            participants,
            adversaries,
            limits,
            calls,
            transactions,
            findings,
            measures,
            trace,
            state_sha256: self.venue.state_digest(),
        }
    }

    /// Writes down from now on what people mean to send.
    pub fn keep_tape(&mut self) {
        self.recorder.keep_tape();
    }

    /// What they meant to send since; nothing where nothing was written down.
    pub fn take_tape(&mut self) -> super::arrivals::Tape {
        self.recorder.take_tape()
    }

    /// Notes, at the end, functions that aborted and energy that was sold and never
    /// made, over the whole run. Without meters, what homes sold is not fed in at
    /// the tariff: it is taken off what the `statements` of the measuring window
    /// say of that.
    fn note_end(&mut self, statements: &mut [Statement]) {
        for (function, aborted, accepted, reason) in self.recorder.aborts() {
            self.recorder.findings_mut().note("aborts", function.name(), None, || {
                format!("{aborted} calls aborted and {accepted} were accepted: {reason}")
            });
        }
        if self.venue.has(Function::RecordProduction) {
            return;
        }
        let delivered =
            |statement: &Statement| statement.sold.as_f64().min(statement.fed_to_grid_kwh);
        let mut unmade = 0.0;
        for statement in self.people.statements() {
            unmade += statement.sold.as_f64() - delivered(statement);
        }
        for statement in statements {
            statement.fed_to_grid_kwh -= delivered(statement);
        }
        if unmade > 0.0 {
            self.recorder.findings_mut().note("sold-and-not-made", "wattconnect", None, || {
                format!("{unmade:.0} kWh were sold that no panel had over: nothing ties energy on the contract to meters")
            });
        }
    }
}
