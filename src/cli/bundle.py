"""The commands on bundles: which there are, whether one is sound, and what tells two apart."""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ..core.errors import InvalidError, NotFoundError, XinhengError
from ..terminal import answer, write_page
from .options import AsJson, open_archive, past_day

if TYPE_CHECKING:
    from ..core.settings import Settings
    from ..grading import Bundle, Difference, Verification
    from ..training.promotion import Moves

__all__ = ["bundle_app"]

SHOWN, WIDTH = 12, 40
bundle_app = typer.Typer(help="Bundles: what training hands on, signed.", no_args_is_help=True)

Which = Annotated[
    str, typer.Argument(metavar="PATH|DIGEST", help="Its folder, or the first digits of its name.")
]


@bundle_app.command("list")
def list_bundles(as_json: AsJson = False) -> None:
    """List the bundles there are, whether each is sound, and which is champion."""
    from ..core.settings import load_settings
    from ..grading import find_any, stored_digests

    settings, rows = load_settings(), []
    champions = _champions(settings)
    for digest in stored_digests(settings):
        row: dict[str, Any] = {"bundle": digest, "champion": champions.get(digest)}
        try:
            card = find_any(settings, digest).card
        except XinhengError as error:
            row |= {"sound": False, "fault": str(error)}
        else:
            row |= {"sound": True, "purpose": str(card.purpose), "cohort": card.cohort}
            row |= {"learned_until": card.learned_until, "auc": card.measures.get("auc")}
        rows.append(row)

    def show(console: Console) -> None:
        table = Table("bundle", "purpose", "cohort", "learned until", "AUC", "champion")
        for row in rows:
            if row["sound"]:
                auc = "{:.3f} ({:.3f} to {:.3f})".format(*row["auc"]) if row["auc"] else ""
                cells = [row["purpose"], row["cohort"], row["learned_until"], auc]
            else:
                cells = [f"[red]refused: {row['fault']}[/]", "", "", ""]
            table.add_row(row["bundle"][:SHOWN], *cells, row["champion"] or "")
        console.print(table)

    answer(as_json, {"folder": str(settings.bundles), "bundles": rows}, show)


@bundle_app.command()
def verify(which: Which, as_json: AsJson = False) -> None:
    """Check a bundle as a service would: say what was found, or refuse it and say why."""
    from ..core.settings import load_settings
    from ..features import standard_catalogue
    from ..grading import find_any, trusted_keys, verify_bundle

    settings = load_settings()
    path = _path(settings, which)
    if not Path(which).is_dir():
        find_any(settings, which)
    found = verify_bundle(path, trusted_keys(settings), standard_catalogue())
    champion = _champions(settings).get(found.bundle.digest)

    def show(console: Console) -> None:
        table = Table("checked", "found", title=f"{path}")
        for name, says in found.checks.items():
            table.add_row(name, says)
        console.print(table)
        console.print(f"sound{f', and {champion}' if champion else ''}")

    answer(as_json, _verified(found) | {"champion": champion}, show)


