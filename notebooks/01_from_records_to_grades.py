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
# # From records to explained grades
#
# The whole road on a small made-up city: deliveries become records, records become indicators,
# a model is trained on the past and judged on what came after, and one grade is explained down
# to its records. Everything is written to a folder of its own and thrown away at the end.

# %%
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from xinheng.archive import Archive, read_source
from xinheng.core import day
from xinheng.core.settings import load_settings
from xinheng.explaining import explain, to_text
from xinheng.features import standard_catalogue
from xinheng.grading import open_book
from xinheng.ledger import Ledger
from xinheng.simulation import simulate
from xinheng.training import Task, open_key, train

root = Path(__file__).parents[1] if "__file__" in globals() else Path.cwd().parent
work = tempfile.TemporaryDirectory()
folder = Path(work.name)

# %% [markdown]
# ## Records
#
# Seventy-two departments deliver files in their own formats; a folder of SQL and TOML for each
# turns them into records. Broken rows are quarantined with every fault they have.

# %%
city = simulate(folder / "city", seed=1, enterprises=600)
archive = Archive(folder / "archive")
for source in city.delivering:
    receipt = archive.ingest(
        read_source(root / "data" / "sources" / source),
        folder / "city" / "deliveries" / source,
        received=datetime(2026, 1, 1, tzinfo=UTC),
    )
    print(source, receipt.delivery.records)
print(archive.held("quarantined").num_rows, "rows are quarantined")

# %% [markdown]
# ## Indicators
#
# A value as of a day sees only what was available strictly before it.

# %%
catalogue = standard_catalogue().select(use="grade")
task = Task()
settings = load_settings(
    archive=folder / "archive",
    bundles=folder / "bundles",
    ledger=f"sqlite:///{folder}/ledger.db",
    keys=folder / "keys",
)
print(len(catalogue.ids), "indicators, fingerprint", catalogue.fingerprint[:12])

# %% [markdown]
# ## Training
#
# All learners are fitted on the earlier inspections and compared on the later ones, in pairs
# and with intervals. (The notebook leaves MLflow out; `xinheng train` records every run.)

# %%
result = train(
    archive,
    task,
    settings,
    key=open_key(settings.keys),
    at=datetime(2026, 1, 1, tzinfo=UTC),
    actor="notebook",
    tracking=False,
)
print(result.report)

# %% [markdown]
# ## Grades and one explanation

# %%
ledger = Ledger(settings.ledger)
book = open_book(settings, ledger)
as_of = day("2026-01-01")
grades = book.grades(book.known(as_of), as_of)
print(grades["level"].value_counts().to_string())

# %%
riskiest = int(grades["probability"].idxmax()[0])
explanation = explain(
    book.scorer,
    book.events,
    riskiest,
    as_of,
    references=book.references,
    origins=book.lineage(riskiest, as_of),
)
print(to_text(explanation))

# %%
ledger.close()
work.cleanup()
