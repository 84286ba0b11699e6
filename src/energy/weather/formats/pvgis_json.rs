//! PVGIS as JSON: the same series as its CSV, under `outputs`. See `pvgis` for
//! what the times mean.

use serde_json::Value;

use super::contents::{Contents, Entry, MISSING, Values, expected, is_missing, possible};
use super::pvgis::{TYPICAL_COLUMNS, check_slope, level_values, minutes, moment_of_stamp};
use crate::energy::error::EnergyError;
use crate::energy::gaps::Gaps;

pub(super) fn read(name: &str, text: &str, gaps: Gaps) -> Result<Contents, EnergyError> {
    let fault = |fault: String| EnergyError::Table { file: name.to_owned(), fault };
    let text = text.trim_start_matches('\u{feff}');
    let whole: Value = serde_json::from_str(text).map_err(|error| EnergyError::Line {
        file: name.to_owned(),
        line: error.line() as u64,
        fault: format!("is no JSON: {error}"),
    })?;
    let location = &whole["inputs"]["location"];
    let place = |key: &str| {
        let value = location[key].as_f64();
        value.ok_or_else(|| fault(format!("has no number inputs.location.{key}")))
    };
    let location_deg = [place("latitude")?, place("longitude")?];
    let (typical, list, stamp) = match &whole["outputs"] {
        outputs if outputs["tmy_hourly"].is_array() => (true, &outputs["tmy_hourly"], "time(UTC)"),
        outputs => (false, &outputs["hourly"], "time"),
    };
    let Some(items) = list.as_array() else {
        return Err(fault(
            "has neither outputs.hourly nor outputs.tmy_hourly: must be a series of PVGIS, hourly \
             or of a typical year"
                .to_owned(),
        ));
    };
    if !typical {
        let slope = &whole["inputs"]["mounting_system"]["fixed"]["slope"]["value"];
        check_slope(name, slope.as_f64().map(|slope| slope.to_string()).as_deref())?;
    }
    let offset = location["irradiance_time_offset"].as_f64().filter(|_| typical).unwrap_or(0.0);
    let has_parts = typical || items.first().is_some_and(|item| item.get("Gb(i)").is_some());
    let mut rows = Vec::with_capacity(items.len());
    let mut place = Place { text, byte: 0, line: 1 };
    for item in items {
        let written = item[stamp].as_str().unwrap_or_default();
        let item = Item { name, item, line: place.line_of(written), gaps };
        let values = if typical { item.typical()? } else { item.on_the_level(has_parts)? };
        rows.push(Entry {
            line: item.line,
            stamp: written.to_owned(),
            column: stamp,
            time: moment_of_stamp(written)
                .ok_or_else(|| item.fault(stamp, "a time as YYYYMMDD:HHMM"))?,
            values,
        });
    }
    Ok(Contents {
        location_deg: Some(location_deg),
        utc_offset_hours: Some(0.0),
        typical,
        centred: true,
        has_parts,
        offset_minutes: minutes(offset),
        step_minutes: None,
        rows,
    })
}

/// How far the text was looked through for lines.
struct Place<'t> {
    text: &'t str,
    byte: usize,
    line: u64,
}

impl Place<'_> {
    /// The line on which the next `written` stands.
    fn line_of(&mut self, written: &str) -> u64 {
        let rest = &self.text[self.byte..];
        if let Some(found) = rest.find(written) {
            self.line += rest[..found].matches('\n').count() as u64;
            self.byte += found + written.len();
        }
        self.line
    }
}

/// One moment of the series.
struct Item<'v> {
    name: &'v str,
    item: &'v Value,
    line: u64,
    gaps: Gaps,
}

impl Item<'_> {
    fn fault(&self, key: &str, expected: impl Into<String>) -> EnergyError {
        EnergyError::Cell {
            file: self.name.to_owned(),
            line: self.line,
            column: key.to_owned(),
            value: match &self.item[key] {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            },
            expected: expected.into(),
        }
    }

    /// The value of `which` under `key`.
    fn value(&self, key: &str, which: usize) -> Result<Option<f64>, EnergyError> {
        let value = &self.item[key];
        let number = value.as_f64();
        if value.is_null() || number.is_some_and(|number| is_missing(which, number)) {
            return match self.gaps {
                Gaps::Interpolate => Ok(None),
                Gaps::Refuse => Err(self.fault(key, MISSING)),
            };
        }
        let value = number.and_then(|number| possible(which, number));
        value.map(Some).ok_or_else(|| self.fault(key, expected(which)))
    }

    fn typical(&self) -> Result<Values, EnergyError> {
        let mut values = [None; 4];
        for (which, key) in TYPICAL_COLUMNS.iter().enumerate() {
            values[which] = self.value(key, which)?;
        }
        Ok(values)
    }

    fn on_the_level(&self, has_parts: bool) -> Result<Values, EnergyError> {
        let temperature = self.value("T2m", 3)?;
        if !has_parts {
            return Ok([self.value("G(i)", 0)?, None, None, temperature]);
        }
        let height_deg = self.item["H_sun"].as_f64();
        let height_deg = height_deg.ok_or_else(|| self.fault("H_sun", "a number of degrees"))?;
        let (beam, diffuse) = (self.value("Gb(i)", 0)?, self.value("Gd(i)", 2)?);
        Ok(level_values(beam, diffuse, height_deg, temperature))
    }
}
