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
# # 5 · Promote
#
# A model that is better on average may still move thousands of enterprises to another level, each
# of whom will ask why. Before it takes the place of the one in force, look at what it is made of,
# that nobody changed it, that it can be made again, and what changes for whom. Afterwards, know the
# way back.
#
# - **Needs** what `03_training` left.
# - **Leaves** the ledger with a promotion and the way back from it; the first model in force.
# - **Takes** half a minute, for the second training.

# %%
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from plotly.graph_objects import Figure

from xinheng.core import show
from xinheng.core.errors import IntegrityError
from xinheng.demo import open_course
from xinheng.features import Catalogue
from xinheng.grading import GradeBook, load_trusted_keys, read_bundle, read_champion
from xinheng.ledger import Ledger
from xinheng.training import (
    migration,
    migration_plot,
    open_key,
    promote,
    registration,
    rollback,
    train,
)

course = open_course()
archive, settings = course.archive, course.settings
digest = course.left("challenger.txt").read_text("utf-8")
ledger = Ledger.open(settings)

# %% [markdown]
# ## The bundle
#
# All that training hands on is a folder of text: trees, calibrator, indicators, cut points, rules,
# and the model card. Nothing in it is code. The **digest** over all of it is its name, and an
# Ed25519 signature says who trained it. The service believes nothing else.

# %%
keys = load_trusted_keys(settings.keys)
challenger = read_bundle(settings.bundles / digest, keys)
in_force = read_champion(settings, ledger)
folder = settings.bundles / digest
print("challenger", digest)
print("in force  ", in_force.digest)
print("signed by ", challenger.key)
pd.Series(
    {each.name: each.stat().st_size for each in sorted(folder.iterdir())}, name="bytes"
).to_frame()

# %% [markdown]
# Change one letter, and it is refused before anything of it is read:

# %%
with tempfile.TemporaryDirectory() as made:
    copy = Path(shutil.copytree(folder, Path(made) / "bundle"))
    text = (copy / "card.json").read_text("utf-8")
    (copy / "card.json").write_text(text.replace("panel", "Panel", 1), encoding="utf-8")
    try:
        read_bundle(copy, keys)
    except IntegrityError as error:
        print(error)

# %% [markdown]
# ## The same again
#
# The same records, task, indicators and key make the same bundle, to the last byte. So a model can
# be checked by whoever has these, years later.

# %%
task = course.task
again = train(
    archive,
    task,
    settings,
    key=open_key(settings.keys),
    at=datetime(2026, 1, 2, tzinfo=UTC),
    actor="course",
    catalogue=Catalogue.from_json(course.left("indicators.json").read_text("utf-8")),
    tracking=False,
    promotion=False,
)
assert again.digest == digest
print("trained again:", again.digest)

# %% [markdown]
# ## What changes for whom
#
# Every enterprise in business is graded by both models, as of the same day. Rows are levels now,
# columns levels after; what lies off the diagonal moves.

# %%
old, new = GradeBook(archive, in_force), GradeBook(archive, challenger)
as_of = int(old.events.available.max()) + 1
everyone = old.known(as_of)
days = np.full(len(everyone), as_of, np.int32)
active = registration(challenger.catalogue, new.events, everyone, days).active
before, after = (book.grades(everyone, as_of)[active] for book in (old, new))
moves = migration(before, after)
Figure(migration_plot(moves))

# %%
print(f"{moves.total:,} in business as of {show(as_of)}")
print(f"{moves.worse} to a worse level, {moves.better} to a better one")
print(f"{moves.moved():.2%} move, {moves.moved(by=2):.2%} by two levels or more")

# %% [markdown]
# Who they are: those whose probability changes most. Explain some of them, as in `04_evaluation`,
# before they ask.

# %%
beside = pd.DataFrame(
    {
        "level before": before["level"],
        "level after": after["level"],
        "probability before": before["probability"],
        "probability after": after["probability"],
    }
)
change = (beside["probability after"] - beside["probability before"]).abs()
beside.loc[change.sort_values(ascending=False).index[:8]]

# %% [markdown]
# ## Ask the gates
#
# The challenger takes the champion's place only if it passes every gate: it must not be worse on
# outcomes that neither had seen, it has to keep its promises to every population and treat no
# district, line of business or size otherwise than all others, and no more enterprises than the
# migration budget allows may move by two levels. The limits are part of the task. `xinheng promote`
# does the same.

# %%
asked = {"actor": "course", "reason": "an indicator of our own"}
decision = promote(archive, task, settings, digest, at=datetime(2026, 1, 3, tzinfo=UTC), **asked)
pd.DataFrame([(each.name, str(each.status), each.says) for each in decision.gates])

# %% [markdown]
# A gate that did not pass keeps the champion in force, unless a second person signs for it. Where
# `04_evaluation` said *open*, the better choice is often to leave things as they are: nobody has to
# be told anything. Here it is signed for, to show how. What every gate found is in the ledger,
# whatever came of it.

# %%
held = [each.name for each in decision.gates if each.status != "passed"]
if decision.refused:
    decision = promote(
        archive,
        task,
        settings,
        digest,
        at=datetime(2026, 1, 3, tzinfo=UTC),
        sign_off="supervisor",
        despite=held,
        **asked,
    )
print("signed for:", ", ".join(held) or "nothing had to be")
print("in force:", ledger.champion("grade")[:16])

# %% [markdown]
# ## And back
#
# One call, or `xinheng rollback`, makes the champion before champion again, after its bundle is
# verified. It takes effect at once, and the ledger keeps all of it: who was champion on a day can
# be asked for ever (`xinheng champions --on DATE`).

# %%
rollback(settings, at=datetime(2026, 1, 4, tzinfo=UTC), actor="course", reason="end of the course")
print("in force:", ledger.champion("grade")[:16])
history = pd.DataFrame(ledger.promotions.history("grade"))
history[["at", "until", "bundle", "kind", "actor", "reason"]].tail(3)

# %%
ledger.close()

# %% [markdown]
# ## Read on
#
# `docs/promotion.md` has every gate with its hypothesis and limit. `docs/operations.md` says how a
# bundle reaches a service and how grades are kept current. To ask the API for grades of this city,
# run in the project's folder:
#
# ```sh
# at=out/course
# XINHENG_ARCHIVE=$at/archive XINHENG_BUNDLES=$at/bundles XINHENG_KEYS=$at/keys \
#     XINHENG_LEDGER=sqlite:///$at/ledger.db .venv/bin/xinheng serve
# ```
#
# You have seen the whole road of a model. What to try next: an indicator from a record kind that
# nobody uses yet (`xinheng indicators list` tells), a task of your own, or your own records in
# place of the made-up city. What an enterprise is told of its grade is in `07_explanations`.
