# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # An indicator of your own
#
# An indicator is one declaration. Its computation, its evidence, its place in the model and its
# page in the handbook follow from it, and it travels inside the bundle to wherever grades are
# given. Here one is declared, looked at on a small made-up city, trained with, and found again in
# the bundle. Everything is written to a folder of its own and thrown away at the end.

# %%
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from xinheng.archive import Archive, read_source
from xinheng.core import day, months, show
from xinheng.core.errors import XinhengError
from xinheng.core.settings import load_settings
from xinheng.features import (
    Catalogue,
    Events,
    Indicator,
    compute,
    count,
    evidence,
    recompute,
    standard_catalogue,
    survey,
    unmatched,
)
from xinheng.features.wording import told
from xinheng.grading import load_trusted_keys, open_book, read_bundle
from xinheng.ledger import Ledger
from xinheng.simulation import simulate
from xinheng.training import Task, open_key, train

root = Path(__file__).parents[1] if "__file__" in globals() else Path.cwd().parent
work = tempfile.TemporaryDirectory()
folder = Path(work.name)

# %% [markdown]
# ## Declare it
#
# How many orders to rectify 责令改正 does an inspection of an enterprise end in? A pattern `kind`
# or `kind:code` says which records count; kinds and codes stand in `docs/data-catalogue.md`.
# Without any inspection nothing can be divided: `missing` says what that counts as. A direction of
# 1 lets no model say that more of it is safer.

# %%
YEARS = months(36)
own = Indicator(
    id="OWN_ORDERS",
    zh="近三年每次检查责令改正数",
    en="Orders to rectify per inspection, three years",
    dimension="CC",
    unit_zh="件/次",
    unit_en="orders per inspection",
    expression=count("rectification", window=YEARS) / count("inspection", window=YEARS),
    direction=1,
    missing=0,
    bounds=(0, 3),
    bands="0:0; <=.5:.3; .5-1:.7; >1:1",
    formula="count(orders to rectify) / count(inspections)",
    formula_zh="近 36 个月责令改正件数与监督检查次数之比",
    window="36m",
    basis="design; Order49",
)
print(told(own.expression))
print(told(own.expression, "zh"))

# %% [markdown]
# ## What cannot be meant is refused
#
# At once, and with what there is instead.

# %%
MISTAKES = {
    "a kind that no record has": lambda: count("inspections"),
    "a window in words": lambda: count("inspection", window="36m"),
    "a part of another operator": lambda: count("inspection", by="day"),
    "no number for what is missing": lambda: replace(own, missing=None),
    "a dimension of one's own": lambda: replace(own, dimension="OWN"),
    "a direction in words": lambda: replace(own, direction="riskier"),
    "silence that grades better": lambda: replace(own, disclosure=True),
    "an id that is taken": lambda: standard_catalogue().extended(replace(own, id="PN07")),
    "the neighbourhood in a grade": lambda: replace(own, expression=count("enterprise.district")),
}
for mistake, declare in MISTAKES.items():
    try:
        declare()
    except XinhengError as error:
        print(f"{mistake}:\n    {error}")
    else:
        raise AssertionError(mistake)

# %% [markdown]
# ## A city to look at it
#
# Four departments of a small made-up city: the register, licences, inspections and complaints.

# %%
city = simulate(folder / "city", seed=1, enterprises=700, producers=120)
archive = Archive(folder / "archive")
for source in ("city-registry", "city-licensing", "city-market", "city-complaints"):
    receipt = archive.ingest(
        read_source(root / "data" / "sources" / source),
        folder / "city" / "deliveries" / source,
        received=datetime(2026, 1, 1, tzinfo=UTC),
    )
    print(source, receipt.delivery.records)
view = archive.events()
events = Events.from_table(view.table, view.vocabulary)

# %% [markdown]
# Whether a *code* exists can only be told of records that came. A pattern that matches none counts
# nothing, for ever; so ask.

# %%
catalogue = standard_catalogue().extended(own).select(use="grade")
mistyped = replace(own, expression=count("complaint:*.hygeine.*"))
alone = catalogue.select(ids=["OWN_ORDERS"])
print(len(unmatched(alone, events.vocabulary)), "patterns match nothing")
for problem in unmatched(standard_catalogue().extended(mistyped), events.vocabulary):
    if problem.indicator == mistyped.id:
        print(problem)

