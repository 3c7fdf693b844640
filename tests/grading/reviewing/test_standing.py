"""Records that stand: known, not withdrawn, and still there where they were corrected."""

from pathlib import Path

from xinheng.core.time import day
from xinheng.features import Events
from xinheng.grading.reviewing import known_records, standing_records, withdrawn_of

from ..dynamic.world import Town, change, record


def test_a_record_stands_from_when_it_is_known_until_it_is_withdrawn(tmp_path: Path) -> None:
    town, accident = Town(tmp_path), record("incident", "S001", "2024-03-20", "death")
    told = record("enterprise", "S001", "2022-06-01", "")
    town.deliver([told, accident, change(accident, "withdrawn", "2024-05-10")])
    number = town.archive.enterprise("S001")
    events = Events.from_view(town.archive.events()).of(number)
    incident = [kind == "incident" for kind, _ in events.vocabulary]
    [name] = {str(each) for each in events.record[[incident[at] for at in events.stream]]}
    known, gone, other = day("2024-03-25"), day("2024-05-15"), "no such record"
    assert name not in standing_records(events, day("2024-03-19"))
    assert name in standing_records(events, known)
    assert name not in standing_records(events, gone)
    assert name in known_records(events, gone)
    assert withdrawn_of(town.archive, {number: [name]}, known) == {}
    assert withdrawn_of(town.archive, {number: [name, other]}, gone) == {number: [name, other]}
    assert withdrawn_of(town.archive, {}, gone) == {}
