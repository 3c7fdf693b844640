"""Window aggregates by deep feature synthesis, in the environment of the peers (`.venv/peers`).

A script that knows nothing of the package: `python synthesis.py ASKED FOUND` reads the JSON of
what is asked, writes the values to a .npy file, enterprises x aggregates, and prints how many
seconds the calculation took, without imports, reading and typing.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import featuretools as ft
import numpy as np
import numpy.typing as npt
import pandas as pd

PRIMITIVES = {
    "count": ft.primitives.Count,
    "total": ft.primitives.Sum,
    "largest": ft.primitives.Max,
}


def known(files: list[str], as_of: int, groups: list[list[int]]) -> pd.DataFrame:
    """Return the events that count, with a column for each group of streams."""
    names = ["enterprise", "stream", "occurred", "available", "withdrawn", "severity", "value"]
    read = pd.concat([pd.read_parquet(file, columns=names) for file in files])
    wanted = read["stream"].isin({stream for group in groups for stream in group})
    counted = (read["available"] < as_of) & (read["withdrawn"] >= as_of) & wanted
    table = read.loc[counted].reset_index(drop=True)
    table["at"] = pd.to_datetime(table.pop("occurred"), unit="D")
    for number, group in enumerate(groups):
        table[f"group{number}"] = table["stream"].isin(group)
    table["event"] = np.arange(len(table))
    return table.drop(columns=["stream", "available", "withdrawn"])


def city_of(events: pd.DataFrame, enterprises: int) -> ft.EntitySet:
    """Return the enterprises and their events."""
    city = ft.EntitySet("city")
    every = pd.DataFrame({"enterprise": np.arange(enterprises)})
    city.add_dataframe(dataframe_name="enterprises", dataframe=every, index="enterprise")
    city.add_dataframe(dataframe_name="events", dataframe=events, index="event", time_index="at")
    city.add_relationship("enterprises", "enterprise", "events", "enterprise")
    return city


def feature(city: ft.EntitySet, aggregate: dict[str, Any]) -> ft.Feature:
    """Return one aggregate as a feature of the enterprises."""
    events = city["events"].ww
    return ft.Feature(
        events[aggregate["field"] or "event"],
        parent_dataframe_name="enterprises",
        where=ft.Feature(events[f"group{aggregate['group']}"]) == True,  # noqa: E712  a feature
        primitive=PRIMITIVES[aggregate["operator"]],
    )


def calculated(
    city: ft.EntitySet, aggregates: list[dict[str, Any]], as_of: int, window: int
) -> npt.NDArray[np.float64]:
    """Return the values of the aggregates of one window, a row an enterprise."""
    found = ft.calculate_feature_matrix(
        [feature(city, aggregate) for aggregate in aggregates],
        city,
        cutoff_time=pd.Timestamp(as_of - 1, unit="D"),
        training_window=f"{window} days",
    )
    return found.sort_index().to_numpy(np.float64)


def main() -> None:
    """Calculate what is asked, once for each window."""
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    aggregates, as_of = asked["aggregates"], asked["as_of"]
    city = city_of(known(asked["files"], as_of, asked["groups"]), asked["enterprises"])
    out = np.empty((asked["enterprises"], len(aggregates)))
    windows = {aggregate["window"] for aggregate in aggregates}
    start = time.perf_counter()
    for window in windows:
        at = [n for n, aggregate in enumerate(aggregates) if aggregate["window"] == window]
        out[:, at] = calculated(city, [aggregates[n] for n in at], as_of, window)
    seconds = time.perf_counter() - start
    np.save(sys.argv[2], out)
    print(seconds)


if __name__ == "__main__":
    main()
