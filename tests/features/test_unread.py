"""What no indicator reads: every stream and field of it has its reason beside it."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from functools import cache

import duckdb

from xinheng.archive.contract import Contract, Stream
from xinheng.archive.kinds import KINDS
from xinheng.features import Aggregate, Median, Nearby, Rate, standard_catalogue
from xinheng.features.coverage import reads_of
from xinheng.features.expression import leaves_of

from .vocabulary import records_of

USED = ("value", "severity", "code")
BY_CODE = ("repeat", "recurrent")
AXES = ("longitude", "latitude")
WHERE = tuple((f"enterprise.{axis}", frozenset(["value"])) for axis in AXES)
Reads = frozenset[tuple[str, frozenset[str]]]


@cache
def reads() -> Reads:
    """Return every pattern that the standard catalogue reads, with what it uses beside it.

    That are the numbers, and the whole code where events of one code are counted together.
    """
    catalogue, found = standard_catalogue(), set()
    trees = [*(each.expression for each in catalogue), *catalogue.populations.values()]
    for leaf in (leaf for tree in trees for leaf in leaves_of(tree)):
        found |= set(reads_of(leaf))
        if isinstance(leaf, Aggregate) and (leaf.operator in BY_CODE or leaf.by == "code"):
            found |= {(pattern, frozenset(["code"])) for pattern in leaf.streams}
        if isinstance(leaf, Rate | Median):
            found.add((f"enterprise.{leaf.group}", frozenset()))
        if isinstance(leaf, Nearby):
            found |= {*((place, frozenset()) for place in leaf.places), *WHERE}
    return frozenset(found)


def read_of(stream: Stream) -> Reads:
    """Return the patterns that are read of a stream, as those of its code."""
    halves = ((*pattern.partition(":"), used) for pattern, used in reads())
    return frozenset(
        (code, used) for kind, _, code, used in halves if fnmatchcase(stream.kind, kind)
    )


def named(contract: Contract, sql: str) -> set[str]:
    """Return the fields that stand in some SQL."""
    words = set(re.findall(r"\w+", re.sub(r"'[^']*'", "", sql)))
    return {field.name for field in contract.fields} & words


def telling(contract: Contract, stream: Stream, codes: Collection[str]) -> set[str]:
    """Return the fields of a code by which some pattern tells events apart."""
    fields = sorted(named(contract, stream.code))
    columns = ", ".join([f'"{name}"' for name in fields] + [stream.code])
    select = f"SELECT DISTINCT {columns} FROM records WHERE {stream.where}"  # noqa: S608
    with duckdb.connect() as connection:
        connection.register("records", records_of(contract))
        rows = connection.sql(select).fetchall()
    told = set()
    for at, name in enumerate(fields):
        matched = defaultdict(set)
        for *parts, code in rows:
            others = (*parts[:at], *parts[at + 1 :])
            matched[others].add(tuple(fnmatchcase(code, each) for each in codes))
        if any(len(different) > 1 for different in matched.values()):
            told.add(name)
    return told


def fields_read(contract: Contract) -> set[str]:
    """Return the fields of a kind that some indicator reads."""
    found: set[str] = set()
    for stream in contract.streams:
        read = read_of(stream)
        if read:
            used = {part for _, parts in read for part in parts} & set(USED)
            parts = [stream.where, stream.case, stream.ended, stream.occurred]
            parts += [getattr(stream, part) for part in used]
            found |= named(contract, " ".join(parts))
            found |= set(AXES) if contract.instead == AXES else set()
            found |= telling(contract, stream, sorted({code for code, _ in read if code}))
    return found


def unexplained(unread: Collection[str], reasons: Mapping[str, Collection[str]]) -> set[str]:
    """Return what has no reason, and what has one and needs none or has two."""
    given = [name for names in reasons.values() for name in names]
    return set(unread) ^ set(given) | {name for name in given if given.count(name) > 1}


STREAMS = {
    "none of the 63 asks for it; it is there for indicators of one's own": (
        "annual_report.employees", "annual_report.profit", "annual_report.tax",
        "encumbrance.share", "enterprise.industry", "enterprise.type", "filing",
        "platform.adverse", "platform.orders", "platform.rating", "sampling.level", "tax_return",
    ),
    "RL01 reads it on the day that it was due": ("annual_report",),
    "an alert warns of a product; the failed sample behind it counts": ("alert",),
    "a grade of another body or rule stands beside ours and never enters it": (
        "catering_grade", "evaluation",
    ),
    "what a repair changes is marked on the record that is repaired": ("repair",),
    "a lot that proved counterfeit counts no more; this keeps it in sight": (
        "sampling.counterfeit",
    ),
}  # fmt: skip
FIELDS = {
    "none of the 63 asks for it; it is there for indicators of one's own": (
        "annual_report.employees", "annual_report.profit", "annual_report.tax",
        "encumbrance.amount", "encumbrance.share", "enterprise.industry", "enterprise.type",
        "filing.type", "filing.valid_to", "litigation.amount", "platform.adverse",
        "platform.orders", "platform.platform", "platform.rating", "relation.share",
        "sampling.level", "sampling.stage", "tax_return.due", "tax_return.filed", "tax_return.tax",
    ),
    "its indicator counts all of them alike": (
        "case_file.origin", "case_file.violation", "licence_review.category", "obstruction.form",
        "self_control.type", "staff.role", "staff_exam.role",
    ),
    "another field of the record tells it to the indicator": (
        "complaint.topic", "incident.deaths", "incident.ill", "opinion.topic",
        "penalty.basis", "staff_exam.score", "tax_rating.year",
    ),
    "items are counted on the visit that found them": (
        "inspection_item.code", "inspection_item.count", "inspection_item.severity",
    ),
    "what it was about is for the watch on products": (
        "alert.category", "alert.hazard", "alert.item", "alert.level", "alert.origin",
        "alert.product",
        "complaint.product", "incident.product", "opinion.product", "product.category",
        "recall.category", "recall.product", "sampling.maker", "sampling.origin",
        "sampling.product",
    ),
    "who, where and by what way never enters a grade": (
        "complaint.channel", "enterprise.address", "enterprise.name", "enterprise.street",
        "inspection.inspector",
    ),
    "how a visit was chosen tells how to learn from it, not how to grade": (
        "inspection.plan", "inspection.selection", "random_check.selection",
    ),
    "it is for the clocks and papers of supervision": (
        "inspection.published", "list_entry.decision", "penalty.published",
        "random_check.follow_up", "random_check.published",
    ),
    "a grade of another body or rule stands beside ours and never enters it": (
        "catering_grade.grade", "catering_grade.inspection", "catering_grade.score",
        "catering_grade.valid_to", "evaluation.grade", "evaluation.issuer", "evaluation.method",
        "evaluation.score", "evaluation.valid_to",
    ),
    "what a repair changes is marked on the record that is repaired": (
        "repair.decided", "repair.decision", "repair.of", "repair.target",
    ),
    "it marks other records, which are read with their marks": (
        "lifecycle.change", "lifecycle.of",
    ),
}  # fmt: skip


def test_a_stream_that_no_indicator_reads_has_its_reason() -> None:
    streams = {stream.kind: stream for contract in KINDS.values() for stream in contract.streams}
    unread = {kind for kind, stream in streams.items() if not read_of(stream)}
    assert unexplained(unread, STREAMS) == set()


def test_a_field_that_no_indicator_reads_has_its_reason() -> None:
    unread = {
        f"{kind}.{field.name}"
        for kind, contract in KINDS.items()
        for read in [fields_read(contract)]
        for field in contract.fields
        if field.name not in read
    }
    assert unexplained(unread, FIELDS) == set()
