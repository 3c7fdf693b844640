"""Acts and states of a downgrade warning: the one table that says what may follow what."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

__all__ = [
    "ESCALATED",
    "HELD",
    "OVER",
    "SYSTEM",
    "TABLE",
    "WAITING",
    "Act",
    "Answer",
    "Service",
    "State",
]


class State(StrEnum):
    """Where a warning stands."""

    DRAFTED = "drafted"
    """It waits for a supervisor."""
    PROPOSED = "proposed"
    """It is decided, and waits for the second person."""
    CONFIRMED = "confirmed"
    """It waits to be served on the enterprise."""
    SERVED = "served"
    """The enterprise may state what it has to say; nothing counts yet."""
    STATED = "stated"
    """It did, and waits for an answer; nothing counts."""
    ANSWERING = "answering"
    """The answer waits for the second person; nothing counts."""
    IN_FORCE = "in_force"
    """Its level counts."""
    ESCALATED = "escalated"
    """Its level still counts; a severer warning was decided on after it."""
    LIFTING = "lifting"
    """It is as before; that it ends early waits for the second person."""
    LIFTED = "lifted"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Act(StrEnum):
    """What somebody does to a warning, or what comes about by itself and is written down."""

    DRAFT = "draft"
    CONFIRM = "confirm"
    AMEND = "amend"
    REJECT = "reject"
    AGREE = "agree"
    REFUSE = "refuse"
    RETRACT = "retract"
    SERVE = "serve"
    STATE = "state"
    ANSWER = "answer"
    LIFT = "lift"
    NOTE = "note"
    BEGIN = "begin"
    ESCALATE = "escalate"
    EXPIRE = "expire"
    RECKON = "reckon"


class Answer(StrEnum):
    """What a statement of an enterprise is answered with."""

    UPHELD = "upheld"
    AMENDED = "amended"
    LIFTED = "lifted"


class Service(StrEnum):
    """How a document is served 送达 (民事诉讼法 §87 to §95, by 行政处罚法 §61)."""

    DIRECT = "direct"
    LEFT = "left"
    ELECTRONIC = "electronic"
    ENTRUSTED = "entrusted"
    MAIL = "mail"
    NOTICE = "notice"


SYSTEM = frozenset({Act.DRAFT, Act.BEGIN, Act.ESCALATE, Act.EXPIRE, Act.RECKON})
"""Acts that nobody is asked for on a warning that there is."""
WAITING = frozenset(
    {State.DRAFTED, State.PROPOSED, State.CONFIRMED, State.SERVED, State.STATED, State.ANSWERING}
)
"""States in which a clock runs."""
HELD = frozenset({State.SERVED, State.IN_FORCE, State.ESCALATED})
"""States in which a level counts on the days that were set for it."""
ESCALATED = HELD - {State.SERVED}
"""States in which a severer warning may follow."""
OVER = frozenset({State.LIFTED, State.REJECTED, State.EXPIRED})
"""States in which nothing more is decided."""

_S, _A = State, Act
_LIFT = {_A.LIFT: frozenset({_S.LIFTING, _S.LIFTED})}
_ANSWERED = frozenset({_S.IN_FORCE, _S.ESCALATED, _S.LIFTED})
_DECIDE = frozenset({_S.PROPOSED, _S.CONFIRMED})
_DONE: Mapping[State, Mapping[Act, frozenset[State]]] = {
    _S.DRAFTED: {
        _A.CONFIRM: _DECIDE,
        _A.AMEND: _DECIDE,
        _A.REJECT: frozenset({_S.PROPOSED, _S.REJECTED}),
    },
    _S.PROPOSED: {
        _A.AGREE: frozenset({_S.CONFIRMED, _S.REJECTED}),
        _A.REFUSE: frozenset({_S.DRAFTED}),
        _A.RETRACT: frozenset({_S.DRAFTED}),
    },
    _S.CONFIRMED: {_A.SERVE: frozenset({_S.SERVED}), **_LIFT},
    _S.SERVED: {_A.STATE: frozenset({_S.STATED}), **_LIFT},
    _S.STATED: {_A.ANSWER: frozenset({_S.ANSWERING}) | _ANSWERED},
    _S.ANSWERING: {
        _A.AGREE: _ANSWERED,
        _A.REFUSE: frozenset({_S.STATED}),
        _A.RETRACT: frozenset({_S.STATED}),
    },
    _S.IN_FORCE: {
        _A.STATE: frozenset({_S.STATED}),
        **_LIFT,
        _A.ESCALATE: frozenset({_S.ESCALATED}),
    },
    _S.ESCALATED: {_A.STATE: frozenset({_S.STATED}), **_LIFT},
    _S.LIFTING: {
        _A.AGREE: frozenset({_S.LIFTED}),
        _A.REFUSE: HELD | {_S.CONFIRMED},
        _A.RETRACT: HELD | {_S.CONFIRMED},
        _A.STATE: frozenset({_S.STATED}),
        _A.ESCALATE: frozenset({_S.LIFTING}),
    },
    _S.LIFTED: {},
    _S.REJECTED: {},
    _S.EXPIRED: {},
}


def _by_itself(state: State) -> dict[Act, frozenset[State]]:
    """Return what comes about by itself and is only written down."""
    found = {Act.RECKON} if state in WAITING | {State.LIFTING} else set()
    begun = {State.IN_FORCE, State.ESCALATED, State.LIFTING, State.EXPIRED}
    found |= {Act.BEGIN} if state in begun else set()
    found |= {Act.EXPIRE} if state is State.EXPIRED else set()
    return {act: frozenset({state}) for act in sorted(found)}


TABLE: Mapping[State, Mapping[Act, frozenset[State]]] = MappingProxyType(
    {state: {**acts, **_by_itself(state)} for state, acts in _DONE.items()}
)
"""By state, what may be done, and where it leads. A note may be written in every state."""
