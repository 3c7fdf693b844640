"""Channels over HTTP: the same answers, with the fields, masks, limits and language of each."""

import json

import pytest
from fastapi.testclient import TestClient

from xinheng.core.errors import PolicyError
from xinheng.serving import create_app
from xinheng.serving.access import Grant, Role

from ..archive.department import ALPHA
from .districts import CALLED, FUTIAN, districts
from .installation import HOSTS, NOW
from .keyed import SUPERVISOR, asking, bearer, held, issue
from .test_problems import check

GRADE = f"/v1/enterprises/{ALPHA}/grade?as_of=2026-03-01"
EXPLANATION = f"/v1/enterprises/{ALPHA}/explanation?as_of=2026-03-01"
EDITION = """
name = "made up"
[[edition]]
version = "1"
status = "design"
effective_from = 2020-01-01
"""
CHANNEL = """
[[edition.channel]]
name = "{name}"
zh = "渠道"
language = "{language}"
{fields}
limit = {{ rate = {rate}, burst = {burst} }}
key_limit = {{ rate = 1000, burst = 1000 }}
"""
ALL = 'answers = "all"'


def channel(name, fields=ALL, language="zh", rate=1000, burst=1000):
    return CHANNEL.format(name=name, fields=fields, language=language, rate=rate, burst=burst)


def only(field):
    return f'fields = {{ GradeAnswer = ["{field}"] }}'


def written(folder, *channels):
    path = folder / "channels.toml"
    path.write_text(EDITION + "".join(channels), "utf-8")
    return path


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    return districts(tmp_path_factory.mktemp("ways"))


@pytest.fixture(scope="module")
def service(installed):
    app = create_app(installed, hosts=HOSTS, now=lambda: NOW)
    with TestClient(app, raise_server_exceptions=False) as found:
        yield found


@pytest.fixture(scope="module")
def whole(installed):
    return bearer(issue(installed))


def by(installed, name, grant=SUPERVISOR):
    return bearer(issue(installed, grant, name))


def test_a_channel_hands_out_its_fields_and_no_others(installed, service, whole):
    some = service.get(GRADE, headers=by(installed, "mini_program")).json()
    everything = service.get(GRADE, headers=whole).json()
    assert list(some) == ["enterprise", "as_of", "level", "rules"]
    assert some["rules"] == [
        {"zh": each["zh"], "basis": each["basis"]} for each in everything["rules"]
    ]
    assert {name: some[name] for name in ("enterprise", "as_of", "level")} == {
        name: everything[name] for name in ("enterprise", "as_of", "level")
    }


@pytest.mark.parametrize(
    ("name", "url", "status"),
    [
        ("mini_program", GRADE, 200),
        ("mini_program", EXPLANATION, 403),
        ("mini_program", "/v1/model", 403),
        ("inspection_app", EXPLANATION, 200),
        ("inspection_app", f"{EXPLANATION}&detail=short", 403),
        ("inspection_app", "/v1/changes", 403),
    ],
)
def test_an_answer_that_a_channel_does_not_name_is_not_had_in_it(
    installed, service, name, url, status
):
    answer = service.get(url, headers=by(installed, name))
    assert answer.status_code == status
    if status == 403:
        problem = check(answer, 403, "forbidden")
        assert f"channel '{name}'" in problem["detail"]


def test_what_may_be_personal_is_masked_for_who_needs_no_persons(installed, service, whole):
    bureau = by(installed, "program", held(Role.DEPARTMENT, FUTIAN))
    answers = {
        who: service.get(f"/v1/enterprises/{ALPHA}/records?as_of=2026-03-01", headers=headers)
        for who, headers in (("supervisor", whole), ("bureau", bureau))
    }
    assert CALLED in answers["supervisor"].text
    assert CALLED not in answers["bureau"].text
    told = answers["supervisor"].text.replace(f'"{CALLED}"', '"***"')
    assert answers["bureau"].json() == json.loads(told)


