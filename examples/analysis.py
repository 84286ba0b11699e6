"""Reads a result with pandas and draws one chart: what is offered and what is traded over the day.

Usage: pip install pandas matplotlib
       connect-sim run scenarios/tiny.toml
       python examples/analysis.py results/tiny [chart.png]

Where the result was written with `--format parquet`, its tables are read from there, with their types;
that needs `pip install pyarrow` too.
"""

import sys
from pathlib import Path

import matplotlib
import pandas as pd

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend comes first)


def table(result: Path, name: str) -> pd.DataFrame:
    parquet = result / f"{name}.parquet"
    return pd.read_parquet(parquet) if parquet.exists() else pd.read_csv(result / f"{name}.csv")


def main(result: Path, chart: Path) -> None:
    summary = pd.read_csv(result / "summary.csv", index_col="metric")
    ticks = table(result, "ticks")
    participants = table(result, "participants")

    print(summary.loc[["traded_kwh", "price_mean_ustx_per_kwh"], ["mean", "unit"]].to_string())
    gains = participants.groupby("kind")["gain_ustx"].mean() / 1e6
    print(gains.rename("mean gain, STX").to_string())

    # One replicate has one row a tick; the mean over replicates and days.
    by_hour = ticks.groupby("hour")[["reserve_kwh", "surplus_kwh", "traded_kwh"]].mean()
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    axes.plot(by_hour.index, by_hour["surplus_kwh"], label="surplus")
    axes.plot(by_hour.index, by_hour["traded_kwh"], label="traded")
    axes.plot(by_hour.index, by_hour["reserve_kwh"], label="on offer", color="grey", linestyle="--")
    axes.set(xlabel="hour of the day", ylabel="kWh a tick (on offer: kWh)", xlim=(0, 24))
    axes.set_title(f"{result.name}: a mean day")
    axes.legend(frameon=False)
    figure.savefig(chart, dpi=150)
    print(f"drew {chart}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    directory = Path(sys.argv[1])
    main(directory, Path(sys.argv[2]) if len(sys.argv) == 3 else directory.with_suffix(".png"))
