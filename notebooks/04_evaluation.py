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
# # 4 · Evaluation
#
# Is the challenger better, or was it luck? For whom is it worse? Does a 10 % mean 10 %? Every
# number here has an interval, every comparison is of pairs on the same rows, and what cannot be
# told apart is said to be open.
#
# - **Needs** what `03_training` left.
# - **Leaves** nothing but what you now know.
# - **Takes** seconds: nothing is trained again.

# %%
from plotly.graph_objects import Figure

from xinheng.core import show
from xinheng.demo import open_course
from xinheng.explaining import explain, plot_waterfall, to_text
from xinheng.features import Events
from xinheng.grading import GradeBook, load_trusted_keys, read_bundle
from xinheng.training import (
    auc_by_group,
    breakdown,
    capacity_curve,
    capacity_plot,
    differences_plot,
    evaluate,
    rate_by_group,
    read_judged,
    reliability,
    reliability_plot,
    traits,
)

course = open_course()
archive, settings = course.archive, course.settings
judged = read_judged(course.left("judged.parquet"))
cohort, scores = judged.cohort, judged.scores
task = course.task
draws = task.bootstrap
print(
    f"{len(cohort):,} test rows, {int(cohort.label.sum())} positive; "
    f"models: {', '.join(scores.probability)}"
)

# %% [markdown]
# ## With it and without it
#
# `lightgbm` is the challenger, with your indicator; `in_force` the same without it; `logistic` a
# logistic regression on all the challenger sees. In each draw of enterprises all models are
# measured on the same rows, and one subtracted from the other. Where a bar leaves out the dotted
# zero the two differ; where it does not, you cannot say so, whatever the dot.

# %%
compared = evaluate(cohort, scores, capacity=task.capacity, planning=task.planning, draws=draws)
Figure(differences_plot(compared, "lightgbm", "auc"))

# %% [markdown]
# The AUC looks at the order alone. The log loss looks at the probabilities, and less of it is
# better: bars on the left speak for the challenger.

# %%
Figure(differences_plot(compared, "lightgbm", "log_loss"))

# %%
for rival in ("in_force", "logistic"):
    value, lower, upper = compared.difference("lightgbm", rival, "auc")
    verdict = "better" if lower > 0 else "worse" if upper < 0 else "open"
    print(f"AUC, challenger less {rival}: {value:+.4f} ({lower:+.4f} to {upper:+.4f}): {verdict}")

# %% [markdown]
# In a small city most verdicts are open, and an indicator that tells the model nothing new moves
# nothing: that is an answer. Do not try indicators until one looks better on *these* rows; of
# twenty that are worth nothing, one will.

# %% [markdown]
# ## Does a probability mean what it says?
#
# Test rows in about ten groups of like probability: how many were promised, how many came. Dots on
# the dashed line are right; the scale is logarithmic, since most chances are small.

# %%
seen = reliability(cohort.label, scores.probability["lightgbm"], cohort.enterprise)
Figure(reliability_plot(seen))

# %% [markdown]
# ## What it is worth at your capacity
#
# Inspect the highest scores first: what share of the violations is found by what share of the
# inspections? An authority that can visit one in five reads the curve at 20 %.

# %%
curve = capacity_curve(cohort, scores, planning=task.planning, draws=draws)
Figure(capacity_plot(curve))

# %% [markdown]
# ## For whom
#
# A model may be right on average and wrong for some. Group by group, with n: the order inside the
# group, and what was predicted beside what came. Districts and sizes are never an input; they are
# what it is held against. Groups with fewer than ten rows of either outcome, or than thirty
# enterprises, are not measured.

# %%
events = Events.from_view(archive.events())
known = traits(archive, events, cohort.enterprise, cohort.as_of, task.sizes)
by_population = breakdown("population", judged.population, cohort, scores, draws=draws)
Figure(auc_by_group(by_population, compared.estimate("lightgbm", "auc")))

# %%
by_district = breakdown("district", known["district"], cohort, scores, draws=draws)
Figure(rate_by_group(by_district))

# %%
for each in (by_population, by_district):
    for measure, gap in each.gaps.items():
        value, lower, upper = gap.difference
        print(
            f"{each.by}, {measure}: largest gap {gap.high} over {gap.low}, {value:.3f} "
            f"({lower:.3f} to {upper:.3f}): {'beyond chance' if gap.real else 'could be chance'}"
        )

# %% [markdown]
# ## Why one enterprise has its grade
#
# Exact contributions: with the base they sum to the risk score, which the cut points turn into a
# level. We take the highest probability as of the first day that sees all records.

# %%
digest = course.left("challenger.txt").read_text("utf-8")
bundle = read_bundle(settings.bundles / digest, load_trusted_keys(settings.keys))
book = GradeBook(archive, bundle)
as_of = int(events.available.max()) + 1
grades = book.grades(book.known(as_of), as_of)
enterprise = int(grades["probability"].idxmax()[0])
why = explain(
    book.scorer,
    book.events,
    enterprise,
    as_of,
    references=book.references,
    origins=book.lineage(enterprise, as_of),
)
Figure(plot_waterfall(why, "en"))

# %%
print(to_text(why, f"enterprise {enterprise}, {show(as_of)}"))

# %% [markdown]
# ## The report
#
# All of this and more, for those who decide, is one page that needs no network: open
# `out/course/model.html`.

# %%
print(course.left("model.html"))

# %% [markdown]
# ## Read on
#
# `docs/training.md` explains every figure of the report. Now go back: change the indicator at the
# end of `02_indicators`, run `03_training` and this notebook again. Next: `05_promote`.
