"""The kernel: compiled functions that sum up what the leaves of all trees contribute to rows.

What a leaf contributes to a column is its Shapley value in the game in which a set of known columns
is worth the leaf's value times, for each known column, whether the row agrees with the leaf in it,
and for each other one, the share of training rows that do. That is an integral of a product over
the columns, and a polynomial, so that so many points of Gauss and Legendre give it exactly.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from .forest import Splits
from .pieces import Pieces

__all__ = [
    "BLOCK",
    "Quadrature",
    "add_contributions",
    "add_interactions",
    "fill_tables",
    "quadrature",
]

BLOCK = 256
ZERO = 1e-35

Function = TypeVar("Function", bound=Callable[..., Any])
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.uint8]
Ways = npt.NDArray[np.uint16]


def compiled(function: Function) -> Function:
    """Compile a function; other threads run meanwhile."""
    return cast("Function", numba.njit(nogil=True, cache=True, error_model="numpy")(function))


class Quadrature(NamedTuple):
    """Points and weights on 0 to 1, in row n the n ones exact for polynomials below degree 2 n."""

    points: Floats
    weights: Floats


class Room(NamedTuple):
    """Room for the work on one leaf, as wide as the widest piece has columns."""

    agrees: Floats
    known: Floats
    added: Floats


def quadrature(most: int) -> Quadrature:
    """Return the points and weights of Gauss and Legendre, up to so many.

    Examples
    --------
    >>> points, weights = quadrature(2)
    >>> (points[2] ** 3 @ weights[2]).round(12)  # the integral of a cube
    np.float64(0.25)
    """
    points, weights = np.zeros((2, most + 1, max(1, most)))
    for number in range(1, most + 1):
        at, weight = np.polynomial.legendre.leggauss(number)
        points[number, :number], weights[number, :number] = (at + 1) / 2, weight / 2
    return Quadrature(points, weights)


@compiled
def _room(pieces: Pieces) -> Room:
    widest = 1
    for piece in range(len(pieces.table)):
        widest = max(widest, pieces.columns[piece + 1] - pieces.columns[piece])
    return Room(np.empty(widest), np.empty(widest), np.empty(widest))


@compiled
def _agree(way: int | np.int64, leaf: int, pieces: Pieces, room: Room) -> None:
    """Write with which columns of a leaf's path a row agrees."""
    first = pieces.groups[leaf]
    for group in range(pieces.groups[leaf + 1] - first):
        room.agrees[group] = 1.0
        for need in range(pieces.needs[first + group], pieces.needs[first + group + 1]):
            if (way >> pieces.condition[need]) & 1 != pieces.outcome[need]:
                room.agrees[group] = 0.0


@compiled
def _add_leaf(
    way: int | np.int64,
    leaf: int,
    pieces: Pieces,
    rule: Quadrature,
    room: Room,
    found: Floats,
    at: int,
) -> None:
    """Add what a leaf contributes to a row for which the conditions came out in one way."""
    first, many = pieces.groups[leaf], pieces.groups[leaf + 1] - pieces.groups[leaf]
    _agree(way, leaf, pieces, room)
    number = (many + 1) // 2
    for point in range(number):
        t = rule.points[number, point]
        weight = rule.weights[number, point] * pieces.value[leaf]
        product = 1.0
        for group in range(many):
            room.known[group] = product
            product *= room.agrees[group] * t + (1.0 - t) * pieces.share[first + group]
        product = 1.0
        for group in range(many - 1, -1, -1):
            share, agrees = pieces.share[first + group], room.agrees[group]
            others = room.known[group] * product
            found[at + pieces.slot[first + group]] += weight * (agrees - share) * others
            product *= agrees * t + (1.0 - t) * share


