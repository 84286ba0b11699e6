#!/usr/bin/env python3
"""Repeats the comparison of connect-sim's readers of weather files with pvlib's.

From the root of the repository, with Rust and Python at hand:

    python3 -m venv /tmp/pvlib && /tmp/pvlib/bin/pip install pvlib==0.16.1
    cd /tmp && /tmp/pvlib/bin/pip download --no-deps --no-binary pvlib pvlib==0.16.1
    tar xzf pvlib-0.16.1.tar.gz && cd -
    /tmp/pvlib/bin/python docs/energy/check_weather_with_pvlib.py /tmp/pvlib-0.16.1/tests/data

The source package of pvlib holds files as they were downloaded from PVGIS, the
NSRDB and EnergyPlus, with which it tests its own readers. Each is read by pvlib
and by connect-sim (`examples/weather_file.rs`), and so are the small files of
`tests/data/weather/` that say a whole series. Compared are

1. the sums of global and diffuse light, and the mean temperature: within a
   hundred thousandth;
2. row by row, where each row of the file stands for a whole hour: within what
   the file's last digit is worth;
3. for typical years of PVGIS, where the sun stands: light must be brightest with
   the sun that pvlib has at the moment that the file names.

Ends with status 1 where a bound is not kept.
"""

import io
import pathlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pvlib
from pvlib import iotools

ROOT = pathlib.Path(__file__).resolve().parents[2]
OWN = ROOT / "tests" / "data" / "weather"

failures = []


def check(what, value, bound):
    """Prints one comparison, and remembers it if it failed."""
    kept = value <= bound
    print(f"  {what}: {value:.3g} (bound {bound:g}){'' if kept else '  FAILED'}")
    if not kept:
        failures.append(what)


def ours(file, place, start, days):
    """The hours that connect-sim makes of a file, in local standard time."""
    latitude, longitude, offset = place
    command = ["cargo", "run", "--quiet", "--example", "weather_file", "--"]
    arguments = [str(file), str(latitude), str(longitude), str(offset), start, str(days)]
    done = subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"{file.name}: {done.stderr.strip()}")
    return pd.read_csv(io.StringIO(done.stdout), parse_dates=["start"]).set_index("start")


def compare_sums(here, there, step_hours=1.0):
    for name in ["ghi", "dhi"]:
        one, other = here[name].sum(), there[name].sum() * step_hours
        check(f"{name}, {other / 1e3:.3f} kWh/m2, relative difference", abs(one / other - 1), 1e-5)
    check("mean temperature", abs(here["temp_air"].mean() - there["temp_air"].mean()), 0.01)


def compare_rows(here, there):
    for name in ["ghi", "dni", "dhi", "temp_air"]:
        apart = np.abs(here[name].to_numpy() - there[name].to_numpy())
        check(f"{name}, greatest difference of an hour", apart.max(), 0.01)


def typical_of_pvgis(file, there, offset_hours):
    """A typical year in universal time, used at one hour before it."""
    print(f"{file.name}: {len(there)} rows by pvlib")
    here = ours(file, (45.0, 8.0, 1), "2025-01-01", 365)
    compare_sums(here, there)
    stamps = pd.date_range("2025-01-01", periods=8760, freq="h", tz="UTC")

    def likeness(index, light):
        sun = pvlib.solarposition.get_solarposition(index, 45.0, 8.0)
        height = np.cos(np.radians(sun["zenith"])).clip(lower=0)
        return np.corrcoef(height, light)[0, 1]

    stated = likeness(stamps + pd.Timedelta(hours=offset_hours), there["ghi"].to_numpy())
    middles = here.index.tz_localize("Etc/GMT-1") + pd.Timedelta(minutes=30)
    found = likeness(middles, here["ghi"].to_numpy())
    check("likeness to the sun's height, less than at the file's moment", stated - found, 0.002)


def main(downloads):
    name = "tmy_45.000_8.000_2005_2023"
    for form in ["csv", "json", "epw"]:
        file = downloads / f"{name}.{form}"
        there, _ = iotools.read_pvgis_tmy(file)
        # "Irradiance Time Offset (h): 0.1761" in its first lines.
        typical_of_pvgis(file, there, 0.1761)

    file = downloads / "NLD_Amsterdam062400_IWEC.epw"
    there, meta = iotools.read_epw(file)
    print(f"{file.name}: {len(there)} rows by pvlib")
    here = ours(file, (meta["latitude"], meta["longitude"], 1), "2025-01-01", 365)
    compare_sums(here, there)
    compare_rows(here, there)

    for file in [downloads / "test_read_psm3.csv", downloads / "test_read_psm4.csv"]:
        there, meta = iotools.read_nsrdb_psm4(file)
        print(f"{file.name}: {len(there)} rows by pvlib")
        year = there.index[0].year
        here = ours(file, (meta["latitude"], meta["longitude"], -7), f"{year}-01-02", 363)
        inner = there.loc[f"{year}-01-02":f"{year}-12-30"]
        compare_sums(here, inner, step_hours=0.5)

    greensboro = (36.1, -79.95, -5)
    for file in [OWN / "nsrdb-local.csv", OWN / "nsrdb-utc.csv"]:
        there, _ = iotools.read_nsrdb_psm4(file)
        print(f"{file.name}: {len(there)} rows by pvlib")
        compare_rows(ours(file, greensboro, "2016-06-01", 2), there)
    for file in [OWN / "pvgis-hourly.csv", OWN / "pvgis-hourly.json"]:
        there, _ = iotools.read_pvgis_hourly(file, map_variables=False)
        print(f"{file.name}: {len(there)} rows by pvlib")
        there = there.rename(columns={"Gd(i)": "dhi", "T2m": "temp_air"})
        there["ghi"] = there["Gb(i)"] + there["dhi"]
        here = ours(file, greensboro, "2016-06-01", 2)
        compare_sums(here, there)

    if failures:
        raise SystemExit(f"not kept: {', '.join(failures)}")
    print("all bounds kept")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(pathlib.Path(sys.argv[1]))