@bundle_app.command()
def diff(
    before: Which,
    after: Which,
    as_of: Annotated[
        str, typer.Option(help="Also who would move between levels, graded as of this day.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Say what differs between two bundles, part by part; with --as-of, whose level does."""
    from ..core.settings import load_settings
    from ..grading import Purpose, diff_bundles

    settings = load_settings()
    pair = _read(settings, before), _read(settings, after)
    found, moved = diff_bundles(*pair), None
    if as_of:
        for each in pair:
            each.require(Purpose.GRADE)
        moved = _moves(pair, past_day(as_of))

    def show(console: Console) -> None:
        names = [each.digest[:SHOWN] for each in pair]
        if found:
            console.print(_differences(found, names))
        else:
            console.print(f"{names[0]} and {names[1]} do the same in every part")
        if moved is not None:
            _show_moves(console, moved, as_of)

    told: dict[str, Any] = {
        "before": pair[0].digest,
        "after": pair[1].digest,
        "differences": [asdict(each) for each in found],
    }
    if moved is not None:
        told["moves"] = {
            name or "all": {"levels": each.counts.tolist(), "moved_two": each.moved(2)}
            for name, each in moved.items()
        }
    answer(as_json, told, show)


@bundle_app.command()
def card(
    which: Which,
    output: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="File to write, .md or .html; printed if not given."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the model card 模型卡 of a bundle: what it is for, how good it is, and for whom."""
    from ..archive.disk import replacing
    from ..core.settings import load_settings
    from ..grading import card_html, card_markdown

    bundle = _read(load_settings(), which)
    if output is None or output.suffix == ".md":
        write_page(card_markdown(bundle), output, as_json)
        return
    if output.suffix != ".html":
        raise InvalidError(f"{output} must end in .md or .html")
    with replacing(output) as draft:
        draft.write_text(card_html(bundle), encoding="utf-8")
    answer(
        as_json,
        {"output": str(output)},
        lambda console: console.print(f"written to {output}", soft_wrap=True),
    )


@bundle_app.command()
def sign(
    digest: Annotated[
        str, typer.Argument(help="All 64 digits of its digest, as the ledger has it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Sign a bundle that is there with your own key, such as after the old key was revoked.

    Its digest stays: it says what the bundle holds, and not who signed it.
    """
    from ..core.settings import load_settings
    from ..grading import key_id, sign_bundle
    from ..training import open_key

    settings = load_settings()
    if not (settings.bundles / digest / "manifest.json").is_file():
        raise NotFoundError(
            f"there is no bundle {digest} in {settings.bundles}; give all 64 digits, as "
            "`xinheng champions --json` has them"
        )
    key = open_key(settings.keys)
    sign_bundle(settings.bundles / digest, digest, key)
    name = key_id(key.public_key())
    answer(
        as_json,
        {"bundle": digest, "key": name},
        lambda console: console.print(f"{digest[:SHOWN]} is signed by the key {name}"),
    )


@bundle_app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="Name of the key, 16 digits.")],
    reason: Annotated[str, typer.Option(help="Why; whoever reads one of its bundles is told.")],
    as_json: AsJson = False,
) -> None:
    """Trust a signing key no longer; every bundle that it signed is refused from now on."""
    from ..core.settings import load_settings
    from ..grading import revoke_key

    path = revoke_key(key, load_settings().keys, reason)
    answer(
        as_json,
        {"key": key, "file": str(path)},
        lambda console: console.print(
            f"{key} is trusted no longer: {path} says why; services need that file as well. Past "
            "champions that it signed: xinheng bundle sign DIGEST"
        ),
    )


def _champions(settings: "Settings") -> Mapping[str, str]:
    """Say of each digest that is or was champion since when."""
    from ..grading import Purpose
    from ..ledger import Ledger

    found = {}
    with closing(Ledger.open(settings)) as ledger:
        for purpose in Purpose:
            history = ledger.promotions.history(purpose)
            for each in history:
                found[each.bundle] = f"was champion for {purpose}"
            for each in history[-1:]:
                found[each.bundle] = f"champion for {purpose} since {each.at:%Y-%m-%d}"
    return found


def _path(settings: "Settings", which: str) -> Path:
    from ..grading import digest_of

    if Path(which).is_dir():
        return Path(which)
    return settings.bundles / digest_of(settings, which)


def _read(settings: "Settings", which: str) -> "Bundle":
    from ..grading import find_any, read_bundle, trusted_keys

    if not Path(which).is_dir():
        return find_any(settings, which)
    return read_bundle(Path(which), trusted_keys(settings))


def _verified(found: "Verification") -> dict[str, Any]:
    return {
        "path": str(found.path),
        "bundle": found.bundle.digest,
        "purpose": str(found.bundle.card.purpose),
        "format": found.bundle.format,
        "key": found.bundle.key,
        "fingerprint": found.bundle.catalogue.fingerprint,
        "same_catalogue": found.same_catalogue,
        "checks": dict(found.checks),
    }


def _moves(pair: "tuple[Bundle, Bundle]", day: int) -> "Moves":
    from ..features import Events

    try:
        from ..training import moves
    except ModuleNotFoundError as error:
        message = f"grading by both needs {error.name}: pip install 'xinheng[training]'"
        raise NotFoundError(message) from None
    archive = open_archive()
    events = Events.from_view(archive.events(upto=archive.sequence))
    return moves(archive, events, pair, day, threads=2)


def _differences(found: "Iterable[Difference]", names: list[str]) -> Table:
    table = Table("part", "what", *names)
    last = ""
    for each in found:
        part = each.part if each.part != last else ""
        table.add_row(part, each.what, _short(each.before), _short(each.after))
        last = each.part
    return table


def _short(value: Any) -> str:
    match value:
        case None:
            return "–"
        case True:
            return "yes"
        case float():
            return f"{value:.4g}"
        case [*values] if all(isinstance(each, int | float | str) for each in values):
            return ", ".join(map(_short, values))
        case _:
            text = str(value)
            return text if len(text) <= WIDTH else f"{text[: WIDTH - 1]}…"


def _show_moves(console: Console, moved: "Moves", as_of: str) -> None:
    everybody = moved[""]
    names = [str(name) for name in everybody.table().columns]
    table = Table("before \\ after", *names, title=f"Enterprises in business as of {as_of}")
    for name, row in everybody.table().iterrows():
        table.add_row(str(name), *(f"{count:,}" if count else "" for count in row))
    console.print(table)
    for name, each in moved.items():
        console.print(
            f"{name or 'all'}: of {each.total:,}, {each.moved():.2%} move, {each.moved(2):.2%} by "
            "two levels or more"
        )
