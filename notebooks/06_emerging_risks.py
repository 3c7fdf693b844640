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
# # 6 · Emerging risks
#
# Grades look at enterprises. Here the records are looked at the other way round, by product: does a
# hazard spread, since when, whom does it concern, and how soon would it have been seen?
#
# - **Needs** what `01_archive` left.
# - **Leaves** nothing.
# - **Takes** longest where detectors are tried on a market with outbreaks.

# %%
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import plotly.express as px

from xinheng.core import show
from xinheng.demo import open_course
from xinheng.earlywarning import Cases, Joint, Tally, Told
from xinheng.earlywarning.backtest import Onsets, at_budget, weekly
from xinheng.earlywarning.detectors import Hierarchical, Ratio
from xinheng.earlywarning.downgrading import draft_city
from xinheng.earlywarning.enterprises import warn_city
from xinheng.earlywarning.enterprises.warningpolicy import WarningPolicy
from xinheng.earlywarning.exposure import Exposure
from xinheng.earlywarning.products import Vocabulary
from xinheng.earlywarning.signals import gather, read_signals
from xinheng.earlywarning.standing import stand
from xinheng.earlywarning.watch import WatchSettings, naming, watch
from xinheng.grading.dynamic import open_gradings
from xinheng.ledger import Ledger
from xinheng.simulation.spreading import NOBODY, Spreading, spread_in

course = open_course()
archive = course.archive
last = int(archive.events().table["available"].to_numpy().max())
show(last)

# %% [markdown]
# ## Signals
#
# Lots that were tested, complaints, opinion, recalls, accidents and alerts, each under the name of
# its product, however it is written, and known from the day on which it came.

# %%
vocabulary = Vocabulary.default()
signals = read_signals(archive, naming=naming(vocabulary, last))
panel = gather(signals)
told = {"lots": panel.tests, panel.main: panel.cases} | panel.by_series | panel.by_product
pd.Series({name: len(rows.row) for name, rows in told.items() if rows is not None}, name="records")

# %%
month = pd.to_datetime(panel.cases.told, unit="D").to_period("M").to_timestamp()
failed = pd.DataFrame(
    {"month": month, "product": [panel.products[panel.product[row]] for row in panel.cases.row]}
)
counts = failed.value_counts().rename("failed samples").reset_index()
px.bar(counts.sort_values("month"), x="month", y="failed samples", color="product")

# %% [markdown]
# ## The watch
#
# At the end of a day it tells what is out of the ordinary, so strong that two alarms a week come of
# it, with the figures behind it. Nothing that came later is seen, so any day of the past can be
# asked for. Here it is a day on which something was found.

# %%
settings = WatchSettings(budget=2.0)
for day in range(last, last - 700, -28):
    found = watch(archive, day, settings)
    if found.alarms:
        break
print(show(day), f"{found.series} series, bar {found.bar.strength:.1f}")
for alarm in found.alarms:
    firm = "firm" if alarm.evidence["firm"] else "hint"
    print(f"{alarm.strength:5.1f} {firm}: {alarm.sentence['en']}")

# %% [markdown]
# ## Whom it concerns
#
# Those that failed come first, then makers, sellers, and who is tied to them, each with the reason.
# Names of products are codes of the vocabulary here.

# %%
codes = dict(zip(vocabulary.column("zh"), vocabulary.column("code"), strict=True))
products = [codes[alarm.product] for alarm in found.alarms if alarm.product in codes]
exposure = Exposure.read(archive, day)
for each in exposure.exposed(products or ["ho_fun"], most=5):
    print(f"{each.code} {each.role} {each.strength:.2f}: {each.reasons['en'][0]}")

# %% [markdown]
# ## What comes with a season
#
# Routine samples are not tested for everything. Standing rules watch for what comes with a season,
# such as bongkrekic acid in wet rice noodles from July to November.

# %%
for alarm in stand(exposure)[:3]:
    print(alarm.sentence["en"])

# %% [markdown]
# ## Enterprises about to get worse
#
# Rules of law tell what comes before worse: two penalties within a year, a licence that ends, an
# order whose day has passed. None of them is a model's guess; each rests on records.

# %%
warnings = warn_city(archive, last)
pd.Series(warnings.counts(), name="enterprises")

# %% [markdown]
# Where they suffice, a credit downgrade warning 信用降级警示 is drafted. A draft counts for
# nothing: a supervisor decides on it, it is served, and the enterprise is heard. Whoever drafts
# again, here on a ledger that is thrown away, drafts nothing twice.

# %%
with closing(Ledger("sqlite://")) as ledger:
    gradings = open_gradings(course.settings, ledger)
    first, again = (
        draft_city(gradings, ledger.downgrades, WarningPolicy.default(), last + 1,
                   at=datetime(2026, 1, 5, tzinfo=UTC), actor="course")
        for _ in range(2)
    )  # fmt: skip
print(f"drafted: {len(first.new)}, and when asked again: {len(again.new)}")
for each in first.new[:3]:
    ground = each.grounds[0]
    print(f"{each.draft.enterprise}: level {each.level} for {each.period} days")
    print(f"    {ground.text['en']} ({ground.basis})")

# %% [markdown]
# ## How soon would it have been seen?
#
# In a made-up market it is known what spread, and since when. The ratio counts failed lots; `joint`
# knows also how many were tested, and what people complain of. Both have two alarms a week.

# %%
size = Spreading(products=80)
market = spread_in(np.random.default_rng(6), 4 * 365, size)
lots, bad = market.lots, market.lots[market.lots["item"] >= 0]
names = tuple(f"product {each}" for each in range(size.products))
items = tuple(f"item {each}" for each in range(size.items))
cases = Cases.coded(names, items, bad["product"], bad["item"], bad["known"])
cases = replace(
    cases,
    tested=Tally.of(lots["product"], lots["known"]),
    told=tuple(
        Told(name, Tally.of(each["product"], each["known"]), size.products, cases.product)
        for name, each in market.told.items()
    ),
)
place = {pair: at for at, pair in enumerate(zip(cases.product, cases.hazard, strict=True))}
begun = [
    (at, known[0])
    for each in market.truth
    if not each.kin and each.supplier == NOBODY and (each.product, each.item) in place
    for at in [place[each.product, each.item]]
    for known in [cases.day[(cases.series == at) & (cases.day >= each.first + 25)]]
    if len(known) and 732 <= known[0] <= each.first + 207
]
onsets = Onsets(*np.array(begun, np.int32).reshape(-1, 2).T)
delays = {
    detector.name: at_budget(weekly(detector, cases, 732, 1460), onsets, 2.0).days
    for detector in (Ratio(), Hierarchical(), Joint())
}
table = pd.DataFrame(delays).melt(var_name="detector", value_name="days from the first case")
print(table.groupby("detector").mean().round(1))
px.strip(table, x="detector", y="days from the first case")
