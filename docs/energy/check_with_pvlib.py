#!/usr/bin/env python3
"""Repeats the comparison of connect-sim's energy room with pvlib.

From the root of the repository, with Rust and Python at hand:

    python3 -m venv /tmp/pvlib && /tmp/pvlib/bin/pip install pvlib==0.16.1
    /tmp/pvlib/bin/python docs/energy/check_with_pvlib.py

What is compared, over the shipped typical year, for 1 kWp tilted 30 degrees to
the south:

1. the position of the sun at the middle of each tick: within 0.01 degrees;
2. light on the panel and power delivered, hour by hour and over the year, from
   the weather file as it stands: within 0.5 % over the year;
3. the same at finer ticks from the light that connect-sim interpolated, and the
   energy of each hour of that light against the file.

Ends with status 1 where a bound is not kept.
"""

import io
import pathlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pvlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEATHER = ROOT / "scenarios" / "data" / "weather-greensboro-tmy3.csv"
PLACE = pvlib.location.Location(36.1, -79.95, tz="Etc/GMT+5", altitude=273)
YEAR = 2025
TILT, AZIMUTH, ALBEDO = 30, 180, 0.2
NOCT, GAMMA, ETA_NOMINAL = 45, -0.004, 0.96
SKIES = {"isotropic": "isotropic", "hay-davies": "haydavies"}

failures = []


def check(what, value, bound, unit):
    """Prints one comparison, and remembers it if it failed."""
    kept = value <= bound
    print(f"  {what}: {value:.6g} {unit} (bound {bound:g}){'' if kept else '  FAILED'}")
    if not kept:
        failures.append(what)


def ours(tick_minutes, sky):
    """The year that connect-sim computes, indexed by the middle of each tick."""
    command = ["cargo", "run", "--quiet", "--example", "energy_year", "--"]
    out = subprocess.run(
        [*command, str(tick_minutes), sky], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    table = pd.read_csv(io.StringIO(out), parse_dates=["middle_lst"])
    return table.set_index("middle_lst").tz_localize(PLACE.tz)


def weather_file():
    """The shipped file, indexed by the middle of each hour."""
    table = pd.read_csv(WEATHER, comment="#")
    starts = pd.to_datetime(f"{YEAR}-" + table["start"])
    return table.set_index(pd.DatetimeIndex(starts, tz=PLACE.tz) + pd.Timedelta(minutes=30))


def theirs(light, sky):
    """Light on the panel (W/m2) and power delivered (kW) by pvlib."""
    sun = PLACE.get_solarposition(light.index)
    poa = pvlib.irradiance.get_total_irradiance(
        TILT,
        AZIMUTH,
        sun["apparent_zenith"],
        sun["azimuth"],
        light["dni_w_m2"],
        light["ghi_w_m2"],
        light["dhi_w_m2"],
        dni_extra=pvlib.irradiance.get_extra_radiation(light.index),
        albedo=ALBEDO,
        model=SKIES[sky],
    )["poa_global"].fillna(0)
    cell = pvlib.temperature.ross(poa, light["temp_air_c"], noct=NOCT)
    # connect-sim takes the losses as the rounded 14.08 %.
    direct = pvlib.pvsystem.pvwatts_dc(poa, cell, 1.0, GAMMA) * (1 - 0.1408)
    power = pvlib.inverter.pvwatts(direct, 1.0 / ETA_NOMINAL, ETA_NOMINAL)
    return poa, power


def degrees_apart(a, b):
    """The greatest difference of two series of directions."""
    return np.abs((np.asarray(a) - np.asarray(b) + 180) % 360 - 180).max()


def compare_sun(year):
    sun = PLACE.get_solarposition(year.index)
    for ours_name, theirs_name in [
        ("zenith_deg", "zenith"),
        ("apparent_zenith_deg", "apparent_zenith"),
        ("azimuth_deg", "azimuth"),
    ]:
        worst = degrees_apart(year[ours_name], sun[theirs_name])
        check(f"sun, {theirs_name}, greatest difference", worst, 0.01, "degrees")


def compare_panel(year, light, sky, hours):
    poa, power = theirs(light, sky)
    check("poa, greatest difference of a tick", np.abs(year["poa_w_m2"] - poa).max(), 0.01, "W/m2")
    check("ac, greatest difference of a tick", np.abs(year["ac_kw"] - power).max(), 1e-5, "kW")
    for name, unit, here, there in [
        ("poa", "kWh/m2", year["poa_w_m2"] / 1000, poa / 1000),
        ("ac", "kWh", year["ac_kw"], power),
    ]:
        here, there = here.sum() * hours, there.sum() * hours
        print(f"  {name}, year: {here:.2f} {unit} here, {there:.2f} by pvlib")
        check(f"{name}, difference over the year", abs(here / there - 1) * 100, 0.5, "%")


def compare_hours(year, file, tick_minutes):
    of_hour = year.resample("h").mean()
    for column in ["ghi_w_m2", "dni_w_m2", "dhi_w_m2"]:
        apart = np.abs(of_hour[column].to_numpy() - file[column].to_numpy()).max()
        check(f"{column}, hour's mean against the file at {tick_minutes} min", apart, 20, "W/m2")
        drift = abs(year[column].mean() / file[column].mean() - 1) * 100
        check(f"{column}, year against the file at {tick_minutes} min", drift, 0.1, "%")


def main():
    print(f"pvlib {pvlib.__version__}")
    file = weather_file()
    for sky in SKIES:
        print(f"{sky}, 60 minutes, the file's own hours:")
        year = ours(60, sky)
        compare_sun(year)
        compare_panel(year, file, sky, 1.0)
        hourly = year["ac_kw"].sum()
        for tick_minutes in [30, 15, 5]:
            print(f"{sky}, {tick_minutes} minutes, light as interpolated here:")
            year = ours(tick_minutes, sky)
            compare_sun(year)
            compare_panel(year, year, sky, tick_minutes / 60)
            compare_hours(year, file, tick_minutes)
            shift = (year["ac_kw"].sum() * tick_minutes / 60 / hourly - 1) * 100
            print(f"  ac, year, against ticks of 60 minutes: {shift:+.3f} %")
    if failures:
        sys.exit(f"{len(failures)} comparisons out of bounds: {'; '.join(failures)}")
    print("all within bounds")


if __name__ == "__main__":
    main()
