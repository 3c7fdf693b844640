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
# # 6 · Emerging risks 新兴风险
#
# From records to signals, from signals to alarms, from an alarm to the enterprises that it
# concerns, and from rules to drafts of downgrade warnings 信用降级警示. In the end, a market in
# which it is known what spread tells how soon it would have been seen.
#
# - **Needs** what `01_archive` left.
# - **Leaves** alarms and drafts in the ledger of the course.
# - **Takes** a quarter of a minute.

# %%
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import plotly.express as px

from xinheng.core import day_of, show
from xinheng.demo import open_course
from xinheng.earlywarning import Cases, Joint, Tally
from xinheng.earlywarning.backtest import Onsets, at_budget, weekly
from xinheng.earlywarning.detectors import Ratio
from xinheng.earlywarning.downgrading import draft_city
from xinheng.earlywarning.enterprises.warningpolicy import WarningPolicy
from xinheng.earlywarning.exposure import Exposure
from xinheng.earlywarning.products import Vocabulary
from xinheng.earlywarning.signals import SOURCES, read_signals
from xinheng.earlywarning.watch import WatchSettings, look_and_keep, naming
from xinheng.grading.dynamic import open_gradings
from xinheng.ledger import Ledger
from xinheng.simulation.spreading import Spreading, spread_in

course = open_course()
archive, settings = course.archive, course.settings
known = archive.events().table["available"].to_numpy()
last = int(known[known < day_of(datetime.now(UTC))].max())
print(f"the last record became known on {show(last)}")

# %% [markdown]
# ## Signals
#
# Six kinds of records tell of hazards: samples that failed, alerts of agencies, complaints, bad
# press, recalls, accidents. Products are recognised by the names that people give them, and each
# record counts from the day on which it became known.

# %%
vocabulary = Vocabulary.default()
signals = read_signals(archive, SOURCES, naming(vocabulary, last)).to_pandas()
signals["month"] = pd.to_datetime(signals["available"], unit="D").dt.to_period("M").astype(str)
signals["source"] = signals["source"].map(dict(enumerate(each.kind for each in SOURCES)))
by_month = signals.groupby(["month", "source"]).size().reset_index(name="records")
px.line(by_month, x="month", y="records", color="source")

# %% [markdown]
# ## Alarms
#
# A look at the end of a day tells which series are out of the ordinary, as many a week as people
# can look into. To look again at the same day, on the same records, tells nothing anew.

# %%
ledger = Ledger.open(settings)
now = datetime.now(UTC)
looked = look_and_keep(
    archive, ledger.watch, last, WatchSettings(budget=1.0), at=now, actor="course"
)
print(f"{looked.run.series} series, {len(looked.alarms)} alarms at the end of {show(last)}")
for each in looked.alarms[:5]:
    print("-", each.told.series.kind, each.told.sentence["zh"])

# %%
for each in looked.alarms[-2:]:
    print(each.told.sentence["en"])
    print("  records:", ", ".join(each.told.records[:3]))

# %% [markdown]
# ## Whom it concerns
#
# Who failed, who makes it, who sells it, who shares a site or an owner with those: in order, each
# with the reason.

# %%
exposure = Exposure.read(archive, last)
concerned = exposure.exposed(["wet_rice_noodles"], most=8)
pd.DataFrame(
    {
        "enterprise": each.code,
        "role": each.role,
        "strength": round(each.strength, 2),
        "why": "；".join(each.reasons["zh"]),
    }
    for each in concerned
)

# %% [markdown]
# ## Warnings of enterprises
#
# Rules of law tell of enterprises before their grade does. Where they suffice, a downgrade warning
# is drafted: what a supervisor decides on. Nothing of it counts before a person has, and before
# the enterprise was heard.

# %%
drafted = draft_city(
    open_gradings(settings, ledger),
    ledger.downgrades,
    WarningPolicy.default(),
    last + 1,
    at=now,
    actor="course",
)
pd.Series(drafted.warnings.counts()).loc[lambda counts: counts > 0].to_frame("enterprises")

# %%
with closing(ledger):
    for each in drafted.drafts[:3]:
        print(f"{each.case.draft.enterprise}: {each.case.level} for {each.case.period} days")
        print("  ", each.case.grounds[0].text["zh"], each.case.grounds[0].basis)
print(f"drafted: {len(drafted.new)}, of {len(drafted.drafts)} that are asked for")

# %% [markdown]
# ## How soon would it have been seen?
#
# In a made-up market it is known what spread, and since when. Two detectors read the same samples,
# each at one alarm a week: the ratio to what is usual, and ours.

# %%
size = Spreading(products=40, items=40)
market = spread_in(np.random.default_rng(7), 3 * 365, size)
failed = market.lots[market.lots["item"] >= 0]
names = tuple(f"product {each}" for each in range(size.products))
items = tuple(f"item {each}" for each in range(size.items))
cases = replace(
    Cases.coded(names, items, failed["product"], failed["item"], failed["known"]),
    tested=Tally.of(market.lots["product"], market.lots["known"]),
)
place = {pair: at for at, pair in enumerate(zip(cases.product, cases.hazard, strict=True))}
spread = [each for each in market.truth if (each.product, each.item) in place]
series = np.array([place[each.product, each.item] for each in spread], np.int32)
began = np.array([each.first for each in spread], np.int32)
late = began > 365
onsets = Onsets(series[late], began[late])
delays = {
    detector.name: at_budget(weekly(detector, cases, 361, 3 * 365), onsets, 1.0).days
    for detector in (Ratio(), Joint())
}
print({name: round(float(days.mean()), 1) for name, days in delays.items()}, "days on average")
px.ecdf(pd.DataFrame(delays), labels={"value": "days until it was told", "variable": "detector"})
