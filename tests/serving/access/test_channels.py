"""Channels: a file says what each hands out, held to what the service answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core import ForbiddenError, NotFoundError, PolicyError, load_settings, time
from xinheng.serving import create_app
from xinheng.serving.access import Channels, FieldSet, Grant, Kind, Limit, Role, read_channels
from xinheng.serving.answers import ExplanationAnswer, GradeAnswer

from .world import SUPERVISOR

DAY = time.day("2026-06-30")
HEAD = """
name = "made up"
[[edition]]
version = "1"
status = "design"
effective_from = 2020-01-01
"""
CHANNEL = """
[[edition.channel]]
name = "{name}"
zh = "{name}"
language = "en"
masks = ["phone"]
limit = {{ rate = 10, burst = 20 }}
key_limit = {{ rate = 1, burst = 2 }}
fields = {{ GradeAnswer = {fields} }}
"""
GRADE = GradeAnswer.model_config["json_schema_extra"]["examples"][0]
EXPLANATION = ExplanationAnswer.model_config["json_schema_extra"]["examples"][0]


@pytest.fixture(scope="module")
def openapi():
    return create_app(load_settings()).openapi()


def channel(name="app", fields='["level"]'):
    return CHANNEL.format(name=name, fields=fields)


def read(tmp_path, openapi, text):
    path = tmp_path / "channels.toml"
    path.write_text(text, encoding="utf-8")
    return read_channels(path, openapi)


def test_the_channels_that_ship_name_what_the_service_answers(openapi):
    shipped = read_channels(None, openapi).on(DAY).channels
    assert list(shipped) == ["program", "console", "inspection_app", "mini_program"]
    assert shipped["mini_program"].answer("GradeAnswer", GRADE, SUPERVISOR) == {
        "enterprise": GRADE["enterprise"],
        "as_of": "2026-03-01",
        "level": "C",
        "rules": [{"zh": "列入经营异常名录", "basis": "企业信息公示暂行条例 §17"}],
    }
    assert shipped["program"].answer("GradeAnswer", GRADE, SUPERVISOR) == GRADE
    found = shipped["inspection_app"].answer("ExplanationAnswer", EXPLANATION, SUPERVISOR)
    assert set(found["grade"]) == {"enterprise", "as_of", "rules"}
    assert found["rule_records"] == EXPLANATION["rule_records"]


def test_ten_channels_are_ten_tables(tmp_path, openapi):
    text = HEAD + "".join(channel(f"app_{number}") for number in range(10))
    edition = read(tmp_path, openapi, text).on(DAY)
    assert len(edition.channels) == 10
    for found in edition.channels.values():
        assert found.answer("GradeAnswer", GRADE, SUPERVISOR) == {"level": "C"}
        assert (found.limit, found.key_limit) == (Limit(10, 20), Limit(1, 2))
        assert (found.language, found.masks.kinds) == ("en", {Kind.PHONE})


def test_an_answer_that_a_channel_does_not_name_is_not_had_in_it(tmp_path, openapi):
    app = read(tmp_path, openapi, HEAD + channel()).on(DAY).channel("app")
    with pytest.raises(ForbiddenError, match="hands out no ExplanationAnswer; it hands out: Grade"):
        app.answer("ExplanationAnswer", EXPLANATION, SUPERVISOR)


def test_a_new_edition_holds_from_its_day(tmp_path, openapi):
    first = HEAD.replace("2020-01-01", "2020-01-01\neffective_to = 2026-06-30") + channel()
    second = HEAD.partition("\n[[")[2].replace('"1"', '"2"').replace("2020-01-01", "2026-07-01")
    channels = read(tmp_path, openapi, first + "\n[[" + second + channel(fields='["margin"]'))
    fields = [channels.on(day).channel("app").fields["GradeAnswer"].paths for day in (DAY, DAY + 1)]
    assert fields == [("level",), ("margin",)]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (channel(fields='["lvl"]'), r"no field of GradeAnswer 'lvl'.*did you mean 'level'"),
        (channel(fields='["rules.xx"]'), r"no field of GradeAnswer.rules 'xx'.*There are: alone"),
        (channel(fields='["level.x"]'), r"no field of GradeAnswer.level 'x'"),
        (channel().replace("GradeAnswer", "GradAnswer"), "no answer 'GradAnswer'; did you mean"),
        (channel(fields="[]"), "a list of texts"),
        (channel().replace('fields = { GradeAnswer = ["level"] }', "fields = {}"), "an answer at"),
        (channel() + 'answers = "all"', "either answers or fields"),
        (channel().replace('"en"', '"fr"'), "one of: zh, en"),
        (channel().replace('"phone"', '"fax"'), "some of: name, identity, phone"),
        (channel().replace("rate = 10", "rate = 0"), "a rate above zero"),
        (channel() + "limits = 3", "no key 'edition"),
        (channel() + channel(), "a name that no other channel has"),
        ("", "channel is missing"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(tmp_path, openapi, text, match):
    with pytest.raises(PolicyError, match=match):
        read(tmp_path, openapi, HEAD + text)


def test_a_channel_or_a_file_that_there_is_not_is_told(tmp_path, openapi):
    with pytest.raises(PolicyError, match="did you mean 'program'"):
        Channels.default().on(DAY).channel("programme")
    with pytest.raises(NotFoundError, match="no channels file"):
        read_channels(tmp_path / "none.toml", openapi)


def test_an_answer_is_masked_by_role_and_by_channel(tmp_path, openapi):
    app = read(tmp_path, openapi, HEAD + channel(fields='["policy"]')).on(DAY).channel("app")
    whole = Channels.default().on(DAY).channel("program")
    answer = {"policy": "ask 13800138000, 440304199001011234", "margin": 0.3}
    scientist = Grant(Role.DATA_SCIENTIST)
    assert app.answer("GradeAnswer", answer, SUPERVISOR) == {
        "policy": "ask ***, 440304199001011234"
    }
    assert app.answer("GradeAnswer", answer, scientist) == {"policy": "ask ***, ***"}
    assert whole.answer("GradeAnswer", answer, SUPERVISOR) == answer
    assert whole.answer("GradeAnswer", answer, scientist)["policy"] == "ask ***, ***"


# ---------------------------------------------------------------- field sets

NAMES = st.sampled_from("abc")
VALUES = st.recursive(
    st.none() | st.integers(0, 3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
PATHS = st.lists(st.lists(NAMES, min_size=1, max_size=3).map(".".join), min_size=1, max_size=4)


def leaves(value, at=()):
    """Yield the path of every value that is neither object nor list."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*at, name))
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each, at)
    elif value is not None:
        yield at, value


def within(at, paths):
    return any(at[: len(path)] == path for path in paths)


@given(st.dictionaries(NAMES, VALUES, max_size=3), PATHS)
def test_an_answer_has_the_fields_that_were_named_and_no_others(answer, paths):
    fields = FieldSet.of(paths)
    named = [tuple(path.split(".")) for path in paths]
    found = fields.of_answer(answer)
    assert list(leaves(found)) == [each for each in leaves(answer) if within(each[0], named)]
    assert fields.of_answer(found) == found


def test_the_keys_of_a_table_are_named_by_a_star():
    fields = FieldSet.of(["rule_records.*.kind"])
    found = fields.of_answer(EXPLANATION)
    assert found == {"rule_records": {"abnormal_operation": [{"kind": "penalty"}]}}


def test_a_star_is_no_field_of_an_answer_with_fixed_names(openapi):
    schemas = openapi["components"]["schemas"]
    FieldSet.of(["rule_records.*.origin.number"]).check("ExplanationAnswer", schemas, "f")
    with pytest.raises(PolicyError, match=r"no field of ExplanationAnswer.grade '\*'"):
        FieldSet.of(["grade.*"]).check("ExplanationAnswer", schemas, "f")
