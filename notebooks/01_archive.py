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
# # 1 · The archive 信用档案
#
# A grade is only as honest as the records under it. Here some seventy departments of a made-up
# city deliver their files; each row becomes a record, or is set aside with its faults; and every
# record knows three days: when it **happened**, when the authority **knew** it, and from when on
# it is **usable** here. A model that learns from what was not yet usable looks better than it is.
#
# - **Needs** nothing.
# - **Leaves** an archive in `out/course/`, which the next four notebooks read.
# - **Takes** about a minute the first time; after that it is there.
#
# To work on an archive of your own, set `XINHENG_ARCHIVE` to its folder before Jupyter starts
# (`docs/bring-your-own-data.md` says how records get into one).

# %%
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime

import pandas as pd
from plotly.graph_objects import Figure

from xinheng.core import day, show
from xinheng.demo import open_course, settle_city
from xinheng.training import file_plot, lateness_plot

# %% [markdown]
# ## Deliveries
#
# `settle_city` makes the city up and takes its deliveries in. The moment is written down, not
# asked of a clock, so that every rerun gives the same bytes.

# %%
course = open_course()
archive = settle_city(course, at=datetime(2026, 1, 1, tzinfo=UTC))
print(
    f"{archive.sequence} deliveries, {archive.size:,} events, "
    f"{len(archive.enterprises()):,} enterprises"
)

# %% [markdown]
# Every row that came is counted once: accepted, duplicate, quarantined, in review (whose it is, a
# person has to say), or skipped for a reason that the mapping declares.

# %%
statuses = archive.overview()
rows = pd.DataFrame([{"source": each.source} | asdict(each.rows) for each in statuses])
assert (rows.drop(columns=["source", "read"]).sum(axis=1) == rows["read"]).all()
rows.set_index("source").sort_values("read", ascending=False).head(12)

# %% [markdown]
# ## Quarantine
#
# A row that breaks its contract is kept as it came, with *every* fault it has, and can be tried
# again once the mapping or the file is mended. First the commonest faults, then such rows.

# %%
faults = sum((Counter(each.faults) for each in statuses), Counter())
pd.Series(dict(faults.most_common(8)), name="rows").to_frame()

# %%
archive.held("quarantined").to_pandas()[["file", "row", "source_row", "faults"]].head(3)

# %% [markdown]
# ## How late records are known
#
# Each bar is a kind of record: blue was known within a week of happening, orange took longer. A
# court's judgment may take a year. Ask yourself what a model would learn that used each record
# from the day on which it *happened*.

# %%
Figure(lateness_plot(statuses))

# %% [markdown]
# ## One credit file
#
# All that is known of one enterprise, as of a day. We take the one that was inspected most.

# %%
as_of = day("2026-01-01")
inspected = Counter(archive.records("inspection")["enterprise"].to_pylist())
identifier = inspected.most_common(1)[0][0]
kinds = ("inspection", "penalty", "rectification", "complaint", "sampling", "licence")
file = archive.credit_file(identifier, as_of, kinds)
pd.DataFrame(
    [
        {
            "record": f"{each.zh} {each.en}",
            "happened": each.occurred,
            "known": each.known,
            "usable from": each.available,
            "state": each.state,
            "delivered by": each.origin.department,
            "row": each.origin.row,
        }
        for each in file[:12]
    ]
)

# %% [markdown]
# Hollow: when it happened. Filled: from when on it may be used; the line between is the delay.

# %%
Figure(file_plot(file))

# %% [markdown]
# ## What was known when
#
# Take the record that took longest. On the day after it happened nobody knew; a file as of that day
# is without it, today as then, and no later delivery changes that. All training rows are built in
# this way.

# %%
late = max(file, key=lambda each: each.available - each.occurred)
for title, then in (("after it happened", late.occurred), ("after it was known", late.available)):
    known = archive.credit_file(identifier, day(then) + 1, kinds)
    there = late.record in {each.record for each in known}
    print(f"{title}, {show(day(then) + 1)}: {len(known)} records, this one among them: {there}")

# %% [markdown]
# ## Read on
#
# `docs/archive.md` has the rules, `docs/data-catalogue.md` every field of every kind of record,
# `docs/city.md` what the made-up city is and is not. Next: `02_indicators`.
