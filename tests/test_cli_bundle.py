"""Bundles on the command line: verified or refused, told apart, signed anew."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xinheng.cli import app
from xinheng.core.errors import IntegrityError, InvalidError, NotFoundError, NotGradableError
from xinheng.grading import Blend, Parts, key_id, write_bundle
from xinheng.ledger import Ledger
from xinheng.training import open_key

from .grading.world import CATALOGUE, city, city_rows, parts, scheduling_parts, train
from .training.world import archive_of
from .training.world import city as shops

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("archive", "bundles", "mlruns", "keys"):
        monkeypatch.setenv(f"XINHENG_{name.upper()}", str(tmp_path / name))
    monkeypatch.setenv("XINHENG_LEDGER", f"sqlite:///{tmp_path / 'ledger.db'}")
    return tmp_path


def put(place: Path, made: Parts) -> str:
    """Sign a bundle into the folder of bundles, and return its digest."""
    digest = write_bundle(place / "bundles" / "draft", made, open_key(place / "keys"))
    (place / "bundles" / "draft").rename(place / "bundles" / digest)
    return digest


def moved() -> Parts:
    return replace(parts(), calibrator=parts().calibrator.shifted(0.5))


def run(*words: str) -> dict:
    result = CliRunner().invoke(app, [*words, "--json"])
    assert result.exit_code == 0, (result.output, result.exception)
    return json.loads(result.stdout)


def refused(error: type[Exception], message: str, *words: str) -> None:
    result = CliRunner().invoke(app, words)
    assert isinstance(result.exception, error), (result.output, result.exception)
    assert message in str(result.exception)


def test_a_sound_bundle_says_what_was_checked(place: Path) -> None:
    digest = put(place, parts())
    Ledger(f"sqlite:///{place / 'ledger.db'}").promote(
        digest, purpose="grade", actor="li", reason="first", at=NOW
    )
    found = run("bundle", "verify", digest[:10])
    assert found == run("bundle", "verify", str(place / "bundles" / digest))
    assert list(found["checks"]) == [
        "files", "format", "digest", "signature", "purpose", "catalogue", "policy", "directions",
    ]  # fmt: skip
    assert (found["purpose"], found["same_catalogue"]) == ("grade", False)
    assert found["key"] == key_id(open_key(place / "keys").public_key())
    assert found["champion"] == "champion for grade since 2026-01-01"
    shown = CliRunner().invoke(app, ["bundle", "verify", digest[:10]]).stdout
    assert shown.endswith("sound, and champion for grade since 2026-01-01\n")


def test_a_bundle_that_is_not_sound_is_refused_with_the_reason(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = put(place, parts())
    refused(NotFoundError, "there are: " + digest[:12], "bundle", "verify", "fff")
    path = place / "bundles" / digest / "policy.toml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("0.65", "0.66"), "utf-8")
    refused(
        IntegrityError, "['policy.toml'] are not as they were signed", "bundle", "verify", digest
    )
    path.write_text(text, "utf-8")
    run("bundle", "verify", digest)
    for key in (place / "keys").glob("*.pub"):
        key.unlink()
    refused(NotFoundError, "no trusted key", "bundle", "verify", digest)
    backwards = [-sign for sign in CATALOGUE.monotone_constraints()]
    from xinheng.features import compute

    matrix = compute(CATALOGUE, city(), city_rows())
    wrong = Blend(train(matrix, matrix["IH01"] < 1, backwards))
    (place / "keys" / "signing.pem").unlink()
    with monkeypatch.context() as careless:
        careless.setattr("xinheng.grading.bundle.check_directions", lambda _: None)
        bad = put(place, replace(parts(), blend=wrong))
    refused(NotGradableError, "goes against the direction", "bundle", "verify", bad)


def test_every_bundle_is_listed_the_broken_one_with_its_fault(place: Path) -> None:
    grade, plan = put(place, parts()), put(place, scheduling_parts())
    (place / "bundles" / plan / "card.json").unlink()
    rows = {row["bundle"]: row for row in run("bundle", "list")["bundles"]}
    assert (rows[grade]["sound"], rows[grade]["purpose"]) == (True, "grade")
    assert "misses ['card.json']" in rows[plan]["fault"]
    assert "refused:" in CliRunner().invoke(app, ["bundle", "list"]).stdout


def test_two_bundles_are_told_apart(place: Path) -> None:
    one, other = put(place, parts()), put(place, moved())
    found = run("bundle", "diff", one[:10], other[:10])
    assert {each["part"] for each in found["differences"]} == {"calibrator"}
    assert run("bundle", "diff", one[:10], one)["differences"] == []
    same = CliRunner().invoke(app, ["bundle", "diff", one, one]).stdout
    assert "do the same in every part" in same
    table = CliRunner().invoke(app, ["bundle", "diff", one, other]).stdout
    assert "where E begins" in table
    plan = put(place, scheduling_parts())
    refused(
        NotGradableError, "is for scheduling", "bundle", "diff", one, plan, "--as-of", "2024-01-01"
    )


def test_two_bundles_are_told_apart_by_whom_they_move(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = archive_of(shops(shops=60), place)
    monkeypatch.setenv("XINHENG_ARCHIVE", str(archive.folder))
    one, other = put(place, parts()), put(place, moved())
    moves = run("bundle", "diff", one, other, "--as-of", "2024-01-01")["moves"]
    assert set(moves) == {"all", "operator"}
    counts = moves["all"]["levels"]
    assert sum(map(sum, counts)) == 60
    below = sum(counts[before][after] for before in range(6) for after in range(before))
    assert below == 0  # all odds are higher
    shown = CliRunner().invoke(app, ["bundle", "diff", one, other, "--as-of", "2024-01-01"]).stdout
    assert "Enterprises in business as of 2024-01-01" in shown


def test_a_card_is_printed_or_written(place: Path) -> None:
    digest = put(place, parts())
    assert run("bundle", "card", digest)["page"].startswith("# Model card 模型卡: grade, ")
    for name in ("card.md", "card.html"):
        run("bundle", "card", digest, "--output", str(place / name))
        assert digest in (place / name).read_text("utf-8")
    refused(InvalidError, "must end in .md or .html", "bundle", "card", digest,
            "--output", str(place / "card.txt"))  # fmt: skip


def test_after_a_key_is_revoked_a_champion_is_signed_by_another(place: Path) -> None:
    digest = put(place, parts())
    old = key_id(open_key(place / "keys").public_key())
    refused(NotFoundError, "there is no key", "bundle", "revoke", "0" * 16, "--reason", "lost")
    run("bundle", "revoke", old, "--reason", "the laptop was stolen")
    refused(IntegrityError, "revoked: the laptop was stolen", "bundle", "verify", digest)
    refused(IntegrityError, "move signing.pem away", "bundle", "sign", digest)
    (place / "keys" / "signing.pem").rename(place / "signing.revoked.pem")
    refused(NotFoundError, "give all 64 digits", "bundle", "sign", digest[:12])
    signed = run("bundle", "sign", digest)
    assert signed["key"] != old
    assert run("bundle", "verify", digest)["key"] == signed["key"]
