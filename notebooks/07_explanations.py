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
# # 7 · Explanations
#
# An enterprise asks: why this level, why not the one of last year, what can I do? Here one made-up
# enterprise is answered, down to its records and with dates; and then the model as a whole, for
# those who have to answer for it.
#
# - **Needs** what `03_training` left.
# - **Leaves** `why.html`, the sheet of that enterprise, two pages to print.
# - **Takes** longest where a dozen enterprises are asked what would improve their level.

# %%
import pandas as pd
from plotly.graph_objects import Figure

from xinheng.core import show
from xinheng.demo import open_course
from xinheng.explaining import (
    Given,
    Standpoint,
    Subject,
    describe,
    explain,
    explain_movement,
    find_remedies,
    overview,
    plot_dependence,
    plot_dimensions,
    plot_importance,
    plot_interactions,
    plot_movement,
    plot_reliability,
    plot_timeline,
    plot_waterfall,
    render_sheet,
    stability,
)
from xinheng.grading import GradeBook, load_trusted_keys, read_bundle

course = open_course()
archive, settings = course.archive, course.settings
digest = course.left("challenger.txt").read_text("utf-8")
bundle = read_bundle(settings.bundles / digest, load_trusted_keys(settings.keys))
book = GradeBook(archive, bundle)
as_of = int(book.events.available.max()) + 1
everyone = book.known(as_of)
grades = book.grades(everyone, as_of)
grades["level"].value_counts(sort=False).to_frame()

# %% [markdown]
# ## Why this level
#
# Of the dozen of the highest probability we take the one that has the most ways to a better level,
# which are looked at below. The bars lead from what the model expects where nothing is known to the
# risk score: to the right, higher risk. The dotted lines are the cut points, mapped back to the
# score; beyond each the next level begins. Point at a bar for the value behind it.

# %%
asked = {"references": book.references}
worst = grades["probability"].nlargest(12).index.get_level_values("enterprise").tolist()
ways = {each: find_remedies(book.scorer, book.events, each, as_of, **asked) for each in worst}
enterprise = max(worst, key=lambda each: len(ways[each].outcomes))
identifier = archive.enterprises()["id"][enterprise].as_py()
print(f"asked of: {identifier}")
origins = book.lineage(enterprise, as_of)
why = explain(book.scorer, book.events, enterprise, as_of, origins=origins, **asked)
Figure(plot_waterfall(why, "en"))

# %% [markdown]
# Every figure says in words what it shows, for those who cannot see it:

# %%
print(describe(plot_waterfall(why, "en")))

# %%
Figure(plot_dimensions(why, "en"))

# %% [markdown]
# It is exact: the reasons and the base sum to the score, and what a reason does is shared among its
# records.

# %%
assert abs(why.base + sum(each.contribution for each in why.reasons) - why.grade.margin) < 1e-9
pd.DataFrame(
    [
        {
            "indicator": name,
            "record": each.origin.number if each.origin else each.record,
            "occurred": show(each.occurred),
            "effect": each.contribution,
        }
        for name, records in why.records.items()
        for each in records
        if each.share
    ]
).head(8)

# %% [markdown]
# ## Since when
#
# The levels as they would have been given month by month, by this model; and below, for how long
# each record counts if nothing else is told of it.

# %%
days = [day for day in range(as_of - 720, as_of, 30) if enterprise in book.known(day)]
given = [Given(day, book.grade(enterprise, day).level) for day in days]
Figure(plot_timeline(given, why, "en"))

# %% [markdown]
# ## Why it moved
#
# Everything that changed within a year is a player, and its part is a Shapley value: the parts sum
# to the whole difference, and depend on no order. Time itself is one of the players.

# %%
then, now = (Standpoint(book.scorer, book.events, day, **asked) for day in (as_of - 365, as_of))
moved = explain_movement(then, now, enterprise)
Figure(plot_movement(moved, "en"))

# %% [markdown]
# ## What would improve it
#
# All sets of up to three steps, each with its law and its wait, on every day on which a grade is
# given. What nobody can change is never proposed; where there is no row, nothing does it. All of it
# supposes that nothing else is told.

# %%
remedies = ways[enterprise]
pd.DataFrame(
    [
        {
            "level": str(each.level),
            "from": show(each.day),
            "until": "" if each.until is None else show(each.until),
            "steps": "; ".join(step.action.en for step in each.steps) or "wait",
        }
        for each in remedies.outcomes
    ]
)

# %% [markdown]
# ## How firm it stands
#
# The same as of a few days earlier or later, and with any single record left out. A level that
# hangs on one record is no less lawful, but whoever looks at it should look at that record first.

# %%
firm = stability(book.scorer, book.events, enterprise, as_of, **asked)
print(f"{len(firm.variants)} small changes, {firm.kept:.0%} of which keep level {firm.level}")
print(f"of the five strongest reasons {firm.shared:.0%} stay, on average")
print(
    "it hangs on", ", ".join(origins[each].number for each in firm.decisive) or "no single record"
)

# %% [markdown]
# ## The sheet
#
# All of it for the enterprise itself, with how to object. `xinheng explain ID --sheet why.html`
# does the same.

# %%
subject = Subject(identifier, bundle, archive.sequence)
page = render_sheet(subject, why, movement=moved, remedies=remedies, language="en")
(course.folder / "why.html").write_text(page, encoding="utf-8")
print(course.folder / "why.html")

# %% [markdown]
# ## The model as a whole
#
# What it looks at, over all enterprises. Contributions are the arithmetic of the model, not causes.

# %%
whole = overview(bundle.blend, bundle.catalogue, book.matrix(everyone, as_of), pairs=300)
Figure(plot_importance(whole, bundle.catalogue, "en"))

# %% [markdown]
# How the strongest one acts along its values: the line is the mean, the band goes from the least to
# the most. A band that is wide where the line is flat says that others decide there.

# %%
strongest = bundle.catalogue[str(whole.importance.index[0])]
Figure(plot_dependence(whole, strongest, "en"))

# %% [markdown]
# Whether dimensions act by themselves, or because of each other. What is off the diagonal can be
# told of no dimension alone.

# %%
Figure(plot_interactions(whole, "en"))

# %% [markdown]
# And whether its promises were kept: of test rows in ten groups of like probability, how many were
# promised and how many came. The card of every bundle holds this, so it can be drawn wherever the
# bundle is.

# %%
tenths = [each for each in bundle.card.groups if each.by == "probability"]
Figure(plot_reliability(tenths, "en"))

# %% [markdown]
# ## Read on
#
# `docs/explanations.md` says how all of this is computed, and against what it was tested. With
# `language="zh"`, or no language at all, every figure and the sheet speak Chinese.
