"""The forest: the trees of a booster as flat arrays, read from its text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple, Self

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from ...core.errors import InvalidError

__all__ = ["Forest", "Splits"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

DEFAULT_LEFT, MISSING = 2, 2
"""The bit of a decision type that says where what is missing goes, and where its kind begins."""


class Splits(NamedTuple):
    """How the nodes of all trees send a row on, one tree after the other.

    Parameters
    ----------
    nodes
        Where the nodes of each tree begin, and where the last ones end.
    place, threshold
        Values up to the threshold go left. The place is that of the column in a row that has each
        column three times: first with zero for NaN, where nothing is missing; then with NaN for
        zero, where zero is missing too; then as it is.
    default
        Whether what is missing goes left.
    """

    nodes: Ints
    place: Ints
    threshold: Floats
    default: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Forest:
    """Trees as arrays, those of all nodes and of all leaves one tree after the other.

    Nodes of a tree are in preorder, so that those below one follow it.

    Parameters
    ----------
    splits
        How nodes send a row on.
    leaves
        Where the leaves of each tree begin, and where the last ones end.
    column
        That each node asks of.
    left, right
        Children of each node, as places in its tree; `-1 - leaf` for a leaf.
    cover, leaf_cover
        How many training rows came to a node, and to a leaf.
    value
        Of each leaf.
    """

    splits: Splits
    leaves: Ints
    column: Ints
    left: Ints
    right: Ints
    cover: Floats
    leaf_cover: Floats
    value: Floats

    @classmethod
    def of(cls, booster: lgb.Booster) -> Self:
        """Read the trees of a booster.

        Raises
        ------
        InvalidError
            If it has linear leaves, categorical splits or several classes, averages its trees, or
            has leaves of no number or nodes to which no training row came: training never makes
            such a model, and this explains none.
        """
        head, *texts = booster.model_to_string().split("\nTree=")
        if booster.num_model_per_iteration() != 1 or "\naverage_output" in head:
            raise InvalidError(
                "the booster cannot be explained: it has several classes, or averages its trees; "
                "train one for a single margin, boosted by gradients"
            )
        trees = [dict(_fields(text)) for text in texts]
        for number, tree in enumerate(trees):
            _check(number, tree)
        many = [int(tree["num_leaves"]) for tree in trees]
        nodes = _starts([leaves - 1 for leaves in many])
        order, left, right = _preorder(
            nodes, _ints(trees, "left_child"), _ints(trees, "right_child")
        )
        kinds = _ints(trees, "decision_type")[order]
        column = _ints(trees, "split_feature")[order]
        return cls(
            splits=Splits(
                nodes=nodes,
                place=(kinds >> MISSING & 3) * booster.num_feature() + column,
                threshold=_joined(trees, "threshold")[order],
                default=kinds & DEFAULT_LEFT > 0,
            ),
            leaves=_starts(many),
            column=column,
            left=left,
            right=right,
            cover=_joined(trees, "internal_count")[order],
            leaf_cover=np.concatenate([np.empty(0), *map(_leaf_cover, trees)]),
            value=_joined(trees, "leaf_value"),
        )

    def __len__(self) -> int:
        return len(self.leaves) - 1

    @property
    def expected(self) -> float:
        """The margin of a row of which nothing is known: leaves by the rows that came to them."""
        total = 0.0
        for tree in range(len(self)):
            here = slice(self.leaves[tree], self.leaves[tree + 1])
            weight = self.leaf_cover[here]
            total += float(weight @ self.value[here] / weight.sum())
        return total


def _fields(tree: str) -> Iterator[tuple[str, str]]:
    for line in tree.split("\n\n", 1)[0].splitlines():
        name, sign, value = line.partition("=")
        if sign:
            yield name, value


def _check(number: int, tree: dict[str, str]) -> None:
    for field, what in (("is_linear", "linear leaves"), ("num_cat", "categorical splits")):
        if int(tree.get(field, 0)):
            raise InvalidError(
                f"the booster cannot be explained: tree {number} has {what}; train without them "
                "(`linear_tree=false`, no categorical columns)"
            )
    for field, what, right in (
        ("leaf_value", "a leaf whose value is no number", np.isfinite),
        ("internal_count", "a node to which no training row came", np.sign),
    ):
        if not right(_joined([tree], field)).all():
            raise InvalidError(
                f"the booster cannot be explained: tree {number} has {what} ({field}), so that "
                "nothing sums up to its margins; take the text that LightGBM wrote after training, "
                "or train anew"
            )


def _joined(trees: list[dict[str, str]], field: str) -> Floats:
    """Return a field of all trees one after the other; a tree of one leaf has no nodes."""
    return np.array(" ".join(tree.get(field, "") for tree in trees).split(), np.float64)


def _ints(trees: list[dict[str, str]], field: str) -> Ints:
    return _joined(trees, field).astype(np.int32)


def _preorder(nodes: Ints, left: Ints, right: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the nodes of all trees in preorder, and their children by the new places."""
    order: list[int] = []
    place = np.empty(len(left), np.int32)
    for tree in range(len(nodes) - 1):
        first = nodes[tree]
        waiting = [0] if nodes[tree + 1] > first else []
        while waiting:
            node = waiting.pop()
            place[first + node] = len(order) - first
            order.append(first + node)
            below = (right[first + node], left[first + node])
            waiting += [child for child in below if child >= 0]
    ordered = np.array(order, np.int32)
    start = np.repeat(nodes[:-1], np.diff(nodes))[ordered]

    def renamed(children: Ints) -> Ints:
        old = children[ordered]
        return np.where(old >= 0, place[start + np.maximum(old, 0)], old) if order else old

    return ordered, renamed(left), renamed(right)


def _leaf_cover(tree: dict[str, str]) -> Floats:
    """Return the rows at each leaf; LightGBM writes none where there is one leaf alone."""
    counts = np.array(tree.get("leaf_count", "").split(), np.float64)
    return counts if counts.any() else np.ones(int(tree["num_leaves"]))


def _starts(sizes: list[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
