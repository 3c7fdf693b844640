"""The ML Test Score sheet claims nothing that cannot be found."""

import ast
from collections.abc import Iterator

import pytest
from typer.main import get_command

from xinheng.cli import app

from .mltestscore import PAGE, ROOT, Test, meaning, read_sheet, render, score

SECTIONS = read_sheet()
TESTS = [test for section in SECTIONS for test in section.tests]
AUTOMATED, BY_HAND, NOT_DONE = 1, 0.5, 0


def commands(group: object, before: str = "") -> Iterator[str]:
    """Yield the names of all commands of the command line."""
    for name, command in getattr(group, "commands", {}).items():
        yield f"{before}{name}"
        yield from commands(command, f"{before}{name} ")


def find(name: str) -> ast.FunctionDef | None:
    """Return the test of that name in its file."""
    file, _, function = name.partition("::")
    tree = ast.parse((ROOT / file).read_bytes())
    defined = (node for node in tree.body if isinstance(node, ast.FunctionDef))
    return next((each for each in defined if each.name == function), None)


def is_slow(name: str) -> bool:
    """Tell whether `make test` leaves a test out."""
    found = find(name)
    return found is not None and any(map(is_left_out, found.decorator_list))


def is_left_out(decorator: ast.expr) -> bool:
    """Tell whether a decorator leaves the whole of its test out, and not only some of its cases."""
    match decorator:
        case ast.Call(args=[_, ast.List(elts=cases) | ast.Tuple(elts=cases)]):
            return bool(cases) and all("mark.slow" in ast.unparse(case) for case in cases)
    return "mark.slow" in ast.unparse(decorator)


@pytest.mark.parametrize(
    ("decorator", "is_out"),
    [
        ("pytest.mark.slow", True),
        ("pytest.mark.parametrize('n', [1, 2])", False),
        ("pytest.mark.parametrize('n', [1, pytest.param(2, marks=pytest.mark.slow)])", False),
        ("pytest.mark.parametrize('n', [pytest.param(2, marks=pytest.mark.slow)])", True),
        ("pytest.mark.parametrize('n', ['slow'])", False),
    ],
)
def test_a_test_is_left_out_whose_cases_all_are(decorator: str, *, is_out: bool) -> None:
    assert is_left_out(ast.parse(decorator, mode="eval").body) == is_out


def test_there_are_four_sections_of_seven() -> None:
    assert [len(section.tests) for section in SECTIONS] == [7, 7, 7, 7]
    assert len({test.name for test in TESTS}) == 28


@pytest.mark.parametrize("test", TESTS, ids=lambda test: test.name)
def test_points_have_their_evidence_and_what_is_missing_its_reason(test: Test) -> None:
    assert test.says
    assert test.points in {AUTOMATED, BY_HAND, NOT_DONE}
    if test.points == AUTOMATED:
        at_each_change = [name for name in test.tests if not is_slow(name)]
        assert at_each_change, "only what `make test` does each time is automatic"
        assert not test.missing
    else:
        assert test.missing
    if test.points == BY_HAND:
        assert test.tests + test.files + test.commands, "a half has to be seen somewhere"


@pytest.mark.parametrize("name", sorted({name for test in TESTS for name in test.tests}))
def test_every_test_that_is_named_exists(name: str) -> None:
    assert find(name) is not None
    assert name.partition("::")[2].startswith("test_")


def test_every_command_that_is_named_exists() -> None:
    named = {command for test in TESTS for command in test.commands}
    assert named - set(commands(get_command(app))) == set()


def test_every_file_that_is_named_exists() -> None:
    assert [name for test in TESTS for name in test.files if not (ROOT / name).is_file()] == []


def test_the_page_is_written_from_the_sheet() -> None:
    assert PAGE.read_text("utf-8") == render(SECTIONS), "run: python -m tests.docs.mltestscore"


def test_the_score_is_that_of_the_weakest_section() -> None:
    assert score(SECTIONS) == min(section.points for section in SECTIONS)
    assert meaning(0) != meaning(0.5) != meaning(1.5)
    assert meaning(2.5) == meaning(3) != meaning(3.5)
