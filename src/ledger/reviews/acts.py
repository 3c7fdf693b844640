"""Acts and states of a review: the one table that says what may follow what."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

__all__ = ["DECIDED", "OVER", "SYSTEM", "TABLE", "UNDECIDED", "Act", "Decision", "State"]


class State(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    """An objection that nobody has accepted yet."""
    OPEN = "open"
    """It waits for a supervisor."""
    TAKEN = "taken"
    """A supervisor is at it."""
    SENT_BACK = "sent_back"
    """It waits for records to be put right."""
    PROPOSED = "proposed"
    """It is decided, and waits for the second person; nothing has taken effect."""
    IN_FORCE = "in_force"
    """A level that people set counts."""
    LIFTING = "lifting"
    """It still does; that it ends early waits for the second person."""
    CONFIRMED = "confirmed"
    EXPIRED = "expired"
    LIFTED = "lifted"
    REPLACED = "replaced"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Act(StrEnum):
    """What somebody does to a case, or what comes about by itself and is written down."""

    OPEN = "open"
    ACCEPT = "accept"
    DECLINE = "decline"
    TAKE = "take"
    RELEASE = "release"
    EXTEND = "extend"
    DECIDE = "decide"
    AGREE = "agree"
    REFUSE = "refuse"
    RETRACT = "retract"
    ANSWER = "answer"
    LIFT = "lift"
    NOTE = "note"
    NOTIFY = "notify"
    WITHDRAW = "withdraw"
    REPLACE = "replace"
    EXPIRE = "expire"
    MOVE = "move"
    RECKON = "reckon"


SYSTEM = frozenset({Act.OPEN, Act.REPLACE, Act.EXPIRE, Act.MOVE, Act.RECKON})
"""Acts that nobody is asked for."""


class Decision(StrEnum):
    """What is decided on a grade."""

    CONFIRM = "confirm"
    OVERRIDE = "override"
    SEND_BACK = "send_back"


UNDECIDED = frozenset({State.RECEIVED, State.OPEN, State.TAKEN, State.SENT_BACK, State.PROPOSED})
"""States in which a clock runs."""
OVER = frozenset(
    {
        State.CONFIRMED,
        State.EXPIRED,
        State.LIFTED,
        State.REPLACED,
        State.DECLINED,
        State.WITHDRAWN,
    }
)
"""States in which nothing more is decided."""
DECIDED = frozenset(State) - UNDECIDED - {State.WITHDRAWN}
"""States of which an enterprise that objected is told."""

_S, _A = State, Act
_DONE: Mapping[State, Mapping[Act, frozenset[State]]] = {
    _S.RECEIVED: {
        _A.ACCEPT: frozenset({_S.OPEN}),
        _A.DECLINE: frozenset({_S.DECLINED}),
        _A.WITHDRAW: frozenset({_S.WITHDRAWN}),
    },
    _S.OPEN: {
        _A.TAKE: frozenset({_S.TAKEN}),
        _A.EXTEND: frozenset({_S.OPEN}),
        _A.WITHDRAW: frozenset({_S.WITHDRAWN}),
    },
    _S.TAKEN: {
        _A.TAKE: frozenset({_S.TAKEN}),
        _A.RELEASE: frozenset({_S.OPEN}),
        _A.EXTEND: frozenset({_S.TAKEN}),
        _A.DECIDE: frozenset({_S.PROPOSED, _S.CONFIRMED, _S.IN_FORCE, _S.SENT_BACK}),
        _A.WITHDRAW: frozenset({_S.WITHDRAWN}),
    },
    _S.SENT_BACK: {
        _A.ANSWER: frozenset({_S.OPEN}),
        _A.TAKE: frozenset({_S.TAKEN}),
        _A.EXTEND: frozenset({_S.SENT_BACK}),
        _A.WITHDRAW: frozenset({_S.WITHDRAWN}),
    },
    _S.PROPOSED: {
        _A.AGREE: frozenset({_S.CONFIRMED, _S.IN_FORCE, _S.SENT_BACK}),
        _A.REFUSE: frozenset({_S.TAKEN}),
        _A.RETRACT: frozenset({_S.TAKEN}),
        _A.WITHDRAW: frozenset({_S.WITHDRAWN}),
    },
    _S.IN_FORCE: {
        _A.LIFT: frozenset({_S.LIFTING, _S.LIFTED}),
        _A.NOTIFY: frozenset({_S.IN_FORCE}),
        _A.REPLACE: frozenset({_S.REPLACED}),
    },
    _S.LIFTING: {
        _A.AGREE: frozenset({_S.LIFTED}),
        _A.REFUSE: frozenset({_S.IN_FORCE}),
        _A.RETRACT: frozenset({_S.IN_FORCE}),
        _A.NOTIFY: frozenset({_S.LIFTING}),
        _A.REPLACE: frozenset({_S.REPLACED}),
    },
    **{
        state: {_A.NOTIFY: frozenset({state})}
        for state in (_S.CONFIRMED, _S.EXPIRED, _S.LIFTED, _S.REPLACED, _S.DECLINED)
    },
    _S.WITHDRAWN: {},
}


def _by_itself(state: State) -> dict[Act, frozenset[State]]:
    """Return what comes about by itself and is only written down."""
    found = {Act.MOVE} if state in UNDECIDED else {Act.EXPIRE} if state is State.EXPIRED else set()
    found |= set() if state is State.WITHDRAWN else {Act.RECKON}
    return {act: frozenset({state}) for act in sorted(found)}


TABLE: Mapping[State, Mapping[Act, frozenset[State]]] = MappingProxyType(
    {state: {**acts, **_by_itself(state)} for state, acts in _DONE.items()}
)
"""By state, what may be done, and where it leads. A note may be written in every state."""