def test_who_sees_another_answer_has_another_tag(installed, service, whole):
    """Else a proxy, or a program with two keys, would take one of them for the other."""
    askers = [
        whole,
        by(installed, "program", held(Role.DEPARTMENT, FUTIAN)),
        by(installed, "console"),
        by(installed, "mini_program"),
        bearer(issue(installed, Grant(Role.DATA_SCIENTIST)), "model"),
    ]
    tags = [service.get(GRADE, headers=each).headers["etag"] for each in askers]
    assert len(set(tags)) == len(askers)
    for tag in tags[1:]:
        assert service.get(GRADE, headers=whole | {"If-None-Match": tag}).status_code == 200
    again = service.get(GRADE, headers=by(installed, "program") | {"If-None-Match": tags[0]})
    assert again.status_code == 304  # another key of the same grant sees the same


def test_another_edition_of_the_channels_is_another_tag(installed, tmp_path):
    headers, tags = bearer(issue(installed)), []
    for rate in (1000, 1001):
        changed = installed.model_copy(
            update={"channels": written(tmp_path, channel("program", rate=rate))}
        )
        with TestClient(create_app(changed, hosts=HOSTS, now=lambda: NOW)) as client:
            tags.append(client.get(GRADE, headers=headers).headers["etag"])
    assert tags[0] != tags[1]


def test_ten_channels_are_configuration_only(installed, tmp_path):
    names = [f"way_{number}" for number in range(10)]
    fields = ["level", "as_of", "margin", "probability", "rules.zh", "rules.id", "national_class",
              "policy", "enterprise", "interval"]  # fmt: skip
    told = zip(names, fields, strict=True)
    path = written(tmp_path, *(channel(name, only(field)) for name, field in told))
    settings = installed.model_copy(update={"channels": path})
    app = create_app(settings, hosts=HOSTS, now=lambda: NOW)
    with TestClient(app) as client:
        for name, field in zip(names, fields, strict=True):
            answer = client.get(GRADE, headers=by(installed, name))
            assert list(answer.json()) == [field.partition(".")[0]]


def test_the_keys_of_a_channel_share_its_limit(installed, tmp_path):
    path = written(tmp_path, channel("slow", rate=0.01, burst=3), channel("other"))
    settings = installed.model_copy(update={"channels": path})
    app = create_app(settings, hosts=HOSTS, now=lambda: NOW)
    with TestClient(app) as client:
        one, two, other = (by(installed, name) for name in ("slow", "slow", "other"))
        found = [client.get(GRADE, headers=each) for each in (one, two, one, two, other)]
        assert [each.status_code for each in found] == [200, 200, 200, 429, 200]
        problem = check(found[3], 429, "too-many-requests")
        assert "this channel asks too often" in problem["detail"].lower()
        assert found[3].headers["ratelimit-policy"] == '"channel";q=3;w=300'


def test_the_language_is_the_channels_where_none_is_asked_for(installed, tmp_path):
    path = written(tmp_path, channel("program", language="en"))
    settings = installed.model_copy(update={"channels": path})
    with asking(settings) as client:
        for headers, language in (({}, "en"), ({"Accept-Language": "zh-CN"}, "zh"),
                                  ({"Accept-Language": "fr"}, "en")):  # fmt: skip
            answer = client.get(EXPLANATION, headers=headers)
            assert answer.headers["content-language"] == language


def test_channels_that_are_not_in_force_yet_stop_the_service(installed, tmp_path):
    path = written(tmp_path, channel("program"))
    path.write_text(path.read_text("utf-8").replace("2020-01-01", "2030-01-01"), "utf-8")
    settings = installed.model_copy(update={"channels": path})
    with (
        pytest.raises(PolicyError, match="2030-01-01"),
        TestClient(create_app(settings, hosts=HOSTS, now=lambda: NOW)),
    ):
        pass


def test_channels_that_name_what_no_answer_has_stop_the_service(installed, tmp_path):
    path = written(tmp_path, channel("program", only("colour")))
    settings = installed.model_copy(update={"channels": path})
    with (
        pytest.raises(PolicyError, match="colour"),
        TestClient(create_app(settings, hosts=HOSTS, now=lambda: NOW)),
    ):
        pass
