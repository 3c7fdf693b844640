"""Masking: a masked answer holds none of the originals, wherever they stood."""

import json
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core import PolicyError, load_settings, uscc_check_character
from xinheng.serving import create_app
from xinheng.serving.access import Grant, Kind, Masks, Place, Role, Scope, is_individual, masks_for
from xinheng.serving.access.masking import MARK, OURS, PLACES
from xinheng.serving.answers import ExplanationAnswer
from xinheng.serving.entrance.caller import to_json

ALL = Masks(frozenset(Kind))
EXPLANATION = ExplanationAnswer.model_config["json_schema_extra"]["examples"][0]
FOUND = (
    Place("FoundAnswer", "found.name", Kind.NAME, of_individuals=True),
    Place("FoundAnswer", "found.address", Kind.ADDRESS, of_individuals=True),
    Place("FoundAnswer", "found.owner.name", Kind.NAME),
)
SEARCH = Masks(frozenset(Kind), FOUND)


def code(first):
    """Return a valid code of an enterprise whose code begins so."""
    body = f"{first}440300MA5XNG010"[:17].ljust(17, "A")
    return body + uscc_check_character(body)


COMPANY, STALL = code("91"), code("92")


@pytest.fixture(scope="module")
def openapi():
    return create_app(load_settings()).openapi()


def names():
    return st.text("张王李陈欧阳丽明强芳· ", min_size=2, max_size=6).filter(
        lambda name: name.strip()
    )


def identities():
    days = st.dates(date(1930, 1, 1), date(2010, 1, 1)).map(lambda day: day.strftime("%Y%m%d"))
    regions = st.integers(110_000, 820_000).map(str)
    tails = st.integers(0, 999).map("{:03d}".format)
    return st.builds("".join, st.tuples(regions, days, tails, st.sampled_from("0123456789Xx")))


def phones():
    mobile = st.integers(13_000_000_000, 19_999_999_999).map(str)
    spaced = mobile.map(lambda number: f"{number[:3]} {number[3:7]} {number[7:]}")
    dashed = mobile.map(lambda number: f"+86-{number[:3]}-{number[3:7]}-{number[7:]}")
    return mobile | spaced | dashed | st.integers(20_000_000, 29_999_999).map("0755-{}".format)


def around(texts):
    """Put a text between others that no digit ends or begins."""
    words = st.text(st.characters(exclude_categories=["Nd", "Cs"]), max_size=6)
    safe = words.map(lambda word: word.replace("-", "").replace("+", "").strip())
    return st.builds(lambda before, text, after: f"{before} {text} {after}", safe, texts, safe)


@given(names(), around(names()), st.lists(identities() | phones(), max_size=4), st.randoms())
def test_a_masked_explanation_holds_none_of_the_originals(who, reason, numbers, chance):
    answer = json.loads(json.dumps(EXPLANATION))
    answer["override"] = {
        "level": "B",
        "by": who,
        "reason": f"{reason} {who}",
        "until": "2026-12-31",
    }
    [record] = answer["reasons"][0]["records"]
    for number in numbers:
        field = chance.choice(["number", "department", "file"])
        record["origin"][field] = f"{record['origin'][field]} / {number} {who}"
    masked = json.dumps(ALL.of_answer("ExplanationAnswer", answer), ensure_ascii=False)
    assert [each for each in [*numbers, who, f"{reason} {who}"] if each in masked] == []


@given(names(), st.text("福田区路号一二三", min_size=3), names())
def test_what_is_an_individual_operators_own_is_masked_everywhere(name, address, owner):
    answer = {
        "found": [
            {"enterprise": STALL, "name": name, "address": address, "owner": {"name": owner}},
            {"enterprise": COMPANY, "name": "某食品有限公司", "address": "某路1号", "owner": None},
        ],
        "note": f"{name} at {address}, run by {owner}",
    }
    masked = SEARCH.of_answer("FoundAnswer", answer)
    text = json.dumps(masked, ensure_ascii=False)
    assert [each for each in (name, address, owner) if each in text] == []
    assert masked["found"][1]["name"] in {"某食品有限公司", MARK}
    assert masked["found"][0]["enterprise"] == STALL


@given(st.lists(around(identities() | phones()), min_size=1, max_size=5))
def test_identity_and_telephone_numbers_are_found_in_any_text_and_key(texts):
    answer = {"a": [{"b": text} for text in texts], **dict.fromkeys(texts, 1)}
    masked = json.dumps(ALL.of_answer("GradeAnswer", answer), ensure_ascii=False)
    assert re.findall(r"\d{7,}", masked.replace(" ", "").replace("-", "")) == []


def test_what_is_no_personal_data_stays_as_it_is():
    assert ALL.of_answer("ExplanationAnswer", EXPLANATION) == EXPLANATION
    for text in (
        COMPANY,
        STALL,
        "2025-0117",
        "深市监罚〔2025〕117号",
        "20260301",
        "0.31",
        "440304",
    ):
        assert ALL.of_answer("GradeAnswer", {"x": text}) == {"x": text}


def test_numbers_of_our_own_are_left_alone():
    record = "440304199001011234"
    assert ALL.of_answer("X", {"record": record, "number": record}) == {
        "record": record,
        "number": MARK,
    }
    assert "record" in OURS


@given(st.sampled_from(["91", "92", "93"]), st.integers(440_000, 440_999), st.dates())
def test_a_code_of_an_enterprise_is_never_taken_for_an_identity_number(kind, region, day):
    body = f"{kind}{region}"[:6] + f"{day.year % 200 + 1850}{day:%m%d}123"
    found = body + uscc_check_character(body)
    assert ALL.of_answer("X", {"enterprise": found}) == {"enterprise": found}