@compiled
def fill_tables(pieces: Pieces, rule: Quadrature, tables: Floats) -> None:
    """Fill the tables of all pieces: by how the conditions come out, then by column."""
    room = _room(pieces)
    for piece in range(len(pieces.table)):
        if pieces.table[piece] < 0:
            continue
        width = pieces.columns[piece + 1] - pieces.columns[piece]
        for way in range(1 << (pieces.conditions[piece + 1] - pieces.conditions[piece])):
            at = pieces.table[piece] + way * width
            for leaf in range(pieces.leaves[piece], pieces.leaves[piece + 1]):
                _add_leaf(way, leaf, pieces, rule, room, tables, at)


@compiled
def _add_pairs(
    way: int | np.int64,
    leaf: int,
    first: int,
    pieces: Pieces,
    rule: Quadrature,
    room: Room,
    found: Floats,
) -> None:
    """Add what a leaf contributes to pairs of columns; half of a pair is in either place."""
    start, many = pieces.groups[leaf], pieces.groups[leaf + 1] - pieces.groups[leaf]
    _agree(way, leaf, pieces, room)
    number = many // 2
    for one in range(many):
        for other in range(one):
            total = 0.0
            for point in range(number):
                t = rule.points[number, point]
                product = rule.weights[number, point]
                for group in range(many):
                    if group not in (one, other):
                        share = pieces.share[start + group]
                        product *= room.agrees[group] * t + (1.0 - t) * share
                total += product
            for group in (one, other):
                total *= room.agrees[group] - pieces.share[start + group]
            total *= pieces.value[leaf] / 2
            here = pieces.column[first + pieces.slot[start + one]]
            there = pieces.column[first + pieces.slot[start + other]]
            found[here, there] += total
            found[there, here] += total


@compiled
def add_interactions(
    matrix: Floats, splits: Splits, pieces: Pieces, rule: Quadrature, found: Floats
) -> None:
    """Add what all trees contribute to pairs of columns; `found` is one square for each row."""
    most = 1
    for tree in range(len(splits.nodes) - 1):
        most = max(most, splits.nodes[tree + 1] - splits.nodes[tree])
    went, room = np.empty((most, 1), np.uint8), _room(pieces)
    values = np.empty((matrix.shape[1], 1))
    for row in range(len(matrix)):
        values[:, 0] = matrix[row]
        for tree in range(len(splits.nodes) - 1):
            first = splits.nodes[tree]
            _compare(values, 1, splits, first, splits.nodes[tree + 1] - first, went)
            for piece in range(pieces.trees[tree], pieces.trees[tree + 1]):
                way = _way(went, 0, piece, pieces)
                for leaf in range(pieces.leaves[piece], pieces.leaves[piece + 1]):
                    _add_pairs(way, leaf, pieces.columns[piece], pieces, rule, room, found[row])


@compiled
def _compare(values: Floats, rows: int, splits: Splits, first: int, many: int, went: Flags) -> None:
    """Tell of each row and node of a tree whether it goes left."""
    for node in range(many):
        split, kind = splits.threshold[first + node], splits.missing[first + node]
        side, place = splits.default[first + node], splits.column[first + node]
        if kind == 2 and side == 1:
            for row in range(rows):
                went[node, row] = np.uint8(not values[place, row] > split)
        elif kind == 2:
            for row in range(rows):
                went[node, row] = np.uint8(values[place, row] <= split)
        elif kind == 1:
            for row in range(rows):
                value = values[place, row]
                absent = np.isnan(value) or abs(value) <= ZERO
                went[node, row] = side if absent else np.uint8(value <= split)
        else:
            for row in range(rows):
                value = values[place, row]
                went[node, row] = np.uint8((0.0 if np.isnan(value) else value) <= split)


