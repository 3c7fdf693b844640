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
# # 2 · Indicators 指标
#
# A model sees no records. It sees **indicators**: numbers computed from records, each declared
# once, in a few lines, from which follow its computation, its evidence, its page in the handbook
# and its place in every model. There are sixty-three, and some forty on the history of inspections
# (`IH`) beside them; at the end you add one of your own.
#
# - **Needs** the archive from `01_archive`.
# - **Leaves** `indicators.json`: the catalogue with your indicator, for `03_training`.
# - **Takes** seconds.

# %%
import pandas as pd
from plotly.graph_objects import Figure

from xinheng.core import months, show
from xinheng.demo import open_course
from xinheng.features import (
    Cases,
    Events,
    Indicator,
    compute,
    count,
    evidence,
    hindsight,
    recompute,
    standard_catalogue,
    survey,
    unmatched,
)
from xinheng.training import coverage_plot, read_references, spread_plot

course = open_course()
archive = course.archive
events = Events.from_view(archive.events())
catalogue = standard_catalogue().select(use="grade")  # those that may decide a grade
references = read_references(archive, catalogue, events)

# %% [markdown]
# ## The sixty-three
#
# In five dimensions: basic conditions `BC`, rights and licences `RL`, penalties and negative lists
# `PN`, checks and complaints `CC`, efforts and awards `EA`.
# `direction` 1 means that more of it can never lower the risk, whatever the data say; -1 the
# reverse; 0 leaves it to the data. `populations` are those to whom it applies: market entities,
# licensed food operators, food producers.

# %%
regulated = catalogue.select(ids=[each.id for each in catalogue if each.dimension != "IH"])
pd.DataFrame(
    [
        {
            "id": each.id,
            "zh": each.zh,
            "en": each.en,
            "direction": each.direction,
            "populations": " ".join(each.populations),
            "window": each.window,
        }
        for each in regulated
    ]
).set_index("id")

# %% [markdown]
# ## Who has a value
#
# Two things are not the same. An indicator may **not apply** (a restaurant has no production
# licence): blank. Or it applies and no record says anything, so that it is **missing**: the paler,
# then orange, the more of them. What is missing counts as its declaration says, so that keeping
# silent does not pay.

# %%
as_of = int(events.available.max()) + 1  # the first day that sees all that came
rows = pd.DataFrame({"enterprise": sorted(set(events.enterprise.tolist())), "as_of": as_of})
found = survey(regulated, events, rows, references=references)
Figure(coverage_plot(regulated, found.statuses))

# %% [markdown]
# ## One value, down to its records
#
# PN06 counts the administrative penalties of three years. Its spread over all to whom it applies,
# and then the enterprise with the most:

# %%
name = "PN06"
Figure(spread_plot(catalogue[name], found.spreads[name]))

# %%
matrix = compute(regulated, events, rows, references=references)
enterprise = int(matrix[name].idxmax()[0])
why = evidence(catalogue, name, events, enterprise, as_of, references=references)
assert recompute(why) == why.value  # the records below yield the value, to the last bit
origins = archive.lineage(enterprise, as_of)
table = why.table()[["effect", "record", "kind", "code"]]
table["happened"] = [show(each) for each in why.table()["occurred"]]
table["delivered by"] = [origins[each].department for each in table["record"]]
print(f"{catalogue[name].en} of enterprise {enterprise} as of {show(as_of)}: {why.value:g}")
table.head(8)

# %% [markdown]
# ## One of your own
#
# How many orders to rectify 责令改正 does an inspection end in? A pattern `kind` or `kind:code`
# says which records count (`docs/data-catalogue.md` lists them). Change what you like and run on.

# %%
own = Indicator(
    id="OWN_ORDERS",
    zh="近三年每次检查责令改正数",
    en="Orders to rectify per inspection, three years",
    dimension="CC",
    unit_zh="件/次",
    unit_en="orders per inspection",
    expression=count("rectification", window=months(36)) / count("inspection", window=months(36)),
    direction=1,
    missing=0,  # without an inspection nothing can be divided
    bounds=(0, 3),
    bands="0:0; <=.5:.3; .5-1:.7; >1:1",
    formula="count(orders to rectify) / count(inspections)",
    formula_zh="近 36 个月责令改正件数与监督检查次数之比",
    window="36m",
    basis="design; Order49",
)
extended = catalogue.extended(own)

# %% [markdown]
# What cannot be meant is refused when it is declared: an unknown kind, a direction in words, an id
# that is taken. Try one. Whether a *code* exists only the records can tell, so ask them; an empty
# list is what you want.

# %%
[each for each in unmatched(extended, events.vocabulary) if each.indicator == own.id]

# %% [markdown]
# Its spread and its evidence come with it:

# %%
alone = extended.select(ids=[own.id])
seen = survey(alone, events, rows)
Figure(spread_plot(own, seen.spreads[own.id]))

# %%
seen.statuses.loc[own.id]

# %%
worst = int(compute(alone, events, rows)[own.id].idxmax()[0])
why = evidence(alone, own.id, events, worst, as_of)
assert recompute(why) == why.value
why.table()[["effect", "kind", "code", "value"]].head(8)

# %% [markdown]
# ## Does it see the future?
#
# Every value as of a past day is computed twice: from all records, and from those known before
# that day with all that was told later undone. The result holds whatever differs. It must be empty,
# for yours as for the sixty-three. (`xinheng leaks` asks the same of the whole way from the files
# of a delivery on, mappings and labels among them: `docs/training.md`.)

# %%
past = as_of - 730
leaks = hindsight(
    extended,
    events,
    past,
    cases=Cases.from_table(archive.cases()),
    bans=Events.from_view(archive.bans()),
)
assert leaks == {}
print(
    f"{len(extended)} indicators as of {show(past)}: {leaks or 'no value rests on what came later'}"
)

# %% [markdown]
# ## Hand it on
#
# A catalogue is a text; reading one executes nothing. On the command line it is
# `xinheng indicators explain OWN_ORDERS --indicators out/course/indicators.json`.

# %%
path = course.folder / "indicators.json"
path.write_text(extended.to_json(), encoding="utf-8")
print(
    f"{len(extended)} indicators, {path.stat().st_size:,} bytes, "
    f"fingerprint {extended.fingerprint[:12]}"
)

# %% [markdown]
# ## Read on
#
# `docs/indicators.md` is the handbook of the sixty-three; `src/features/indicators/` their
# declarations, where one of yours goes once it has proved itself. Next: `03_training`.
