//! Sections of the run's time and place and of its energy: sun, weather, panels
//! and loads. No money here.

use jiff::civil::Date;

use crate::scenario::key::{InputFile, choice};
use crate::scenario::read::section;

section! {
    /// `[time]`: when the market runs and how finely it is cut.
    pub struct Time {
        /// The first day, from its midnight, in local standard time.
        start: Date = Date::constant(2026, 6, 15);
        /// How many days the run lasts.
        days: u32 = 7, in 1..=3_660, unit "days";
        /// The length of a tick. Ticks divide the hour.
        tick_minutes: u32 = 30, in [5, 6, 10, 12, 15, 20, 30, 60].as_slice(), unit "minutes";
    }
}

impl Time {
    /// Ticks in a day.
    #[must_use]
    pub const fn ticks_per_day(&self) -> u32 {
        24 * 60 / self.tick_minutes
    }

    /// Ticks in the whole run.
    #[must_use]
    pub const fn ticks(&self) -> u32 {
        self.days * self.ticks_per_day()
    }

    /// The length of a tick, in hours.
    #[must_use]
    pub fn tick_hours(&self) -> f64 {
        f64::from(self.tick_minutes) / 60.0
    }
}

section! {
    /// `[place]`: where all homes stand. The default is the station of the
    /// shipped weather, Greensboro in North Carolina.
    pub struct Place {
        /// Latitude, positive to the north.
        latitude_deg: f64 = 36.1, in -90.0..=90.0, unit "degrees";
        /// Longitude, positive to the east.
        longitude_deg: f64 = -79.95, in -180.0..=180.0, unit "degrees";
        /// Height above the sea.
        elevation_m: f64 = 273.0, in -430.0..=8_850.0, unit "metres";
        /// Local standard time less universal time; there is no summer time.
        utc_offset_hours: f64 = -5.0, in -12.0..=14.0, unit "hours";
    }
}

choice! {
    /// Where the weather comes from.
    pub enum WeatherSource {
        /// Measured or typical irradiance and temperature from a file.
        File = "file",
        /// A clear sky dimmed by a random walk between clear and cloudy.
        Synthetic = "synthetic",
    }
}

choice! {
    /// In which form a weather file comes.
    pub enum WeatherFormat {
        /// As its first lines show.
        Auto = "auto",
        /// The plain CSV table of this program.
        Plain = "plain",
        /// Typical Meteorological Year 3, of NREL.
        Tmy3 = "tmy3",
        /// EnergyPlus weather.
        Epw = "epw",
        /// PVGIS, hourly or typical year, CSV or JSON.
        Pvgis = "pvgis",
        /// National Solar Radiation Database, CSV.
        Nsrdb = "nsrdb",
    }
}

choice! {
    /// What is done where a file lacks values.
    pub enum Gaps {
        /// The file is refused.
        Refuse = "refuse",
        /// They are filled from what stands around them.
        Interpolate = "interpolate",
    }
}

section! {
    /// `[weather]`: the sky and the air over the region.
    pub struct Weather {
        /// Where the weather comes from.
        source: WeatherSource = WeatherSource::File;
        /// The weather of source "file": the shipped typical year, or a path.
        file: InputFile = InputFile::Shipped;
        /// The file's form: TMY3, EPW, PVGIS, NSRDB or plain, as its first
        /// lines show unless it is said.
        format: WeatherFormat = WeatherFormat::Auto;
        /// Whether a file that lacks rows or values is refused, or filled: up
        /// to two hours of temperature along a line, everything else from the
        /// days around.
        gaps: Gaps = Gaps::Refuse;
        /// Turbidity of the clear sky after Linke: 2 is very clean, 6 is hazy.
        linke_turbidity: f64 = 3.0, in 1.0..=10.0;
        /// Share of the clear-sky irradiance that arrives in the clear state
        /// of the synthetic sky.
        clear_index: f64 = 1.0, in 0.0..=1.5;
        /// The same share in its cloudy state.
        cloudy_index: f64 = 0.4, in 0.0..=1.5;
        /// How often the synthetic sky turns from clear to cloudy.
        clear_to_cloudy_per_hour: f64 = 0.1, in 0.0..=60.0, unit "times an hour";
        /// How often it turns from cloudy to clear.
        cloudy_to_clear_per_hour: f64 = 0.2, in 0.0..=60.0, unit "times an hour";
        /// Mean air temperature of the synthetic weather.
        temperature_mean_c: f64 = 15.0, in -60.0..=60.0, unit "°C";
        /// How far it swings over the day from that mean.
        temperature_daily_amplitude_c: f64 = 6.0, in 0.0..=40.0, unit "°C";
        /// Standard deviation of a site's own share of the irradiance about
        /// the region's.
        site_noise_sd: f64 = 0.08, in 0.0..=1.0;
        /// Correlation of that noise with itself an hour later.
        site_noise_correlation_per_hour: f64 = 0.7, in 0.0..=0.9999;
    }
}

choice! {
    /// How irradiance is carried from the horizontal to the panel's plane.
    pub enum Transposition {
        /// Hay and Davies (1980): the sky is brighter around the sun.
        HayDavies = "hay-davies",
        /// The same brightness from the whole sky (Liu and Jordan, 1960).
        Isotropic = "isotropic",
    }
}

