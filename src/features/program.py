"""Programs: several expressions as one list of steps, each node once, for what is asked often."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from ..core.errors import DeclarationError
from .expression import (
    BINARY,
    UNARY,
    AsOf,
    Binary,
    Constant,
    Expression,
    IfMissing,
    Leaf,
    Missing,
    Unary,
    Where,
    chosen,
    filled,
)

__all__ = ["Program"]

Floats = npt.NDArray[np.float64]
Step = tuple[Callable[..., Floats], tuple[int, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The steps by which the values of some expressions are found.

    Every value has a place: first the leaves, then the day, then numbers, then the steps in the
    order in which they are taken.

    Parameters
    ----------
    leaves
        What has to be given.
    numbers
        The constants, NaN among them.
    steps
        What is done, and the places of the operands.
    results
        The place of the value of each expression.
    """

    leaves: tuple[Leaf, ...]
    numbers: tuple[float, ...]
    steps: tuple[Step, ...]
    results: tuple[int, ...]

    @classmethod
    def of(cls, nodes: Iterable[Expression]) -> Self:
        """Put the steps of some expressions in an order.

        Examples
        --------
        >>> from xinheng.features.expression import AS_OF, if_missing
        >>> program = Program.of([AS_OF / 7, if_missing(10 / (AS_OF / 7 - 1), 0)])
        >>> len(program.steps), program.run({}, np.array([7.0, 14.0])).tolist()
        (4, [[1.0, 2.0], [0.0, 10.0]])
        """
        trees = list(nodes)
        inner: dict[Expression, None] = {}
        for tree in trees:
            _note(tree, inner)
        leaves = [node for node in inner if isinstance(node, Leaf)]
        fixed = [node for node in inner if isinstance(node, Constant | Missing)]
        done = [node for node in inner if not isinstance(node, Leaf | AsOf | Constant | Missing)]
        place = {node: at for at, node in enumerate([*leaves, AsOf(), *fixed, *done])}
        steps = tuple(
            (_work(node), tuple(place[each] for each in _operands(node))) for node in done
        )
        return cls(
            tuple(leaves),
            tuple(node.number if isinstance(node, Constant) else np.nan for node in fixed),
            steps,
            tuple(place[tree] for tree in trees),
        )

    def run(self, columns: Mapping[Leaf, Floats], as_of: Floats) -> Floats:
        """Return the values of all expressions, one below the other: expressions x rows.

        Parameters are those of `evaluate`, of which each line is one, to the bit.
        """
        rows = len(as_of)
        values = [columns[leaf] for leaf in self.leaves]
        values.append(as_of)
        values += [np.full(rows, number) for number in self.numbers]
        with np.errstate(all="ignore"):
            for work, operands in self.steps:
                values.append(work(*[values[place] for place in operands]))
        return np.array([values[place] for place in self.results]).reshape(-1, rows)


def _note(node: Expression, inner: dict[Expression, None]) -> None:
    """Note the nodes of a tree, each once, after what they are made of."""
    if node in inner:
        return
    for operand in _operands(node):
        _note(operand, inner)
    inner[node] = None


def _operands(node: Expression) -> tuple[Expression, ...]:
    match node:
        case Unary():
            return (node.operand,)
        case Binary():
            return node.left, node.right
        case IfMissing():
            return node.operand, node.substitute
        case Where():
            return node.test, node.yes, node.no
    return ()


def _work(node: Expression) -> Callable[..., Floats]:
    match node:
        case Unary():
            return UNARY[node.operator]
        case Binary():
            return BINARY[node.operator]
        case IfMissing():
            return filled
        case Where():
            return chosen
    raise DeclarationError(f"{type(node).__name__} is no node that can be evaluated")
