"""The tables of docs/review.md, from what the code says; run it to write them anew."""

import re
from pathlib import Path

from xinheng.core.settings import load_settings
from xinheng.grading.reviewing import ReviewPolicy
from xinheng.ledger.reviews import DECISIONS, SYSTEM, TABLE, State
from xinheng.serving import create_app
from xinheng.serving.access.needs import NEEDS

from .accesspage import DAY, table

PAGE = Path(__file__).parents[2] / "docs" / "review.md"
MEANINGS = {
    State.RECEIVED: "an objection that nobody has accepted yet",
    State.OPEN: "waits for a supervisor",
    State.TAKEN: "a supervisor is at it",
    State.SENT_BACK: "waits for records to be put right",
    State.PROPOSED: "is decided, and waits for the second person; nothing has taken effect",
    State.IN_FORCE: "a level that people set counts",
    State.LIFTING: "it still does; that it ends early waits for the second person",
    State.CONFIRMED: "the grade stands",
    State.EXPIRED: "the level that people set has ended on its day",
    State.LIFTED: "it was ended early",
    State.REPLACED: "a later review set another one",
    State.DECLINED: "the objection was not accepted",
    State.WITHDRAWN: "the enterprise took its objection back",
}
CLOCKS = {
    "review": "decide on a case that is no objection, unless its line says otherwise",
    "accept": "accept an objection or decline it",
    "decide": "decide on it",
    "extend": "added once",
    "notify": "tell the enterprise",
}
BASES = {"accept": "深圳经济特区社会信用条例 §51", "decide": "§51", "extend": "§51, with approval"}
COLUMNS = {
    "enterprise": "dense number",
    "id": "code",
    "case": "number of the review",
    "known": "day number on which it took effect: count it for days after that only",
    "cause": "why the case was opened",
    "as_of": "day number of the grade that was reviewed",
    "decision": "`confirm`, `override`, `send_back` or `lift`",
    "level_before": "level that counted when it was decided",
    "level_after": "level that was confirmed or set; missing where none was",
    "model_level": "level by the model's probability alone",
    "bundle": "digest of the model",
    "reason_code": "code of the reason",
    "outcome": "of an objection: `upheld`, `partly`, `rejected`",
    "second": "whether a second person agreed",
    "until": "day number, the last on which a level that was set was to count",
}


def states() -> str:
    """Return the states, and what may be done in each."""
    rows = (
        [
            f"`{state}`",
            MEANINGS[state],
            ", ".join(
                f"{act} → {' or '.join(sorted(to))}"
                for act, to in TABLE[state].items()
                if act not in SYSTEM
            ),
        ]
        for state in State
    )
    return table(["state", "meaning", "what may be done, and where it leads"], rows)


def clocks() -> str:
    """Return the clocks of the policy that ships."""
    days = ReviewPolicy.default().on(DAY).clocks
    rows = ([text, str(days[name]), BASES.get(name, "design")] for name, text in CLOCKS.items())
    return table(["to", "working days", "basis"], rows)


def triggers() -> str:
    """Return which changes of level open a case."""
    rows = (
        [
            f"`{each.id}` {each.zh}",
            each.en,
            each.direction,
            ", ".join(map(str, sorted(each.to))),
            str(each.steps),
            f"{each.share:g}",
            str(each.days),
        ]
        for each in ReviewPolicy.default().on(DAY).triggers
    )
    return table(["line", "", "gets", "to", "steps", "share", "working days"], rows)


def codes() -> str:
    """Return what decisions are put down to."""
    rows = (
        [f"`{each.id}`", each.zh, each.en, ", ".join(sorted(each.decisions))]
        for each in ReviewPolicy.default().on(DAY).reasons.values()
    )
    return table(["reason", "", "", "of"], rows)


def routes() -> str:
    """Return the routes of reviews, and what each needs."""
    described = create_app(load_settings()).openapi()["paths"].items()
    rows = (
        [f"`{method.upper()} {path}`", each["summary"], str(NEEDS[each["operationId"]])]
        for path, methods in described
        for method, each in methods.items()
        if "reviews" in each.get("tags", ())
    )
    return table(["route", "what", "permission"], rows)


def columns() -> str:
    """Return the columns of decisions."""
    rows = ([f"`{each.name}`", COLUMNS[each.name], str(each.type)] for each in DECISIONS)
    return table(["column", "meaning", "type"], rows)


PARTS = {each.__name__: each for each in (states, clocks, triggers, codes, routes, columns)}


def render(page: str) -> str:
    """Return the page with its tables written anew, each below its mark."""
    for name, part in PARTS.items():
        mark = f"<!-- {name} -->"
        below = re.compile(re.escape(mark) + r"\n(?:\n(?:\|[^\n]*\n)+)?")
        text = f"{mark}\n\n{part()}\n".replace("\\", r"\\")
        page = below.sub(text, page, count=1)
    return page


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text("utf-8")), encoding="utf-8")