# %% [markdown]
# ## Values, their spread and their evidence
#
# Missing is not the same as not applicable: the survey counts them apart, by population.

# %%
as_of = day("2026-01-01")
known = pd.DataFrame({"enterprise": sorted(set(events.enterprise.tolist())), "as_of": as_of})
matrix = compute(alone, events, known)
found = survey(alone, events, known)
print(found.statuses.loc["OWN_ORDERS"])
spread = found.spreads["OWN_ORDERS"]
print(f"mean {spread.mean:.3f}, quantiles {spread.quantiles}")
print(pd.Series(spread.bands, name="share").to_string(float_format="{:.1%}".format))

# %%
worst = int(matrix["OWN_ORDERS"].idxmax()[0])
why = evidence(alone, "OWN_ORDERS", events, worst, as_of)
assert recompute(why) == why.value
print(f"{why.value:.3f} rests on {len(why.events)} records as of {show(as_of)}:")
print(why.table()[["share", "kind", "code", "occurred", "available"]].to_string(index=False))

# %% [markdown]
# ## Train with it
#
# The catalogue is an argument. (A small task, for the time it takes, and MLflow left out.)

# %%
task = Task(
    learners=("constant", "lightgbm"),
    boosting={"rounds": (25, 50), "least_rows": 20},
    bootstrap={"draws": 200},
)
settings = load_settings(
    archive=folder / "archive",
    bundles=folder / "bundles",
    ledger=f"sqlite:///{folder}/ledger.db",
    keys=folder / "keys",
)
result = train(
    archive,
    task,
    settings,
    key=open_key(settings.keys),
    at=datetime(2026, 1, 1, tzinfo=UTC),
    actor="notebook",
    catalogue=catalogue,
    tracking=False,
)
for name, measure in result.card.measures.items():
    print(f"{name}: {measure.value:.3f} ({measure.lower:.3f} to {measure.upper:.3f})")

# %% [markdown]
# ## It travels in the bundle
#
# Whoever reads the bundle has the declaration; nothing of it is code. The fingerprint is another
# than that of the standard catalogue, so that the two are never taken for each other.

# %%
bundle = read_bundle(result.bundle, load_trusted_keys(settings.keys))
assert bundle.catalogue["OWN_ORDERS"] == own
assert bundle.catalogue.fingerprint == catalogue.fingerprint
assert bundle.catalogue.fingerprint != standard_catalogue().select(use="grade").fingerprint
booster = bundle.blend.booster
gain = dict(zip(booster.feature_name(), booster.feature_importance("gain"), strict=True))
print("fingerprint", bundle.catalogue.fingerprint[:16])
rank = sorted(gain, key=gain.get, reverse=True).index("OWN_ORDERS") + 1
print(f"rank {rank} of {len(gain)} by gain")

# %% [markdown]
# ## Score with it
#
# The champion's bundle computes what it was trained on: no declaration is installed anywhere.

# %%
ledger = Ledger(settings.ledger)
book = open_book(settings, ledger)
grades = book.grades(book.known(as_of), as_of)
print(grades["level"].value_counts().to_string())
values = book.matrix([worst], as_of)
assert values["OWN_ORDERS"].item() == why.value
grade = book.grade(worst, as_of)
print(grade.level, f"{grade.probability:.3f}")

# %% [markdown]
# ## On the command line
#
# A catalogue is a file, too, and reading it executes nothing:
#
# ```sh
# xinheng indicators explain OWN_ORDERS --indicators own.json
# xinheng indicators handbook --indicators own.json --output own.md
# xinheng train --indicators own.json
# ```
#
# An indicator that has proved itself goes into a module of `src/features/indicators/`.

# %%
file = folder / "own.json"
file.write_text(standard_catalogue().extended(own).to_json(), encoding="utf-8")
read = Catalogue.from_json(file.read_text(encoding="utf-8"))
assert read == standard_catalogue().extended(own)
print(file.stat().st_size, "bytes hold", len(read), "indicators")

# %%
ledger.close()
work.cleanup()
