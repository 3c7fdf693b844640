"""Others reach the service only where they can be served safely, and the demo's key not at all."""

import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from xinheng.core.errors import InvalidError, NotFoundError
from xinheng.core.settings import load_settings
from xinheng.demo import folder
from xinheng.ledger import Ledger
from xinheng.serving import serve
from xinheng.serving.hosting import demonstration
from xinheng.serving.hosting.demonstration import open_key
from xinheng.serving.hosting.listening import check_address, transport
from xinheng.serving.hosting.supervisor import Supervisor

from .installation import NOW, installation
from .keyed import keys_of

EVERYWHERE = "0.0.0.0"  # noqa: S104
NAMED = {"hosts": "grades.example", "proxies": "10.0.0.7"}


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1"])
def test_this_machine_may_always_ask(host):
    check_address(load_settings(), host)


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({}, r"in the clear.*names that others use"),
        ({"hosts": "grades.example"}, "XINHENG_CERTIFICATE"),
        ({"proxies": "10.0.0.7"}, "XINHENG_HOSTS"),
    ],
)
def test_what_is_missing_before_others_can_ask_is_named(given, match):
    with pytest.raises(InvalidError, match=match):
        check_address(load_settings(**given), EVERYWHERE)


@pytest.mark.parametrize("given", [NAMED, {"hosts": "grades.example", "certificate": "c.pem"}])
def test_others_may_ask_by_name_through_a_proxy_or_a_certificate(given):
    check_address(load_settings(**given), EVERYWHERE)


@pytest.mark.parametrize("proxies", ["*", "proxy.example", "10.0.0.0/33", "10.0.0.7;10.0.0.8"])
def test_a_proxy_that_is_no_address_is_refused(proxies):
    with pytest.raises(InvalidError, match=r"XINHENG_PROXIES.*no address or network"):
        load_settings(proxies=proxies)


def test_no_header_of_a_proxy_is_believed_unless_it_is_named():
    assert transport(load_settings()) == {"proxy_headers": False}
    assert transport(load_settings(proxies="10.0.0.7, 10.1.0.0/16")) == {
        "proxy_headers": True,
        "forwarded_allow_ips": ["10.0.0.7", "10.1.0.0/16"],
    }


def test_a_certificate_and_its_key_go_together(tmp_path):
    path = tmp_path / "a.pem"
    path.write_text("made up", "ascii")
    with pytest.raises(InvalidError, match="set XINHENG_CERTIFICATE_KEY as well"):
        transport(load_settings(certificate=path))
    with pytest.raises(NotFoundError, match="XINHENG_CERTIFICATE_KEY names"):
        transport(load_settings(certificate=path, certificate_key=tmp_path / "b.pem"))
    found = transport(load_settings(certificate=path, certificate_key=path))
    assert (found["ssl_certfile"], found["ssl_keyfile"]) == (str(path), str(path))


@pytest.fixture
def demo(tmp_path):
    """A demonstration, as `xinheng demo` leaves it behind."""
    found = installation(tmp_path)
    folder.mark(tmp_path, {})
    return found


def opened(settings, at=NOW):
    with closing(Ledger(settings.ledger)) as ledger:
        return open_key(settings, ledger, lambda: at)


def test_the_marker_is_the_demos():
    assert demonstration.MARKER == folder.MARKER
    assert folder.KEY == demonstration.FILE


def test_the_demonstration_has_a_key_that_nobody_else_can_read(demo):
    path = opened(demo)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with keys_of(demo) as keys:
        key = keys.check(path.read_text("ascii").strip())
    assert (key.holder, key.grant.role) == ("the demonstration", "supervisor")
    with closing(Ledger(demo.ledger)) as ledger:
        [row] = ledger.audited(f"key {key.id}")
    assert row["action"] == "issue key"


def test_the_key_of_the_demonstration_stays_until_it_is_over(demo):
    text = opened(demo).read_text("ascii")
    assert opened(demo, NOW + timedelta(days=89)).read_text("ascii") == text
    assert opened(demo, NOW + timedelta(days=90)).read_text("ascii") != text


@pytest.mark.parametrize("spoilt", ["", "xhk_made_up", "xhk_0000000000_" + "0" * 49])
def test_a_file_with_another_key_is_written_anew(demo, spoilt):
    path = opened(demo)
    path.write_text(spoilt, "ascii")
    with keys_of(demo) as keys:
        assert keys.check(opened(demo).read_text("ascii").strip())


def test_the_demonstration_is_for_this_machine_only(demo):
    settings = demo.model_copy(update={"hosts": ("a.example",), "proxies": ("10.0.0.7",)})
    with pytest.raises(InvalidError, match="for this machine only"):
        serve(settings, EVERYWHERE)


def test_real_grades_are_not_served_with_the_key_of_the_demonstration(demo, monkeypatch):
    path = opened(demo, datetime.now(UTC))
    monkeypatch.setattr(Supervisor, "run", lambda _: None)
    (demo.archive.parent / folder.MARKER).unlink()
    with pytest.raises(InvalidError, match=r"revoke it first \(xinheng keys revoke"):
        serve(demo)
    with keys_of(demo) as keys:
        keys.revoke(path.read_text("ascii").split("_")[1])
    serve(demo, port=0)