@pytest.mark.parametrize("role", Role)
def test_only_roles_that_need_persons_see_them(role):
    scope = Scope(districts=frozenset({"440304"}))
    kinds = masks_for(Grant(role, scope), Masks()).kinds
    assert (kinds == frozenset()) == (role in {Role.INSPECTOR, Role.SUPERVISOR})


def test_a_channel_masks_whoever_asks():
    channel = Masks(frozenset({Kind.PHONE}))
    assert masks_for(Grant(Role.SUPERVISOR), channel) == channel


def test_only_the_kinds_that_were_named_are_masked():
    answer = {"number": "13800138000 440304199001011234"}
    assert Masks(frozenset({Kind.PHONE})).of_answer("X", answer) == {
        "number": f"{MARK} 440304199001011234"
    }
    assert Masks().of_answer("X", answer) is answer


@pytest.mark.parametrize(
    ("identifier", "individual"),
    [
        (COMPANY, False),
        (f"uscc:{COMPANY}", False),
        (STALL, True),
        (COMPANY[:-1] + "0", True),
        ("licence:JY2440304", True),
        (f"other:{COMPANY}", True),
        (None, True),
    ],
)
def test_whoever_is_not_known_to_be_a_company_may_be_an_individual(identifier, individual):
    assert is_individual(identifier) == individual


def test_places_are_fields_of_answers(openapi):
    schemas = openapi["components"]["schemas"]
    ALL.check(schemas)
    gone = Masks(places=(*PLACES, Place("GradeAnswer", "owner", Kind.NAME)))
    with pytest.raises(PolicyError, match=r"no field of GradeAnswer 'owner'.*take it out"):
        gone.check(schemas)


NO_PERSONS = {
    ("AccountAnswer", "person"),  # told to those who let people in
    ("AccountOrder", "person"),
    ("CardAnswer", "notes"),  # of a model
    ("CardGroupAnswer", "by"),  # what a model's groups are made by
    ("AmendmentQuestion", "reason"),  # what is posted is not handed out
    ("ChangedAnswer", "by"),  # a number
    ("DecisionQuestion", "reason"),  # what is posted is not handed out
    ("DecisionQuestion", "reason_code"),
    ("DowngradeEventAnswer", "by"),  # number of a warning
    ("EventAnswer", "by"),  # number of a review
    ("EventAnswer", "reason_code"),  # of the review policy
    ("ExplanationAnswer", "note"),  # of the law
    ("EntryAnswer", "actor"),  # whom the audit is about
    ("JobRunAnswer", "actor"),  # told to those who run the service
    ("KeyAnswer", "person"),
    ("NoteQuestion", "reason"),
    ("ReceiptAnswer", "reason"),  # in our words
    ("ReasonQuestion", "reason"),
    ("RemarkQuestion", "reason"),
    ("ReplyQuestion", "reason"),
    ("ReviewQuestion", "reason"),
    ("ServiceQuestion", "reason"),
    ("SessionAnswer", "actor"),  # told to nobody but whom it names
    ("RoleAnswer", "personal"),  # permissions
    ("RunAnswer", "reason"),  # start, monthly, or names of events
    ("VerificationAnswer", "remarks"),  # a number
}


def test_every_text_that_a_person_is_named_in_is_a_place(openapi):
    """Names of fields that speak of persons are places, or it is said here why not."""
    speaking = re.compile(r"^(by|owner|person|actor|phone|tel|address|contact|reason|remark|note)")
    fields = {
        (answer, field)
        for answer, schema in openapi["components"]["schemas"].items()
        for field in schema.get("properties", {})
        if speaking.match(field) and field != "reasons"
    }
    covered = {
        ("DoneAnswer", "actor"),
        ("DoneAnswer", "reason"),
        ("DowngradeEventAnswer", "actor"),
        ("DowngradeEventAnswer", "reason"),
        ("EventAnswer", "actor"),
        ("EventAnswer", "reason"),
        ("OverrideAnswer", "by"),
        ("OverrideAnswer", "reason"),
        ("ProfileAnswer", "address"),
        ("PromotionAnswer", "by"),
        ("PromotionAnswer", "reason"),
    }
    assert fields - NO_PERSONS == covered, "name new fields in PLACES, or in NO_PERSONS"


def test_what_masking_itself_would_put_together_is_masked_as_a_whole():
    override = {"level": "B", "by": "A*", "reason": "李明", "until": "2026-12-31"}
    answer = {"override": override, "note": "A李明"}
    assert ALL.of_answer("ExplanationAnswer", answer)["note"] == MARK


@given(
    st.recursive(
        st.none() | st.floats(allow_nan=False) | st.integers() | around(phones() | identities())
        | st.text(st.sampled_from('0123456789 -+\x01\n\\"键')),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner),
        max_leaves=8,
    )
)  # fmt: skip
def test_what_is_said_to_hold_nothing_to_mask_is_left_as_it_is(value):
    answer = {"text": value}
    if not ALL.touch("GradeAnswer", to_json(answer)):
        assert ALL.of_answer("GradeAnswer", answer) == answer


@pytest.mark.parametrize("text", ["tel. 138 0013 8000", "\x0113800138000", "11010519491231002X"])
def test_what_holds_something_to_mask_is_said_to(text):
    assert ALL.touch("GradeAnswer", to_json({"text": text}))
    assert not Masks().touch("GradeAnswer", to_json({"text": text}))


def test_an_answer_that_has_a_place_is_always_looked_through():
    assert ALL.touch("ExplanationAnswer", b"{}")
