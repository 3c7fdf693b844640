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
# # 8 · Asking the service
#
# Other departments' programs do not open the archive; they ask the service. Here one runs within
# this notebook, and is asked as they ask it: by a key, for a purpose, with typed answers.
#
# - **Needs** what `05_promote` left: a model in force.
# - **Leaves** readings in the ledger, each with who asked, and what for.
# - **Takes** half a minute, most of it for the service to start.

# %%
from contextlib import ExitStack, closing

import plotly.express as px

from xinheng.client import ApiError, Client, to_frame
from xinheng.core import show
from xinheng.demo import open_course
from xinheng.ledger import Ledger
from xinheng.serving.local import local_service

course = open_course()
course.left("challenger.txt")
archive, settings = course.archive, course.settings
as_of = show(int(archive.events().table["available"].to_numpy().max()) + 1)
open_until_the_end = ExitStack()
service = open_until_the_end.enter_context(local_service(settings))
client = open_until_the_end.enter_context(
    Client(service.url, service.key, purpose="routine", language="en")
)
client.ready()

# %% [markdown]
# ## One enterprise
#
# An answer is a model with fields, which an editor completes. Whatever cannot be answered is an
# exception that says what to do.

# %%
identifiers = archive.enterprises()["id"].to_pylist()[:200]
grade = client.grade(identifiers[0], as_of)
least, most = grade.interval
print(f"{grade.level}: {grade.probability:.1%} ({least:.1%} to {most:.1%})")
for reason in client.short_explanation(identifiers[0], as_of).sentences[:3]:
    print("-", reason.sentence)

# %%
try:
    client.grade("no such enterprise", as_of)
except ApiError as error:
    print(f"{error.kind}: {error}")

# %% [markdown]
# ## Many
#
# A list is answered in its order, and becomes a frame with a row each.

# %%
scores = to_frame(client.scores(identifiers, as_of))
px.histogram(
    scores, x="grade.level", category_orders={"grade.level": ["A+", "A", "B", "C", "D", "E"]}
)

# %% [markdown]
# ## What was asked is recorded
#
# Every reading stands in the audit trail before it is answered.

# %%
with closing(Ledger(settings.ledger)) as ledger:
    read = ledger.audited(identifiers[0])
print(f"read {len(read)} times, the first time for: {read[0]['purpose']}")
open_until_the_end.close()
