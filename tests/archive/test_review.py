"""A person decides whose a row in review is: carried out, kept, told, and taken back."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from xinheng.archive import Delivery, read_source
from xinheng.archive.decisions import Decision
from xinheng.archive.held import Selection
from xinheng.archive.sheet import export_questions, read_answers
from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.core.time import NEVER, day

from .department import ALPHA, BETA, LIFECYCLE, PENALTY, RECEIVED, TOML, Bureau, department

LATER, DAY = RECEIVED + timedelta(days=30), timedelta(days=1)
ROWS = (
    f"{ALPHA},甲1,2026-01-10,2026-01-12,additive,warning,,",
    f"{BETA},甲2,2026-01-10,2026-01-12,additive,warning,,",
    ",甲3,2026-02-20,2026-03-01,additive,fine,3,",
    ",甲4,2026-02-21,2026-03-01,label,fine,4,",
)
NAMED = PENALTY.replace("violation,", "violation, violation AS by_name,")
TWO = TOML.replace(
    "[[skip]]", '[[records]]\nkind = "award"\nrows = "penalties"\nsql = "award.sql"\n\n[[skip]]'
)
AWARD = """
SELECT _row, document AS number, decided AS occurred, published AS known, 'nation' AS level,
    violation AS by_name, fine AS by_address
