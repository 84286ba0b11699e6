//! The data files that a scenario names: reading them, and what to tell the user
//! of what was read. What a run makes of them is `prepared`'s.

use crate::energy::{
    ColumnMap, DateOrder, DayPool, EnergyError, Gaps, LoadModel, MeterOptions, Meters, Place,
    Stamp, StandardProfile, SyntheticWeather, Weather, WeatherFile, WeatherFormat, WeatherOptions,
    shipped,
};
use crate::scenario::{
    Gaps as GapsKey, InputFile, LoadColumns, LoadDateOrder, LoadDecimal, LoadSource, LoadStamp,
    LoadUnit, Scenario, WeatherFormat as WeatherFormatKey, WeatherSource,
};

/// What is to be told of a scenario's data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DataReport {
    /// What was read of each of the user's own files, a line or more a file.
    pub read: Vec<String>,
    /// What looks odd though it is possible, a sentence each, with the number
    /// that does.
    pub doubts: Vec<String>,
}

/// Reads the files that `scenario` names for weather and load, and tells what is
/// in them and what looks odd, also of how they go together with its place.
///
/// # Errors
/// Where a file cannot be read.
pub fn data_report(scenario: &Scenario) -> Result<DataReport, EnergyError> {
    let place = place(scenario);
    let mut report = DataReport::default();
    if let Weather::File(file) = weather(scenario, &place)? {
        match &scenario.weather.file {
            InputFile::Shipped => report.doubts.extend(far_from_the_shipped_year(&place)),
            InputFile::Path { .. } => {
                report.read.push(file.summary().to_string());
                report.doubts.extend(file.doubts(&place)?);
            }
        }
    }
    if let LoadModel::File(meters) = load_model(scenario)? {
        report.read.push(meters.summary().to_string());
        report.doubts.extend(meters.doubts());
    }
    Ok(report)
}

/// Where the scenario's homes stand.
pub(super) fn place(scenario: &Scenario) -> Place {
    Place {
        latitude_deg: scenario.place.latitude_deg,
        longitude_deg: scenario.place.longitude_deg,
        elevation_m: scenario.place.elevation_m,
        utc_offset_hours: scenario.place.utc_offset_hours,
    }
}

/// A doubt where the shipped year is used far from its station.
fn far_from_the_shipped_year(place: &Place) -> Option<String> {
    const FAR_DEG: f64 = 2.0;
    let [latitude, longitude] = shipped::TYPICAL_YEAR_DEG;
    let east = (longitude - place.longitude_deg + 180.0).rem_euclid(360.0) - 180.0;
    let far = (latitude - place.latitude_deg).abs() > FAR_DEG || east.abs() > FAR_DEG;
    far.then(|| {
        format!(
            "weather.file = \"shipped\" is the typical year of Greensboro at latitude {latitude}, \
             longitude {longitude}, and place says {}, {}: name a file of that place, or set \
             weather.source = \"synthetic\"",
            place.latitude_deg, place.longitude_deg
        )
    })
}

pub(super) fn weather(scenario: &Scenario, place: &Place) -> Result<Weather, EnergyError> {
    let weather = &scenario.weather;
    Ok(match weather.source {
        WeatherSource::File => Weather::File(match &weather.file {
            InputFile::Shipped => WeatherFile::shipped()?,
            InputFile::Path { found: path, .. } => {
                let format = match weather.format {
                    WeatherFormatKey::Auto => None,
                    WeatherFormatKey::Plain => Some(WeatherFormat::Plain),
                    WeatherFormatKey::Tmy3 => Some(WeatherFormat::Tmy3),
                    WeatherFormatKey::Epw => Some(WeatherFormat::Epw),
                    WeatherFormatKey::Pvgis => Some(WeatherFormat::Pvgis),
                    WeatherFormatKey::Nsrdb => Some(WeatherFormat::Nsrdb),
                };
                let gaps = gaps(weather.gaps);
                WeatherFile::read(path, &WeatherOptions { format, gaps, place: Some(place) })?
            }
        }),
        WeatherSource::Synthetic => Weather::Synthetic(SyntheticWeather {
            linke_turbidity: weather.linke_turbidity,
            clear_index: weather.clear_index,
            cloudy_index: weather.cloudy_index,
            clear_to_cloudy_per_hour: weather.clear_to_cloudy_per_hour,
            cloudy_to_clear_per_hour: weather.cloudy_to_clear_per_hour,
            temperature_mean_c: weather.temperature_mean_c,
            temperature_daily_amplitude_c: weather.temperature_daily_amplitude_c,
        }),
    })
}

const fn gaps(key: GapsKey) -> Gaps {
    match key {
        GapsKey::Refuse => Gaps::Refuse,
        GapsKey::Interpolate => Gaps::Interpolate,
    }
}

pub(super) fn load_model(scenario: &Scenario) -> Result<LoadModel, EnergyError> {
    let load = &scenario.load;
    Ok(match (load.source, &load.file) {
        (LoadSource::Synthetic, _) => LoadModel::Synthetic(StandardProfile::shipped()?),
        (LoadSource::Days | LoadSource::File, InputFile::Shipped) => {
            LoadModel::Days(DayPool::shipped()?)
        }
        (LoadSource::Days, InputFile::Path { found: path, .. }) => {
            LoadModel::Days(DayPool::read(path)?)
        }
        (LoadSource::File, InputFile::Path { found: path, .. }) => {
            let options = MeterOptions {
                gaps: gaps(load.gaps),
                time_zone: &load.time_zone,
                utc_offset_hours: scenario.place.utc_offset_hours,
                columns: column_map(&load.columns),
            };
            LoadModel::File(Meters::read(path, &options)?)
        }
    })
}

fn column_map(columns: &LoadColumns) -> ColumnMap<'_> {
    ColumnMap {
        header_line: columns.header_line,
        time: columns.time.as_deref(),
        date: columns.date.as_deref(),
        offset: columns.offset.as_deref(),
        value: columns.value.as_deref(),
        unit: columns.unit.map(LoadUnit::name),
        stamp: columns.stamp.map(|stamp| match stamp {
            LoadStamp::Start => Stamp::Start,
            LoadStamp::End => Stamp::End,
        }),
        date_order: columns.date_order.map(|order| match order {
            LoadDateOrder::YearMonthDay => DateOrder::YearMonthDay,
            LoadDateOrder::DayMonthYear => DateOrder::DayMonthYear,
            LoadDateOrder::MonthDayYear => DateOrder::MonthDayYear,
        }),
        decimal_comma: columns.decimal.map(|decimal| decimal == LoadDecimal::Comma),
    }
}