section! {
    /// `[panel]`: what stands on the producers' roofs.
    pub struct Panel {
        /// Median DC capacity of a home's panels.
        capacity_kwp_median: f64 = 6.0, in 0.1..=1_000.0, unit "kWp";
        /// Spread of the capacities: standard deviation of their logarithm.
        capacity_sigma: f64 = 0.35, in 0.0..=2.0;
        /// Mean tilt from the horizontal.
        tilt_deg: f64 = 30.0, in 0.0..=90.0, unit "degrees";
        /// Standard deviation of the tilt.
        tilt_sd_deg: f64 = 8.0, in 0.0..=45.0, unit "degrees";
        /// Mean direction that the panels face, from north by east: 180 is
        /// south.
        azimuth_deg: f64 = 180.0, in 0.0..=360.0, unit "degrees";
        /// Standard deviation of the direction.
        azimuth_sd_deg: f64 = 35.0, in 0.0..=180.0, unit "degrees";
        /// System losses before the inverter; the default is that of PVWatts.
        losses_pct: f64 = 14.08, in 0.0..=99.0, unit "per cent";
        /// Cell temperature at 800 W/m² and 20 °C air, for the model of Ross.
        noct_c: f64 = 45.0, in 20.0..=90.0, unit "°C";
        /// Change of DC power with the cell's temperature.
        temperature_coefficient_per_c: f64 = -0.004, in -0.02..=0.0, unit "1/°C";
        /// Nominal efficiency of the inverter.
        inverter_efficiency: f64 = 0.96, in 0.5..=1.0;
        /// DC capacity over the inverter's AC capacity.
        dc_ac_ratio: f64 = 1.2, in 0.5..=5.0;
        /// Share of light that the ground reflects.
        albedo: f64 = 0.2, in 0.0..=1.0;
        /// How irradiance is carried to the panel's plane.
        transposition: Transposition = Transposition::HayDavies;
    }
}

choice! {
    /// Where the homes' loads come from.
    pub enum LoadSource {
        /// Measured days, drawn by season and kind of day.
        Days = "days",
        /// The standard load profile H0.
        Synthetic = "synthetic",
        /// The user's own meters, a column a home.
        File = "file",
    }
}

section! {
    /// `[load]`: what the homes use.
    pub struct Load {
        /// Where the loads come from.
        source: LoadSource = LoadSource::Days;
        /// For source "days", the pool of measured days: the shipped one, or a
        /// path. For source "file", the path of the meters.
        file: InputFile = InputFile::Shipped;
        /// Whether meters that lack rows or values are refused, or filled: up
        /// to two hours along a line, more from the days around.
        gaps: Gaps = Gaps::Refuse;
        /// The clock of the meters: "standard" for the place's standard time
        /// all year, "UTC", or a name of the IANA time zone database such as
        /// "Europe/Berlin", whose summer time is followed. Times that carry an
        /// offset of their own, like +02:00, need none.
        time_zone: String = "standard".to_owned();
        /// Median of what a home uses in a year.
        annual_kwh_median: f64 = 4_500.0, in 1.0..=1_000_000.0, unit "kWh a year";
        /// Spread over the homes: standard deviation of the logarithm.
        annual_sigma: f64 = 0.4, in 0.0..=2.0;
    }
    tables {
        /// What the columns of an export are.
        columns: LoadColumns;
    }
}

choice! {
    /// The unit of a column.
    pub enum LoadUnit {
        /// Energy of the interval, kWh.
        KilowattHours = "kwh",
        /// Energy of the interval, Wh.
        WattHours = "wh",
        /// Mean power of the interval, kW.
        Kilowatts = "kw",
        /// Mean power of the interval, W.
        Watts = "w",
    }
}

choice! {
    /// Which end of its interval a row's time is.
    pub enum LoadStamp {
        /// Its beginning.
        Start = "start",
        /// Its end.
        End = "end",
    }
}

choice! {
    /// In which order the numbers of a date come.
    pub enum LoadDateOrder {
        /// 2026-06-15.
        YearMonthDay = "year-month-day",
        /// 15.06.2026 or 15/06/2026.
        DayMonthYear = "day-month-year",
        /// 06/15/2026.
        MonthDayYear = "month-day-year",
    }
}

choice! {
    /// The decimal mark of numbers.
    pub enum LoadDecimal {
        /// 0.25
        Point = "point",
        /// 0,25
        Comma = "comma",
    }
}

section! {
    /// `[load.columns]`: what the columns of a meter's export are, where the file
    /// does not say so clearly. `check` tells how a file was read.
    pub struct LoadColumns {
        /// The line of the header, from 1.
        header_line: Option<u32> = None, in 1..=1_000_000;
        /// The column of the time, or of the time of day where date names another.
        time: Option<String> = None;
        /// The column of the date where the time of day has one of its own.
        date: Option<String> = None;
        /// The column that says the clock's offset from universal time, like
        /// +01:00, CET or CEST.
        offset: Option<String> = None;
        /// The column of the use.
        value: Option<String> = None;
        /// Its unit.
        unit: Option<LoadUnit> = None;
        /// Whether a row's time is the start or the end of its interval.
        stamp: Option<LoadStamp> = None;
        /// In which order the numbers of a date come.
        date_order: Option<LoadDateOrder> = None;
        /// The decimal mark of the numbers.
        decimal: Option<LoadDecimal> = None;
    }
}
