"""How many enterprises stand at which level: as searching finds them, within reach."""

from collections import Counter

import pytest

from xinheng.serving.access import Grant, Role, Scope

from . import graded
from .districts import FUTIAN, districts
from .keyed import asking, held

LEVELS = ("A+", "A", "B", "C", "D", "E")
LIMIT = 200


def every(client, path, name, **query):
    """Return all of a list, page by page."""
    found, after = [], 0
    while after is not None:
        page = client.get(path, params={"after": after, "limit": LIMIT, **query}).json()
        found += page[name]
        after = page["next"] if page.get("more", True) else None
    return found


@pytest.fixture(scope="module")
def told(town_client):
    answer = town_client.get("/v1/overview")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_levels_are_counted_as_searching_finds_them(town_client, told):
    everybody = every(town_client, "/v1/enterprises", "enterprises")
    counts = Counter(each["level"] for each in everybody)
    assert told["enterprises"] == len(everybody)
    assert told["ungraded"] == counts[None]
    assert {each["level"]: each["enterprises"] for each in told["levels"]} == {
        level: counts[level] for level in LEVELS
    }
    assert sum(counts[level] for level in LEVELS) > 0


def test_districts_are_counted_as_searching_finds_them(town_client, told):
    everybody = every(town_client, "/v1/enterprises", "enterprises")
    found = Counter((each["district"] or {"code": None})["code"] for each in everybody)
    groups = {
        (each["term"] or {"code": None})["code"]: each["enterprises"] for each in told["districts"]
    }
    assert groups == dict(found)
    assert sum(each["enterprises"] for each in told["businesses"]) == told["enterprises"]
    sizes = [each["enterprises"] for each in told["businesses"]]
    assert sizes == sorted(sizes, reverse=True)


def test_levels_of_before_are_those_from_which_changes_led(town_client, told):
    changes = every(town_client, "/v1/changes", "changes")
    late = [each for each in changes if each["as_of"] > told["since"]]
    moves = Counter((each["level_before"], each["level"]) for each in late)
    assert {
        (each["level_before"], each["level"]): each["enterprises"] for each in told["moves"]
    } == moves
    now = {each["level"]: each["enterprises"] for each in told["levels"]}
    for each in told["levels"]:
        came = sum(count for (_, after), count in moves.items() if after == each["level"])
        went = sum(count for (before, _), count in moves.items() if before == each["level"])
        assert each["before"] == now[each["level"]] - came + went
    newest = [each for each in late if each["as_of"] == told["as_of"]]
    worse = sum(LEVELS.index(e["level"]) > LEVELS.index(e["level_before"]) for e in newest)
    assert told["newest"] == {"better": len(newest) - worse, "worse": worse}


def test_nobody_is_told_of_what_is_beyond_reach(tmp_path):
    settings = districts(tmp_path)
    with asking(settings, held(Role.INSPECTOR, FUTIAN)) as client:
        mine = client.get("/v1/overview").json()
    with asking(settings) as client:
        whole = client.get("/v1/overview").json()
    codes = {each["term"]["code"]: each["enterprises"] for each in whole["districts"]}
    assert mine["enterprises"] == codes[FUTIAN] < whole["enterprises"]
    assert [each["term"]["code"] for each in mine["districts"]] == [FUTIAN]


def test_what_is_kept_of_one_is_not_handed_to_another(town, town_client, told):
    with asking(town, held(Role.INSPECTOR, FUTIAN), at=graded.NOW) as client:
        assert client.get("/v1/overview").json()["enterprises"] == 0
    assert town_client.get("/v1/overview").json() == told


def test_who_is_held_to_categories_is_told_of_those(town, told):
    largest = told["businesses"][0]
    scope = Scope(categories=frozenset({largest["term"]["code"]}))
    with asking(town, Grant(Role.SUPERVISOR, scope), at=graded.NOW) as client:
        answer = client.get("/v1/overview").json()
    assert answer["enterprises"] == largest["enterprises"]
    assert {each["level"]: each["enterprises"] for each in answer["levels"]} == largest["levels"]


def test_before_the_first_run_nobody_has_a_level(client):
    answer = client.get("/v1/overview").json()
    assert {answer[name] for name in ("run", "as_of", "since")} == {None}
    assert (answer["moves"], answer["newest"]) == ([], {"better": 0, "worse": 0})
    assert answer["ungraded"] == answer["enterprises"] > 0
