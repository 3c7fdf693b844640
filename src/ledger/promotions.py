"""Promotions: which bundle was champion for a purpose, since when, why, and on what evidence.

Three tables, of which rows are only ever added. A *trial* is what the gates found of a challenger,
passed or not. A *promotion* names the champion from then on; a *succession* says what it followed
and on which trial it rests. Each promotion follows exactly one row, so that of two people who
promote at once one is told that the champion has changed, even if the same bundle was put back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Integer, String, Table, UniqueConstraint, insert
from sqlalchemy import select as query
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError as NotUniqueError

from ..core.errors import InvalidError, NotFoundError
from .tables import METADATA, PROMOTION
from .trail import Note, Trail

__all__ = ["Promotion", "Promotions", "SignOff", "Trial"]

TRIAL = Table(
    "trial",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("challenger", String(64), nullable=False),
    Column("champion", String(64), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("gates", JSON, nullable=False),
)

SUCCESSION = Table(
    "succession",
    METADATA,
    Column("promotion", Integer, primary_key=True),
    Column("purpose", String(20), nullable=False),
    Column("follows", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("trial", Integer),
    Column("sign_off", JSON),
    UniqueConstraint("purpose", "follows"),
)
NOTHING = 0
MADE_BY = "`xinheng train` makes one for 'grade', `xinheng forecast` one for 'scheduling'"


@dataclass(frozen=True, slots=True)
class SignOff:
    """A second person's consent to a promotion although gates did not pass.

    Attributes
    ----------
    name
        Who it is.
    gates
        The gates that did not pass and are waived.
    """

    name: str
    gates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What the gates found of a challenger beside the champion.

    Attributes
    ----------
    at, actor
        When it was held, and by whom.
    purpose, challenger, champion
        Of which bundles, by digest.
    sequence
        The delivery up to which the archive was read.
    gates
        One mapping for each gate, with its `name`, `status`, what it `says` and its `figures`.
    """

    at: datetime
    actor: str
    purpose: str
    challenger: str
    champion: str
    sequence: int
    gates: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Promotion:
    """One row of the history: a bundle that became champion.

    Attributes
    ----------
    at, actor, reason
        When, by whom and why.
    purpose, bundle
        Champion of what; the bundle's digest.
    kind
        `first`, `challenger`, `recalibration` or `rollback`; `named` where it was only named.
    follows
        Digest of the champion before; empty for the first.
    trial, sign_off
        The evidence it rests on, and the second person's consent, if there are any.
    after
        Number of the row that was the last when the champion before was looked up: no other may
        have been written since. None where the bundle alone is held against `follows`.
    until
        When the next one took its place; None if none has.
    """

    at: datetime
    actor: str
    reason: str
    purpose: str
    bundle: str
    kind: str = "named"
    follows: str = ""
    trial: Trial | None = None
    sign_off: SignOff | None = None
    after: int | None = None
    until: datetime | None = None