@compiled
def _tell_ways(
    went: Flags, rows: int, piece: int, pieces: Pieces, holds: Flags, ways: Ways
) -> None:
    """Write how the conditions of a piece come out for each row, as bits."""
    for row in range(rows):
        ways[row] = 0
    first = pieces.conditions[piece]
    for bit in range(first, pieces.conditions[piece + 1]):
        place, one = np.uint16(bit - first), pieces.terms[bit]
        node, left = pieces.node[one], pieces.left[one]
        if pieces.terms[bit + 1] - one == 1:
            for row in range(rows):
                ways[row] |= np.uint16(np.uint16(went[node, row] == left) << place)
            continue
        for row in range(rows):
            holds[row] = went[node, row] == left
        for term in range(one + 1, pieces.terms[bit + 1]):
            node, left = pieces.node[term], pieces.left[term]
            for row in range(rows):
                holds[row] &= went[node, row] == left
        for row in range(rows):
            ways[row] |= np.uint16(np.uint16(holds[row]) << place)


@compiled
def _add_from_table(
    tables: Floats, piece: int, pieces: Pieces, ways: Ways, rows: int, found: Floats, begin: int
) -> None:
    """Add what the table of a piece holds for each row."""
    first, width = pieces.columns[piece], pieces.columns[piece + 1] - pieces.columns[piece]
    for row in range(rows):
        at = pieces.table[piece] + np.int64(ways[row]) * width
        for place in range(width):
            found[begin + row, pieces.column[first + place]] += tables[at + place]


@compiled
def _way(went: Flags, row: int, piece: int, pieces: Pieces) -> np.int64:
    """Return how the conditions of a piece come out for one row, as bits."""
    found = np.int64(0)
    first = pieces.conditions[piece]
    for bit in range(first, pieces.conditions[piece + 1]):
        holds = np.int64(1)
        for term in range(pieces.terms[bit], pieces.terms[bit + 1]):
            holds &= np.int64(went[pieces.node[term], row] == pieces.left[term])
        found |= holds << (bit - first)
    return found


@compiled
def _add_without_table(
    went: Flags,
    rows: int,
    piece: int,
    pieces: Pieces,
    rule: Quadrature,
    room: Room,
    found: Floats,
    begin: int,
) -> None:
    """Add what the one leaf of a piece contributes to each row, worked out anew."""
    first, width = pieces.columns[piece], pieces.columns[piece + 1] - pieces.columns[piece]
    for row in range(rows):
        room.added[:width] = 0.0
        way = _way(went, row, piece, pieces)
        _add_leaf(way, pieces.leaves[piece], pieces, rule, room, room.added, 0)
        for place in range(width):
            found[begin + row, pieces.column[first + place]] += room.added[place]


@compiled
def add_contributions(
    matrix: Floats,
    splits: Splits,
    pieces: Pieces,
    tables: Floats,
    rule: Quadrature,
    found: Floats,
) -> None:
    """Add what all trees contribute to the columns of rows; `found` has the shape of `matrix`."""
    most = 1
    for tree in range(len(splits.nodes) - 1):
        most = max(most, splits.nodes[tree + 1] - splits.nodes[tree])
    went, room = np.empty((most, BLOCK), np.uint8), _room(pieces)
    holds, ways = np.empty(BLOCK, np.uint8), np.empty(BLOCK, np.uint16)
    values = np.empty((matrix.shape[1], BLOCK))
    for begin in range(0, len(matrix), BLOCK):
        rows = min(BLOCK, len(matrix) - begin)
        for row in range(rows):
            for place in range(matrix.shape[1]):
                values[place, row] = matrix[begin + row, place]
        for tree in range(len(splits.nodes) - 1):
            first = splits.nodes[tree]
            _compare(values, rows, splits, first, splits.nodes[tree + 1] - first, went)
            for piece in range(pieces.trees[tree], pieces.trees[tree + 1]):
                if pieces.table[piece] >= 0:
                    _tell_ways(went, rows, piece, pieces, holds, ways)
                    _add_from_table(tables, piece, pieces, ways, rows, found, begin)
                else:
                    _add_without_table(went, rows, piece, pieces, rule, room, found, begin)
