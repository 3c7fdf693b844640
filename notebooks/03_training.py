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
# # 3 · Training
#
# Which enterprise will violate within the horizon? We learn from days in the past: for each row
# (an enterprise, a day) the indicators as they stood that day, and what then came out. Two models
# are trained, with the sixty-three indicators and with yours added, on the same rows.
#
# - **Needs** `01_archive`, and `indicators.json` from `02_indicators`.
# - **Leaves** two signed bundles, the first of them in force; `judged.parquet`, what every model
#   said of the test rows; and `model.html`, the second one's report.
# - **Takes** a minute.

# %%
from datetime import UTC, datetime

import pandas as pd
from IPython.display import Markdown
from plotly.graph_objects import Figure

from xinheng.demo import open_course
from xinheng.features import Catalogue, standard_catalogue
from xinheng.grading import load_trusted_keys, read_bundle
from xinheng.training import (
    Judged,
    blocks,
    folds_plot,
    measure_plot,
    open_key,
    read_inputs,
    render_assessment,
    strength_plot,
    train,
)

course = open_course()
archive, settings = course.archive, course.settings
extended = Catalogue.from_json(course.left("indicators.json").read_text("utf-8"))

# %% [markdown]
# ## The task
#
# Who is looked at, on which days, and what counts as a violation stands in a file,
# `task.toml` in the folder of a source, and not in code. To learn something else, write another
# and read it by `read_task`.

# %%
task = course.task
print(task.title)
print(task.label)

# %%
inputs = read_inputs(archive, task, extended.select(use="grade"))
cohort = inputs.cohort
print(f"{len(cohort):,} rows, {cohort.label.mean():.1%} positive")
print(f"{cohort.unlabelled:,} more have no outcome, or none yet")
inputs.matrix.iloc[:3, :6]

# %% [markdown]
# ## A label that is not yet known
#
# What happens within a year of 1 October is known a year later, at the earliest. So a model that
# is to be tested from a **cut** on may use only rows whose outcome was settled *and known* before
# that day. The grey rows lie before the cut and are left out: on that day nobody knew how they
# would end. Most leaks of this kind of work are a grey row that was trained on.

# %%
Figure(folds_plot(cohort, [inputs.test, *inputs.rolling]))

# %% [markdown]
# Depth, number of trees, penalty: all that has to be chosen is chosen *inside* the training rows,
# out of time again. Each block below is predicted by a fit on what was known before it; these
# predictions also calibrate the model. The test rows above decide nothing.

# %%
known = cohort.take(inputs.test.train)
Figure(folds_plot(known, blocks(known, count=task.blocks)))

# %% [markdown]
# ## The model in force
#
# `train` fits every learner of the task, compares them, and makes a signed bundle of the LightGBM
# model. This first one has the sixty-three and is promoted: from now on it grades. `at` and
# `actor` say when and by whom, for the ledger.

# %%
given = {
    "key": open_key(settings.keys),
    "at": datetime(2026, 1, 1, tzinfo=UTC),
    "actor": "course",
}
first = train(archive, task, settings, catalogue=standard_catalogue(), tracking=False, **given)
print("in force:", first.digest[:16])

# %% [markdown]
# ## The challenger
#
# The same once more with your indicator. As a rival it is given the model in force, which scores
# the same test rows; one that could have learned from them is refused. This run is recorded in
# MLflow, in `out/course/mlruns`.

# %%
in_force = read_bundle(first.bundle, load_trusted_keys(settings.keys))
second = train(
    archive,
    task,
    settings,
    catalogue=extended,
    rivals={"in_force": in_force},
    promotion=False,
    **given,
)
print("challenger:", second.digest[:16], "MLflow run:", second.tracked.run)

# %%
pd.DataFrame.from_dict(dict(second.experiment.chosen), orient="index")

# %% [markdown]
# ## A first comparison
#
# The AUC is how often, of a violator and another, the violator has the higher score: 0.5 is
# chance. Dots are values, bars 95 % intervals by drawing *enterprises* again. Overlapping bars do
# not say that two models are alike; that is for the pairs in `04_evaluation`.

# %%
Figure(measure_plot(second.experiment.test, "auc"))

# %%
Markdown(second.report)

# %% [markdown]
# What moves the scores of the challenger most. Is yours among them?

# %%
Figure(strength_plot(second.assessment.strengths))

# %% [markdown]
# ## Hand it on

# %%
Judged.of(second.inputs, second.experiment).write(course.folder / "judged.parquet")
(course.folder / "challenger.txt").write_text(second.digest, encoding="utf-8")
page = render_assessment(second.assessment)
(course.folder / "model.html").write_text(page, encoding="utf-8")
print(*sorted(each.name for each in course.folder.iterdir()))

# %% [markdown]
# ## Read on
#
# `docs/training.md` says how to read what was measured; `xinheng train --help` does all this in one
# command; `.venv/bin/mlflow ui --backend-store-uri sqlite:///out/course/mlruns/mlflow.db` shows the
# recorded run. Next: `04_evaluation`.
