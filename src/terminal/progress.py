"""How far a long command is: bars on a terminal, plain lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

__all__ = ["progress"]


@contextmanager
def progress(console: Console | None = None) -> Iterator[Callable[[str, int, int], None]]:
    """Show steps as bars on a terminal, and elsewhere as plain lines with the seconds passed.

    A step is told by its name, how far it is, and how far it goes; a new name ends the one before.
    The console is that of standard error, if none is given.
    """
    console = console or Console(stderr=True)
    if not console.is_terminal:
        began, shown = perf_counter(), set[str]()

        def tell(step: str, _: int, __: int) -> None:
            if step not in shown:
                shown.add(step)
                console.print(f"{perf_counter() - began:6.1f} s  {step}", highlight=False)

        yield tell
        return
    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}
        totals: dict[str, int] = {}

        def draw(step: str, done: int, total: int) -> None:
            if step not in tasks:
                end()
                tasks[step] = bars.add_task(step, total=total)
            totals[step] = total
            bars.update(tasks[step], completed=done, total=total)

        def end() -> None:
            for step, task in tasks.items():
                bars.update(task, completed=totals[step])

        yield draw
        end()