FROM penalties WHERE code IS NULL
"""


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    bureau = Bureau(tmp_path)
    bureau.deliver(*ROWS)
    return bureau


def said(row: int, enterprise: str | None, **other) -> Decision:
    words = {"by": "林洁", "reason": "called the bureau", "delivery": 1, "file": "penalties"}
    return Decision(row=row, enterprise=enterprise, **(words | other))


def decide(bureau: Bureau, *decisions: Decision, at: datetime = LATER, **other) -> list[Delivery]:
    return bureau.archive.decide([read_source(bureau.source)], decisions, at, **other)


def waiting(bureau: Bureau) -> list[int]:
    return [row.row for row in bureau.archive.waiting("review", Selection())]


def numbers(bureau: Bureau, code: str, as_of: int = NEVER) -> dict[str, str]:
    file = bureau.archive.credit_file(code, as_of, ["penalty"])
    return {entry.number: entry.state for entry in file}


def checked(bureau: Bureau) -> None:
    """Hold counts against each other after whatever was done."""
    assert bureau.archive.verify() == []
    [status] = bureau.archive.overview()
    assert status.rows.settled == status.rows.read
    held = [bureau.archive.waiting(fate, Selection()) for fate in ("quarantined", "review")]
    assert status.waiting == sum(map(len, held))


def test_a_decided_row_lands_with_who_decided_and_why(bureau: Bureau) -> None:
    [delivery] = decide(bureau, said(4, ALPHA))
    assert (delivery.replays, delivery.files[0].accepted, delivery.files[0].rows) == (1, 1, 1)
    assert waiting(bureau) == [5]
    assert numbers(bureau, ALPHA) == {"甲3": "stands", "甲1": "stands"}
    [trace] = bureau.archive.trace("甲3")
    [told] = trace.told
    assert (trace.enterprise, told.linked, told.origin.row) == (ALPHA, "decided by 林洁", 4)
    [why] = told.decisions
    assert (why.at, why.decision.delivery, why.decision.reason) == (LATER, 1, "called the bureau")
    [entry, _] = bureau.archive.credit_file(ALPHA, NEVER, ["penalty"])
    assert entry.decisions == told.decisions
    [other] = bureau.archive.trace("甲1")
    assert other.told[0].decisions == ()
    checked(bureau)


def test_a_row_of_nobody_is_settled_and_stays_set_aside(bureau: Bureau) -> None:
    [delivery] = decide(bureau, said(4, None), said(5, BETA, file="penalties.csv"))
    [file] = delivery.files
    assert (file.accepted, list(file.skipped.values())) == (1, [1])
    assert waiting(bureau) == []
    assert len(bureau.archive.waiting("review", Selection(settled=True))) == 2
    kept = bureau.archive.decisions()
    assert [each.decision.enterprise for each in kept] == [None, f"uscc:{BETA}"]
    [alone] = decide(bureau_of(bureau, "again"), said(4, None))
    assert alone.records == {}
    checked(bureau)


def bureau_of(bureau: Bureau, name: str) -> Bureau:
    other = Bureau(bureau.folder / name)
    other.deliver(*ROWS)
    return other


def test_a_second_decision_is_refused_with_what_exists(bureau: Bureau) -> None:
    decide(bureau, said(4, ALPHA))
    with pytest.raises(InvalidError, match=r"decided before, by 林洁 on 2026-07-01 in delivery 2"):
        decide(bureau, said(4, BETA), said(5, BETA))
    assert waiting(bureau) == [5]
    assert bureau.archive.sequence == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (said(9, ALPHA), "row 9: it is not set aside"),
        (said(4, ALPHA, delivery=7), "there is no delivery 7; the archive has 1 to 1"),
        (said(4, ALPHA, file="fines"), "there is no file of delivery 1 'fines'"),
        (said(4, "91440300MA5XNG030C"), "no record of enterprise 'uscc:91440300MA5XNG030C'"),
        (said(4, ALPHA, by=" "), "needs the name of who decides"),
        (said(4, ALPHA, reason=""), "and a reason"),
        (said(4, ALPHA, kind="penaltie"), "did you mean 'penalty'"),
        (said(4, ALPHA, kind="award"), "no award of the row waits"),
        (said(5, BETA), "two decisions are about it"),
        (said(5, BETA, kind="penalty"), "two decisions are about it"),
    ],
)
def test_what_cannot_be_carried_out_is_told_and_nothing_lands(
    bureau: Bureau, wrong: Decision, words: str
) -> None:
    before = bureau.archive.sequence
    with pytest.raises(InvalidError, match="nothing was written") as error:
        decide(bureau, said(5, ALPHA), wrong)
    assert words in str(error.value)
    assert bureau.archive.sequence == before
    assert waiting(bureau) == [4, 5]


def test_a_faulty_row_is_not_for_review(bureau: Bureau) -> None:
    bureau.deliver(",甲9,2026-02-30,2026-03-01,additive,fine,3,")
    with pytest.raises(InvalidError, match="in quarantine; mend its mapping"):
        decide(bureau, said(2, ALPHA, delivery=2))
    mended = PENALTY.replace("fine\nFROM", "'much' AS fine\nFROM")
    (bureau.source / "penalty.sql").write_text(mended, encoding="utf-8")
    with pytest.raises(InvalidError, match=r"penalty\.fine = 'much': expected a finite number"):
        decide(bureau, said(4, ALPHA))


def test_rows_of_many_deliveries_are_decided_at_once_or_not_at_all(bureau: Bureau) -> None:
    bureau.deliver(",乙1,2026-02-20,2026-03-01,additive,fine,3,")
    with pytest.raises(InvalidError, match=r"row 3: it is not set aside"):
        decide(bureau, said(4, ALPHA), said(3, ALPHA, delivery=2))
    assert bureau.archive.sequence == 2
    done = decide(bureau, said(4, ALPHA), said(2, BETA, delivery=2))
    assert [each.replays for each in done] == [1, 2]
    assert waiting(bureau) == [5]
    checked(bureau)


def test_a_decision_taken_back_withdraws_what_it_landed(bureau: Bureau) -> None:
    decide(bureau, said(4, ALPHA))
    then = LATER + 10 * DAY
    revoked = bureau.archive.revoke(1, "penalties.csv", 4, "何进", "wrong bureau", then)
    assert (revoked.revokes, revoked.replays, revoked.records) == (1, None, {"lifecycle": 1})
    assert waiting(bureau) == [4, 5]
    assert numbers(bureau, ALPHA) == {"甲3": "withdrawn", "甲1": "stands"}
    assert numbers(bureau, ALPHA, day("2026-07-11"))["甲3"] == "stands"
    decided, back = bureau.archive.decisions()
    assert (decided.revoked, back.revoked) == (False, True)
    assert (back.decision.by, back.decision.reason, back.at) == ("何进", "wrong bureau", then)
    trace, *_ = bureau.archive.trace("甲3")
    assert trace.told[0].decisions == (decided, back)
    [before, _] = bureau.archive.credit_file(ALPHA, day("2026-07-11"), ["penalty"])
    assert before.decisions == (decided,)
    with pytest.raises(NotFoundError, match="no decision on delivery 1, penalties, row 4 stands"):
        bureau.archive.revoke(1, "penalties", 4, "何进", "again", then)
    checked(bureau)


def test_another_enterprise_is_chosen_after_that(bureau: Bureau) -> None:
    decide(bureau, said(4, ALPHA))
    bureau.archive.revoke(1, "penalties", 4, "何进", "wrong", LATER)
    decide(bureau, said(4, BETA))
    assert numbers(bureau, ALPHA)["甲3"] == "withdrawn"
    assert numbers(bureau, BETA)["甲3"] == "stands"
    checked(bureau)


def test_the_same_enterprise_chosen_again_lets_the_record_stand_again(bureau: Bureau) -> None:
    decide(bureau, said(4, ALPHA))
    bureau.archive.revoke(1, "penalties", 4, "何进", "wrong", LATER)
    [delivery] = decide(bureau, said(4, ALPHA, reason="right after all"), at=LATER + DAY)
    assert delivery.records == {"lifecycle": 1}
    assert numbers(bureau, ALPHA)["甲3"] == "stands"
    checked(bureau)
    bureau.archive.revoke(1, "penalties", 4, "何进", "no", LATER + 2 * DAY)
    assert numbers(bureau, ALPHA)["甲3"] == "withdrawn"
    assert waiting(bureau) == [4, 5]
    checked(bureau)


def test_what_is_taken_back_twice_a_day_is_refused(bureau: Bureau) -> None:
    for _ in range(2):
        decide(bureau, said(4, ALPHA))
        if bureau.archive.sequence == 2:
            bureau.archive.revoke(1, "penalties", 4, "何进", "wrong", LATER)
    assert numbers(bureau, ALPHA)["甲3"] == "stands"
    with pytest.raises(InvalidError, match="take this one back tomorrow"):
        bureau.archive.revoke(1, "penalties", 4, "何进", "no", LATER)


def test_that_nobody_is_known_is_taken_back_too(bureau: Bureau) -> None:
    decide(bureau, said(4, None))
    revoked = bureau.archive.revoke(1, "penalties", 4, "何进", "found it", LATER)
    assert revoked.records == {}
    decide(bureau, said(4, ALPHA))
    assert numbers(bureau, ALPHA)["甲3"] == "stands"
    checked(bureau)


def test_what_others_tell_as_well_is_not_withdrawn(bureau: Bureau) -> None:
    decide(bureau, said(4, ALPHA))
    centre = read_source(department(bureau.folder / "sources" / "centre"))
    path = bureau.folder / "told"
    path.mkdir()
    header = "code,document,decided,published,violation,kind,fine,change"
    row = f"{ALPHA},甲3,2026-02-20,2026-03-01,additive,fine,3,"
    (path / "penalties.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")
    bureau.archive.ingest(centre, path, LATER)
    with pytest.raises(InvalidError, match="delivery 3 of centre tells of penalty 甲3"):
        bureau.archive.revoke(1, "penalties", 4, "何进", "wrong", LATER + DAY)
    assert waiting(bureau) == [5]


def test_what_happened_to_a_record_is_decided_but_not_withdrawn(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    bureau.deliver(ROWS[0], ",甲1,2026-03-01,2026-03-02,,,,repaired")
    decide(bureau, said(3, ALPHA))
    assert numbers(bureau, ALPHA) == {"甲1": "repaired"}
    with pytest.raises(InvalidError, match="cannot be withdrawn"):
        bureau.archive.revoke(1, "penalties", 3, "何进", "wrong", LATER)


def two_kinds(folder: Path) -> Bureau:
    """Return a bureau whose rows yield a penalty by name and an award by name and place."""
    bureau = Bureau(folder, source__toml=TWO, penalty__sql=NAMED, lifecycle__sql=LIFECYCLE)
    (bureau.source / "award.sql").write_text(AWARD, encoding="utf-8")
    bureau.deliver(*ROWS)
    return bureau


def test_a_row_about_two_enterprises_is_decided_for_each_kind(tmp_path: Path) -> None:
    bureau = two_kinds(tmp_path)
    with pytest.raises(InvalidError, match="decide for each kind: award, penalty"):
        decide(bureau, said(4, ALPHA))
    with pytest.raises(InvalidError, match="another record of the row would still name no"):
        decide(bureau, said(4, ALPHA, kind="penalty"))
    with pytest.raises(InvalidError, match="a row lands whole"):
        decide(bureau, said(4, ALPHA, kind="penalty"), said(4, None, kind="award"))
    decide(bureau, said(4, ALPHA, kind="penalty"), said(4, BETA, kind="award"))
    assert numbers(bureau, ALPHA) == {"甲3": "stands", "甲1": "stands"}
    assert [e.kind for e in bureau.archive.credit_file(BETA, NEVER)] == ["award", "penalty"]
    bureau.archive.revoke(1, "penalties", 4, "何进", "wrong", LATER)
    assert numbers(bureau, ALPHA)["甲3"] == "withdrawn"
    assert bureau.archive.credit_file(BETA, NEVER)[0].state == "withdrawn"
    decide(bureau, said(4, BETA, kind="penalty"), said(4, BETA, kind="award"))
    states = {(e.kind, e.number): e.state for e in bureau.archive.credit_file(BETA, NEVER)}
    assert states["award", "甲3"] == states["penalty", "甲3"] == "stands"
    assert numbers(bureau, ALPHA)["甲3"] == "withdrawn"
    checked(bureau)


def test_records_that_no_decision_can_tell_apart_are_refused(tmp_path: Path) -> None:
    both = NAMED + " UNION ALL " + NAMED.replace("violation AS by_name", "kind AS by_name")
    both = both.replace("document AS number", "document || violation AS number", 1)
    bureau = Bureau(tmp_path, penalty__sql=both)
    bureau.deliver(*ROWS)
    with pytest.raises(InvalidError, match="yields several penalty records"):
        decide(bureau, said(4, ALPHA))


def test_a_mapping_that_joins_needs_the_folder(bureau: Bureau) -> None:
    toml = TOML.replace(
        "[[records]]",
        '[files.places]\npath = "penalties.csv"\nreader = "csv"\nlookup = true\n\n[[records]]',
        1,
    )
    joined = PENALTY.replace("code AS", "penalties.code AS").replace(
        "FROM penalties WHERE change", "FROM penalties JOIN places USING (_row) WHERE change"
    )
    for name in ("document", "decided", "published", "violation", "kind", "fine", "change"):
        joined = joined.replace(f" {name}", f" penalties.{name}")
    (bureau.source / "source.toml").write_text(toml, encoding="utf-8")
    (bureau.source / "penalty.sql").write_text(joined, encoding="utf-8")
    with pytest.raises(InvalidError, match="give the delivery's folder"):
        decide(bureau, said(4, ALPHA))
    [delivery] = decide(bureau, said(4, ALPHA), folder=bureau.folder / "delivery1")
    assert delivery.records == {"penalty": 1}
    checked(bureau)


def test_a_sheet_is_exported_filled_and_read(tmp_path: Path) -> None:
    bureau = two_kinds(tmp_path)
    sheet = tmp_path / "sheet.csv"
    export_questions(bureau.archive.waiting("review", Selection()), sheet)
    text = sheet.read_text("utf-8-sig")
    head, *lines = text.splitlines()
    assert head.startswith("_source,_department,_delivery,_file,_row,_kind,_candidates,_enterprise")
    assert [line.split(",")[4:6] for line in lines] == [
        ["4", "penalty"], ["4", "award"], ["5", "penalty"], ["5", "award"],
    ]  # fmt: skip
    filled = [
        lines[0].replace("penalty,,,,", f"penalty,,{ALPHA} 禾沐餐饮店,by phone,"),
        lines[1].replace("award,,,,", "award,,无,,"),
        *lines[2:],
    ]
    sheet.write_text("\n".join([head, *filled]), encoding="gb18030")
    first, second = read_answers(sheet, "林洁", "as told")
    assert first == said(4, ALPHA, file="penalties.csv", kind="penalty", reason="by phone")
    assert second == said(4, None, file="penalties.csv", kind="award", reason="as told")


def test_a_sheet_without_its_columns_is_refused(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text("_delivery,_row\n1,2\n")
    with pytest.raises(InvalidError, match="has no column _file, _kind, _enterprise, _reason"):
        read_answers(sheet, "林洁")
    sheet.write_text("_delivery,_file,_row,_kind,_enterprise,_reason\none,f,2,,X,\n")
    with pytest.raises(InvalidError, match="line 2: _delivery 'one'"):
        read_answers(sheet, "林洁")


def test_the_archive_takes_decisions_at_any_moment_of_the_day(bureau: Bureau) -> None:
    decide(bureau, said(4, ALPHA), at=datetime(2026, 7, 1, 16, 30, tzinfo=UTC))
    assert bureau.archive.decisions()[0].at == datetime(2026, 7, 1, 16, 30, tzinfo=UTC)