class Promotions:
    """The promotions of a ledger.

    Parameters
    ----------
    engine
        Of the operational database, with its tables.
    trail
        Its audit trail.
    """

    def __init__(self, engine: Engine, trail: Trail) -> None:
        self._engine, self._trail = engine, trail

    def record(self, promotion: Promotion, clock: Callable[[], datetime] | None = None) -> None:
        """Append a promotion, and its trial, all or nothing.

        Parameters
        ----------
        promotion
            What is promoted.
        clock
            Asked for the moment from which it is champion, when the row is written: what led to
            it may have taken long. Where none is given, the promotion says itself (`at`).

        Raises
        ------
        InvalidError
            If another bundle has become champion since: `follows` names the one that must be, and
            `after` its row.
        """
        kind, sign_off = promotion.kind, promotion.sign_off
        row = {"purpose": promotion.purpose, "bundle": promotion.bundle}
        row |= {"actor": promotion.actor, "reason": promotion.reason}
        told: dict[str, Any] = {"kind": kind, "follows": promotion.follows}
        if sign_off is not None:
            told["sign_off"] = _plain(sign_off)
        try:
            with self._trail.begin(self._engine) as (connection, note):
                before = _last(connection, promotion.purpose)
                _check(promotion, before)
                at = _aware(clock() if clock else promotion.at)
                number = _insert(connection, PROMOTION, row | {"at": at})
                succession = {
                    "promotion": number,
                    "purpose": promotion.purpose,
                    "follows": before[0],
                    "kind": kind,
                    "trial": promotion.trial and _insert_trial(connection, promotion.trial),
                    "sign_off": sign_off and _plain(sign_off),
                }
                connection.execute(insert(SUCCESSION), succession)
                note(
                    Note.of(
                        at=at,
                        actor=promotion.actor,
                        action="promote",
                        subject=promotion.bundle,
                        detail=row | told,
                    )
                )
        except NotUniqueError:
            raise _overtaken(promotion) from None

    def try_out(self, trial: Trial) -> None:
        """Append a trial that led to no promotion."""
        with self._trail.begin(self._engine) as (connection, note):
            _insert_trial(connection, trial)
            note(
                Note.of(
                    at=trial.at,
                    actor=trial.actor,
                    action="try",
                    subject=trial.challenger,
                    detail={"champion": trial.champion, "gates": trial.gates},
                )
            )

    def history(self, purpose: str) -> tuple[Promotion, ...]:
        """Return every promotion for a purpose, in the order in which they were made."""
        with self._engine.connect() as connection:
            chosen = PROMOTION.c.purpose == purpose
            rows = connection.execute(query(PROMOTION).where(chosen).order_by(PROMOTION.c.id))
            promoted = rows.mappings().all()
            theirs = SUCCESSION.c.purpose == purpose
            successions = connection.execute(query(SUCCESSION).where(theirs)).mappings()
            by_promotion = {row["promotion"]: dict(row) for row in successions}
            tried = connection.execute(query(TRIAL).where(TRIAL.c.purpose == purpose)).mappings()
            trials = {row["id"]: _trial(dict(row)) for row in tried}
        found: list[Promotion] = []
        for row in promoted:
            more: Mapping[str, Any] = by_promotion.get(row["id"], {})
            signed = more.get("sign_off")
            found.append(
                Promotion(
                    at=_aware(row["at"]),
                    actor=row["actor"],
                    reason=row["reason"],
                    purpose=row["purpose"],
                    bundle=row["bundle"],
                    kind=more.get("kind", "named"),
                    follows=found[-1].bundle if found else "",
                    trial=trials.get(more.get("trial", NOTHING)),
                    sign_off=signed and SignOff(signed["name"], tuple(signed["gates"])),
                    after=more.get("follows"),
                )
            )
        ends: list[datetime | None] = [*(each.at for each in found[1:]), None]
        return tuple(replace(each, until=end) for each, end in zip(found, ends, strict=False))

    def trials(self, challenger: str) -> tuple[Trial, ...]:
        """Return every trial of a bundle, oldest first, whatever came of it."""
        chosen = query(TRIAL).where(TRIAL.c.challenger == challenger).order_by(TRIAL.c.id)
        with self._engine.connect() as connection:
            return tuple(_trial(dict(row)) for row in connection.execute(chosen).mappings())

    def champion(self, purpose: str, at: datetime | None = None) -> str:
        """Return the digest of the champion for a purpose: now, or as of a moment.

        Raises
        ------
        NotFoundError
            If nothing was promoted yet, or not by then.
        """
        with self._engine.connect() as connection:
            digest = _last(connection, purpose, at)[1]
        if not digest:
            when = "yet" if at is None else f"before {at:%Y-%m-%d %H:%M %Z}"
            raise NotFoundError(
                f"no model was promoted for the purpose '{purpose}' {when}; {MADE_BY}"
            )
        return digest

    def last(self, purpose: str) -> int:
        """Return the number of the newest row for a purpose, 0 if there is none: see `after`."""
        with self._engine.connect() as connection:
            return _last(connection, purpose)[0]

    def between(self, purpose: str, start: datetime, end: datetime) -> tuple[Promotion, ...]:
        """Return who was champion after `start` and up to `end`, in order."""
        history = self.history(purpose)
        ruling = [each for each in history if each.at <= start][-1:]
        return (*ruling, *(each for each in history if start < each.at <= end))


def _last(connection: Connection, purpose: str, at: datetime | None = None) -> tuple[int, str]:
    """Return row number and digest of the newest promotion; nothing where there is none."""
    statement = (
        query(PROMOTION.c.id, PROMOTION.c.bundle, PROMOTION.c.at)
        .where(PROMOTION.c.purpose == purpose)
        .order_by(PROMOTION.c.id.desc())
    )
    for number, bundle, since in connection.execute(statement):
        if at is None or _aware(since) <= at:
            return int(number), str(bundle)
    return NOTHING, ""


def _check(promotion: Promotion, before: tuple[int, str]) -> None:
    number, bundle = before
    if promotion.kind != "named" and promotion.follows != bundle:
        raise _overtaken(promotion)
    if promotion.after not in (None, number):
        raise _overtaken(promotion)


def _overtaken(promotion: Promotion) -> InvalidError:
    held = promotion.follows[:12] or "nobody"
    return InvalidError(
        f"somebody else has promoted since {promotion.bundle[:12]} was held against {held}, the "
        f"champion for {promotion.purpose} at that time; nothing was promoted: look at `xinheng "
        "champions`, and try again"
    )


def _insert_trial(connection: Connection, trial: Trial) -> int:
    row = {each.name: getattr(trial, each.name) for each in fields(trial)}
    row["at"] = _aware(trial.at)
    return _insert(connection, TRIAL, row)


def _insert(connection: Connection, table: Table, row: Mapping[str, Any]) -> int:
    """Append a row and return its number."""
    (number,) = connection.execute(insert(table), row).inserted_primary_key or (NOTHING,)
    return int(number)


def _trial(row: Mapping[str, Any]) -> Trial:
    return Trial(**{**{k: v for k, v in row.items() if k != "id"}, "at": _aware(row["at"])})


def _plain(sign_off: SignOff) -> dict[str, Any]:
    return {"name": sign_off.name, "gates": list(sign_off.gates)}


def _aware(at: datetime) -> datetime:
    """Return a moment in UTC: SQLite forgets the zone of what it is given."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
