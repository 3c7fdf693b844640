"""The ML Test Score: the sheet as declared, its score, and the page; run it to write that anew."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHEET, PAGE = ROOT / "docs" / "ml-test-score.toml", ROOT / "docs" / "ml-test-score.md"
MEANING = (
    (0.0, "more of a research project than a productionised system"),
    (1.0, "not totally untested, but there may be serious holes in reliability"),
    (2.0, "a first pass at basic productionisation; more investment may be needed"),
    (3.0, "reasonably tested; more of the tests and procedures may be automated"),
    (5.0, "strong levels of automated testing and monitoring, fit for mission-critical systems"),
    (7.0, "exceptional levels of automated testing and monitoring"),
)
INTRODUCTION = """\
# ML Test Score

How ready this project is for production, by the 28 tests of Breck, Cai, Nielsen, Salib and Sculley
2017, *The ML Test Score: A Rubric for ML Production Readiness and Technical Debt Reduction*. A test
done automatically each time has one point; one done by hand, with its result written down, a half.
The score is the smallest sum of the four sections, for a system is as ready as its weakest part.

The sheet is [`ml-test-score.toml`](ml-test-score.toml). A test looks for every test, command and
file named as evidence; `.venv/bin/python -m tests.docs.mltestscore` writes this page. There is no
city in operation yet: points under *Monitoring* are for what would be done by itself, not for
somebody's having watched.
"""


@dataclass(frozen=True, slots=True)
class Test:
    """One of the 28: its points, what is done, what is missing, and where to see it."""

    __test__ = False

    name: str
    points: float
    says: str
    missing: str = ""
    tests: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Seven tests."""

    name: str
    tests: tuple[Test, ...] = field(default_factory=tuple)

    @property
    def points(self) -> float:
        """Their sum."""
        return sum(test.points for test in self.tests)


def read_sheet() -> tuple[Section, ...]:
    """Read the sheet; an unknown key is an error."""
    sheet = tomllib.loads(SHEET.read_text("utf-8"))
    return tuple(
        Section(
            each["name"], tuple(Test(**{k: _value(v) for k, v in t.items()}) for t in each["test"])
        )
        for each in sheet["section"]
    )


def score(sections: tuple[Section, ...]) -> float:
    """Return the smallest sum of all sections."""
    return min(section.points for section in sections)


def meaning(points: float) -> str:
    """Say what a score means, in the words of the paper's table."""
    return next(words for most, words in MEANING if points <= most)


def render(sections: tuple[Section, ...]) -> str:
    """Return the page."""
    total = score(sections)
    parts = [INTRODUCTION, f"**Score: {total:g}** of 7: {meaning(total)}.\n", _table(sections)]
    for section in sections:
        parts.append(f"## {section.name}: {section.points:g} of 7\n")
        parts += [_entry(number, test) for number, test in enumerate(section.tests, 1)]
    return "\n".join(parts)


def _table(sections: tuple[Section, ...]) -> str:
    rows = [f"| {section.name} | {section.points:g} |" for section in sections]
    return "\n".join(["| section | points of 7 |", "| --- | --- |", *rows, ""])


def _entry(number: int, test: Test) -> str:
    lines = [f"{number}. **{test.name}: {test.points:g}.** {test.says}"]
    if test.missing:
        lines.append(f"   *Missing:* {test.missing}")
    where = ", ".join(_evidence(test))
    if where:
        lines.append(f"   *See* {where}.")
    return "\n".join(lines) + "\n"


def _evidence(test: Test) -> Iterator[str]:
    yield from (f"`xinheng {command}`" for command in test.commands)
    yield from (f"`{name}`" for name in test.files)
    yield from (f"`{name}`" for name in test.tests)


def _value(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


if __name__ == "__main__":
    PAGE.write_text(render(read_sheet()), encoding="utf-8")
