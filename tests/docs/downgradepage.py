"""The tables of docs/downgrade-warnings.md, from what the code says; run it to write them anew."""

import re
from pathlib import Path

from xinheng.earlywarning.enterprises import WarningPolicy
from xinheng.grading import Level
from xinheng.ledger.downgrades import LEVELS, SYSTEM, TABLE, Act, State

from .accesspage import DAY, table

PAGE = Path(__file__).parents[2] / "docs" / "downgrade-warnings.md"
OURS, THEIRS, NOBODY = "the authority", "the enterprise", ""
STATES: dict[State, tuple[str, str, str, str]] = {
    State.DRAFTED: ("waits for a supervisor", "a supervisor", "decide", "design"),
    State.PROPOSED: (
        "is decided, and waits for the second person", "another supervisor", "decide", "design",
    ),
    State.CONFIRMED: (
        "is decided; nobody was told yet", OURS, "serve", "after 行政处罚法 §44, §61",
    ),
    State.SERVED: (
        "the enterprise may state what it has to say; nothing counts yet", THEIRS, "state",
        "after 行政处罚法 §44, §45; 深圳经济特区社会信用条例 §39",
    ),
    State.STATED: (
        "it did; nothing counts until it is answered", "a supervisor", "answer",
        "after 行政处罚法 §45, §62",
    ),
    State.ANSWERING: (
        "the answer waits for the second person; nothing counts", "another supervisor", "answer",
        "design",
    ),
    State.IN_FORCE: ("its level counts", NOBODY, "", "until its last day"),
    State.ESCALATED: (
        "its level counts; a severer warning was decided on after it", NOBODY, "",
        "until its last day",
    ),
    State.LIFTING: (
        "is as before; that it ends early waits for the second person", "another supervisor", "",
        "design",
    ),
    State.LIFTED: ("was ended early", NOBODY, "", ""),
    State.REJECTED: ("a supervisor wants no warning", NOBODY, "", ""),
    State.EXPIRED: ("its period has ended", NOBODY, "", ""),
}  # fmt: skip
CLOCKS = {
    "decide": ("confirm, amend or reject a draft", "the draft", "design"),
    "serve": ("serve what was confirmed", "the decision", "design, after 行政处罚法 §61, §85"),
    "state": (
        "state what the enterprise has to say", "service",
        "design, after 行政处罚法 §44, §45 (no number) and §64, §85 (to ask for a hearing)",
    ),
    "answer": (
        "answer a statement", "its receipt", "design, after 深圳经济特区社会信用条例 §51 (2 + 3)",
    ),
}  # fmt: skip
WHAT = {
    Act.CONFIRM: "confirm a draft",
    Act.AMEND: "amend it: another level, other days, or some grounds dropped",
    Act.REJECT: "reject it",
    Act.ANSWER: "answer a statement",
    Act.LIFT: "lift a warning",
}


def states() -> str:
    """Return the states, and what may be done in each."""
    rows = []
    for state in State:
        meaning, who, clock, basis = STATES[state]
        acts = (
            f"{act} → {' or '.join(sorted(to))}"
            for act, to in TABLE[state].items()
            if act not in SYSTEM
        )
        rows.append([f"`{state}`", meaning, who, ", ".join(acts), clock, basis])
    head = ["state", "meaning", "whose turn", "what may be done, and where it leads", "clock"]
    return table([*head, "basis"], rows)


def clocks() -> str:
    """Return the clocks of the policy that ships."""
    edition = WarningPolicy.default().on(DAY)
    days = {**edition.clocks, "state": edition.defence_days}
    rows = ([what, str(days[name]), start, why] for name, (what, start, why) in CLOCKS.items())
    return table(["to", "working days", "from", "basis"], rows)


def second() -> str:
    """Return the levels at which an act needs two, by the policy that ships."""
    edition = WarningPolicy.default().on(DAY)
    levels = {
        act: [each for each in LEVELS if edition.needs_second(act, Level.of(each))] for act in WHAT
    }
    rows = ([what, ", ".join(levels[act]) or "none"] for act, what in WHAT.items())
    return table(["to", "needs two at the levels, before or after (design)"], rows)


PARTS = {each.__name__: each for each in (states, clocks, second)}


def render(page: str) -> str:
    """Return the page with its tables written anew, each below its mark."""
    for name, part in PARTS.items():
        mark = f"<!-- {name} -->"
        below = re.compile(re.escape(mark) + r"\n(?:\n(?:\|[^\n]*\n)+)?")
        page = below.sub(f"{mark}\n\n{part()}\n", page, count=1)
    return page


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text("utf-8")), encoding="utf-8")
