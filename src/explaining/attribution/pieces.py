"""Pieces of trees: few leaves with few conditions, whose contributions fit into a table.

The contributions of a leaf to a row depend on nothing but which columns of its path the row agrees
with. A piece is a subtree: its conditions are one for each node inside, and one for each column on
the path to its root. In how they come out, all of its leaves are told at once, so that a table of
every outcome holds the sum of what they contribute. A leaf whose path has too many columns for a
table is a piece of its own, without one.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...core.errors import InvalidError
from .forest import Forest

__all__ = ["MOST", "Pieces", "cut"]

MOST = 8
"""How many conditions a piece with a table has at most."""

BITS = 64
"""How many conditions can be told of a row in a number."""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Step = tuple[int, bool]
"""A node of the tree, and whether one goes left."""


class Pieces(NamedTuple):
    """All pieces of a forest; every array but the last of a kind begins where the one before ends.

    Parameters
    ----------
    trees
        Where the pieces of each tree begin.
    first, inside
        Which node of its tree is the first inside a piece, and how many there are, one after the
        other. That a row goes left at them are the first conditions of the piece.
    conditions, columns, leaves
        Where those of each piece begin; here the conditions of the path, which come last.
    terms, node, left
        Where the terms of each condition begin: it holds where at each node the row goes left,
        or does not.
    column
        The columns to which a piece contributes.
    value
        Of each leaf.
    groups, slot, share
        Where the columns on the path of a leaf begin; the place of each in the piece, and the
        share of training rows that agree with the leaf in it.
    needs, condition, outcome
        Where what a row needs to agree begins: conditions of the piece, and how they come out.
    table
        Where the table of each piece begins; -1 if it has none.
    """

    trees: Ints
    first: Ints
    inside: Ints
    conditions: Ints
    columns: Ints
    leaves: Ints
    terms: Ints
    node: Ints
    left: npt.NDArray[np.uint8]
    column: Ints
    value: Floats
    groups: Ints
    slot: Ints
    share: Floats
    needs: Ints
    condition: Ints
    outcome: npt.NDArray[np.uint8]
    table: npt.NDArray[np.int64]


def cut(forest: Forest, most: int = MOST) -> tuple[Pieces, int]:
    """Cut the trees of a forest into pieces of at most so many conditions.

    Returns
    -------
    The pieces, and how many numbers their tables hold together.

    Raises
    ------
    InvalidError
        If a leaf hangs on more than 64 columns.
    """
    build = _Build()
    for number in range(len(forest)):
        for piece in _Tree(forest, number).pieces(most):
            build.add(piece, most)
        build.trees.append(len(build.table))
    arrays = {
        name: np.array(getattr(build, name), kind)
        for kind, names in KINDS.items()
        for name in names
    }
    return Pieces(**arrays), build.size


KINDS = {
    np.int32: (
        "trees", "first", "inside", "conditions", "columns", "leaves", "terms", "node", "column",
        "groups", "slot", "needs", "condition",
    ),
    np.uint8: ("left", "outcome"),
    np.float64: ("value", "share"),
    np.int64: ("table",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A leaf: its value, and the way to it."""

    value: float
    path: tuple[tuple[Step, float], ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """The leaves below a node, the way to it, and the nodes inside, with their columns."""

    path: tuple[Step, ...]
    inside: tuple[int, ...]
    leaves: tuple[_Leaf, ...]
    column: dict[int, int]


class _Tree:
    """A tree of a forest, walked from its root."""

    def __init__(self, forest: Forest, number: int) -> None:
        starts = forest.splits.nodes
        nodes = slice(starts[number], starts[number + 1])
        leaves = slice(forest.leaves[number], forest.leaves[number + 1])
        self.number = number
        self.children = list(
            zip(forest.left[nodes].tolist(), forest.right[nodes].tolist(), strict=True)
        )
        self.column = dict(enumerate(forest.column[nodes].tolist()))
        self.cover = forest.cover[nodes].tolist()
        self.leaf_cover = forest.leaf_cover[leaves].tolist()
        self.value = forest.value[leaves].tolist()

    def pieces(self, most: int) -> Iterator[_Piece]:
        """Yield the pieces; a tree of one leaf has none, for it tells nothing of a row."""
        if self.children:
            yield from self._cut(0, (), most)

    def _cut(self, node: int, path: tuple[tuple[Step, float], ...], most: int) -> Iterator[_Piece]:
        columns = {self.column[step[0]] for step, _ in path}
        inside = [*self._inside(node)]
        if len(columns) > BITS:
            raise InvalidError(
                f"tree {self.number} has a leaf that hangs on {len(columns)} columns; more than "
                f"{BITS} cannot be told apart: train with a `max_depth`"
            )
        if node < 0 or len(columns) + len(inside) <= most:
            steps = tuple(step for step, _ in path)
            leaves = tuple(self._leaves(node, path))
            yield _Piece(steps, tuple(inside), leaves, self.column)
            return
        for child, step in self._below(node):
            yield from self._cut(child, (*path, step), most)

    def _below(self, node: int) -> Iterator[tuple[int, tuple[Step, float]]]:
        """Yield the children of a node, and the step there with the share of rows that take it."""
        for child, left in zip(self.children[node], (True, False), strict=True):
            share = (self.cover[child] if child >= 0 else self.leaf_cover[~child]) / self.cover[
                node
            ]
            yield child, ((node, left), share)

    def _inside(self, node: int) -> Iterator[int]:
        if node >= 0:
            yield node
            for child in self.children[node]:
                yield from self._inside(child)

    def _leaves(self, node: int, path: tuple[tuple[Step, float], ...]) -> Iterator[_Leaf]:
        if node < 0:
            yield _Leaf(self.value[~node], path)
            return
        for child, step in self._below(node):
            yield from self._leaves(child, (*path, step))


@dataclass
class _Build:
    """Pieces put one after the other into flat lists; see `Pieces`."""

    trees: list[int] = field(default_factory=lambda: [0])
    first: list[int] = field(default_factory=list)
    inside: list[int] = field(default_factory=list)
    conditions: list[int] = field(default_factory=lambda: [0])
    columns: list[int] = field(default_factory=lambda: [0])
    leaves: list[int] = field(default_factory=lambda: [0])
    terms: list[int] = field(default_factory=lambda: [0])
    node: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    groups: list[int] = field(default_factory=lambda: [0])
    slot: list[int] = field(default_factory=list)
    share: list[float] = field(default_factory=list)
    needs: list[int] = field(default_factory=lambda: [0])
    condition: list[int] = field(default_factory=list)
    outcome: list[int] = field(default_factory=list)
    table: list[int] = field(default_factory=list)
    size: int = 0

    def add(self, piece: _Piece, most: int) -> None:
        """Add a piece."""
        before = _by_column(piece.path, piece.column)
        inner = {node: place for place, node in enumerate(piece.inside)}
        number = {column: len(inner) + place for place, column in enumerate(before)}
        self.first.append(piece.inside[0] if piece.inside else 0)
        self.inside.append(len(inner))
        for steps in before.values():
            self.node += [node for node, _ in steps]
            self.left += [int(left) for _, left in steps]
            self.terms.append(len(self.node))
        used = {*before, *(piece.column[node] for node in piece.inside)}
        slots = {column: place for place, column in enumerate(sorted(used))}
        self.column += slots
        for leaf in piece.leaves:
            self._add_leaf(leaf, piece, number, inner, slots)
        many = len(before) + len(inner)
        self.table.append(self.size if many <= most else -1)
        self.size += (len(slots) << many) if many <= most else 0
        self.conditions.append(len(self.terms) - 1)
        self.columns.append(len(self.column))
        self.leaves.append(len(self.value))

    def _add_leaf(
        self,
        leaf: _Leaf,
        piece: _Piece,
        number: dict[int, int],
        inner: dict[int, int],
        slots: dict[int, int],
    ) -> None:
        shares = dict(leaf.path)
        for column, steps in _by_column([step for step, _ in leaf.path], piece.column).items():
            if column in number:
                self.condition.append(number[column])
                self.outcome.append(1)
            for node, left in steps:
                if node in inner:
                    self.condition.append(inner[node])
                    self.outcome.append(int(left))
            self.needs.append(len(self.condition))
            self.slot.append(slots[column])
            self.share.append(float(np.prod([shares[step] for step in steps])))
        self.groups.append(len(self.slot))
        self.value.append(leaf.value)


def _by_column(steps: Sequence[Step], column: dict[int, int]) -> dict[int, list[Step]]:
    found: dict[int, list[Step]] = {}
    for step in steps:
        found.setdefault(column[step[0]], []).append(step)
    return found
