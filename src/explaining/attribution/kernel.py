"""The kernel: compiled functions that sum up what the leaves of all trees contribute to rows.

What a leaf contributes to a column is its Shapley value in the game in which a set of known columns
is worth the leaf's value times, for each known column, whether the row agrees with the leaf in it,
and for each other one, the share of training rows that do. That is an integral of a product over
the columns, and a polynomial, so that so many points of Gauss and Legendre give it exactly.

A row is widened first: three values of each column, one for each way of missing, so that every node
compares alike. What nodes answer are the bits of words, 64 nodes to a word; those inside a piece
lie side by side, and are read off at once. Compiled code is kept on disk as long as this file is
the same: what it calls has to be in it too.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

from .forest import Splits
from .pieces import Pieces
from .quadrature import Quadrature

__all__ = ["add_contributions", "add_interactions", "add_row_by_row", "fill_tables"]

BLOCK = 512
ZERO = float(np.float32(1e-35))
"""LightGBM takes what is no farther from zero for zero, whatever is missing."""

Function = TypeVar("Function", bound=Callable[..., Any])
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.uint64]


def compiled(function: Function) -> Function:
    """Compile a function; other threads run meanwhile."""
    return cast("Function", numba.njit(nogil=True, cache=True, error_model="numpy")(function))


class Room(NamedTuple):
    """Room for the work on one leaf, as wide as the widest piece has columns."""

    agrees: Floats
    known: Floats
    added: Floats


@compiled
def _room(pieces: Pieces) -> Room:
    widest = 1
    for piece in range(len(pieces.table)):
        widest = max(widest, pieces.columns[piece + 1] - pieces.columns[piece])
    return Room(np.empty(widest), np.empty(widest), np.empty(widest))


@compiled
def _agree(way: np.uint64, leaf: int, pieces: Pieces, room: Room) -> None:
    """Write with which columns of a leaf's path a row agrees."""
    first = pieces.groups[leaf]
    for group in range(pieces.groups[leaf + 1] - first):
        room.agrees[group] = 1.0
        for need in range(pieces.needs[first + group], pieces.needs[first + group + 1]):
            answer = (way >> np.uint64(pieces.condition[need])) & np.uint64(1)
            if answer != pieces.outcome[need]:
                room.agrees[group] = 0.0


@compiled
def _add_leaf(
    way: np.uint64,
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
def fill_tables(pieces: Pieces, rule: Quadrature, tables: Floats) -> float:
    """Fill the tables of all pieces: by how the conditions come out, then by column.

    Returns how far a line of a table is, at most, from what its columns have to sum up to.
    """
    room, away = _room(pieces), 0.0
    for piece in range(len(pieces.table)):
        if pieces.table[piece] < 0:
            continue
        width = pieces.columns[piece + 1] - pieces.columns[piece]
        many = pieces.inside[piece] + pieces.conditions[piece + 1] - pieces.conditions[piece]
        for way in range(1 << many):
            at, total = pieces.table[piece] + way * width, 0.0
            for leaf in range(pieces.leaves[piece], pieces.leaves[piece + 1]):
                _add_leaf(np.uint64(way), leaf, pieces, rule, room, tables, at)
                total += _gain(leaf, pieces, room)
            away = max(away, abs(tables[at : at + width].sum() - total))
    return away


@compiled
def _gain(leaf: int, pieces: Pieces, room: Room) -> float:
    """Return what a leaf adds to a row of which all is known, over one of which nothing is."""
    first = pieces.groups[leaf]
    known, unknown = pieces.value[leaf], pieces.value[leaf]
    for group in range(pieces.groups[leaf + 1] - first):
        known *= room.agrees[group]
        unknown *= pieces.share[first + group]
    return float(known - unknown)


@compiled
def _most_words(splits: Splits) -> int:
    """Return how many words the largest tree needs, and one to spare."""
    most = 0
    for tree in range(len(splits.nodes) - 1):
        most = max(most, splits.nodes[tree + 1] - splits.nodes[tree])
    return (most + 63) // 64 + 1


@compiled
def _widen(matrix: Floats, begin: int, rows: int, values: Floats) -> None:
    """Write three values of each column and row, columns outside; see `Splits.place`."""
    columns = matrix.shape[1]
    for row in range(rows):
        for column in range(columns):
            value = matrix[begin + row, column]
            zero, absent = abs(value) <= ZERO, np.isnan(value)
            values[column, row] = 0.0 if zero or absent else value
            values[columns + column, row] = np.nan if zero else value
            values[2 * columns + column, row] = 0.0 if zero else value


@compiled
def _tell_words(values: Floats, rows: int, splits: Splits, tree: int, words: Words) -> None:
    """Write which nodes of a tree send a row left; `words` has a line for each word."""
    first = splits.nodes[tree]
    many = splits.nodes[tree + 1] - first
    for word in range((many + 63) // 64 + 1):
        words[word, :rows] = np.uint64(0)
    for node in range(many):
        place, split = splits.place[first + node], splits.threshold[first + node]
        word, bit = node >> 6, np.uint64(node & 63)
        if splits.default[first + node]:
            for row in range(rows):
                words[word, row] |= np.uint64(not values[place, row] > split) << bit
        else:
            for row in range(rows):
                words[word, row] |= np.uint64(values[place, row] <= split) << bit


@compiled
def _tell_ways(
    words: Words, rows: int, piece: int, pieces: Pieces, holds: Words, ways: Words
) -> None:
    """Write how the conditions of a piece come out for each row, as bits."""
    inside = pieces.inside[piece]
    word, shift = pieces.first[piece] >> 6, np.uint64(pieces.first[piece] & 63)
    mask, rest = (np.uint64(1) << np.uint64(inside)) - np.uint64(1), np.uint64(63) - shift
    if shift + np.uint64(inside) <= np.uint64(64):
        for row in range(rows):
            ways[row] = (words[word, row] >> shift) & mask
    else:
        for row in range(rows):
            low, high = words[word, row] >> shift, words[word + 1, row] << np.uint64(1)
            ways[row] = (low | (high << rest)) & mask
    for condition in range(pieces.conditions[piece], pieces.conditions[piece + 1]):
        place = np.uint64(inside + condition - pieces.conditions[piece])
        one, end = pieces.terms[condition], pieces.terms[condition + 1]
        for term in range(one, end):
            word, bit = pieces.node[term] >> 6, np.uint64(pieces.node[term] & 63)
            other = np.uint64(1 - pieces.left[term])
            if term == one:
                for row in range(rows):
                    holds[row] = (words[word, row] >> bit) ^ other
            else:
                for row in range(rows):
                    holds[row] &= (words[word, row] >> bit) ^ other
        for row in range(rows):
            ways[row] |= (holds[row] & np.uint64(1)) << place


@compiled
def _route_one(values: Floats, splits: Splits, pieces: Pieces, words: Words, ways: Words) -> None:
    """Write how the conditions of all pieces come out for one row; `values` is one column."""
    one = np.uint64(1)
    for tree in range(len(splits.nodes) - 1):
        _words_of_one(values, splits, tree, words)
        for piece in range(np.uint64(pieces.trees[tree]), np.uint64(pieces.trees[tree + 1])):
            first, many = np.uint64(pieces.first[piece]), np.uint64(pieces.inside[piece])
            word, shift = first >> np.uint64(6), first & np.uint64(63)
            low, high = words[word] >> shift, words[word + one] << one
            way = (low | (high << (np.uint64(63) - shift))) & ((one << many) - one)
            begin, end = pieces.conditions[piece], pieces.conditions[piece + one]
            for condition in range(np.uint64(begin), np.uint64(end)):
                way |= _holds(words, pieces, condition) << many
                many += one
            ways[piece] = way


@compiled
def _words_of_one(values: Floats, splits: Splits, tree: int, words: Words) -> None:
    first, end = np.uint64(splits.nodes[tree]), np.uint64(splits.nodes[tree + 1])
    word, bits, bit = np.uint64(0), np.uint64(0), np.uint64(0)
    for node in range(first, end):
        value = values[np.uint64(splits.place[node])]
        left = (value <= splits.threshold[node]) | ((value != value) & splits.default[node])  # noqa: PLR0124  NaN
        bits |= np.uint64(left) << bit
        bit += np.uint64(1)
        if bit == np.uint64(64):
            words[word] = bits
            word, bits, bit = word + np.uint64(1), np.uint64(0), np.uint64(0)
    words[word] = bits


@compiled
def _holds(words: Words, pieces: Pieces, condition: int) -> np.uint64:
    """Return 1 if a condition on the way to a piece holds, else 0."""
    one = np.uint64(1)
    found, after = one, np.uint64(condition) + one
    for term in range(np.uint64(pieces.terms[condition]), np.uint64(pieces.terms[after])):
        node = np.uint64(pieces.node[term])
        answer = words[node >> np.uint64(6)] >> (node & np.uint64(63))
        found &= answer ^ np.uint64(one - np.uint64(pieces.left[term]))
    return found


@compiled
def _add_pairs(
    way: np.uint64,
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
    room, words = _room(pieces), np.empty(_most_words(splits), np.uint64)
    ways, values = np.empty(len(pieces.table), np.uint64), np.empty((3 * matrix.shape[1], 1))
    for row in range(len(matrix)):
        _widen(matrix, row, 1, values)
        _route_one(values[:, 0], splits, pieces, words, ways)
        for piece in range(len(ways)):
            for leaf in range(pieces.leaves[piece], pieces.leaves[piece + 1]):
                first = pieces.columns[piece]
                _add_pairs(ways[piece], leaf, first, pieces, rule, room, found[row])


@compiled
def add_row_by_row(
    matrix: Floats, splits: Splits, pieces: Pieces, tables: Floats, rule: Quadrature, found: Floats
) -> None:
    """Add what all trees contribute to the columns of few rows; the same as `add_contributions`."""
    room, words = _room(pieces), np.empty(_most_words(splits), np.uint64)
    ways, values = np.empty(len(pieces.table), np.uint64), np.empty((3 * matrix.shape[1], 1))
    for row in range(len(matrix)):
        _widen(matrix, row, 1, values)
        _route_one(values[:, 0], splits, pieces, words, ways)
        for piece in range(np.uint64(len(ways))):
            if pieces.table[piece] >= 0:
                _add_line(ways[piece], piece, pieces, tables, found[row])
            else:
                _work_out(ways[piece], piece, pieces, rule, room)
                for place in range(pieces.columns[piece], pieces.columns[piece + 1]):
                    found[row, pieces.column[place]] += room.added[place - pieces.columns[piece]]


@compiled
def _add_line(way: np.uint64, piece: int, pieces: Pieces, tables: Floats, found: Floats) -> None:
    """Add one line of a table; an index without a sign is not asked where it counts from."""
    after = np.uint64(piece) + np.uint64(1)
    first, end = np.uint64(pieces.columns[piece]), np.uint64(pieces.columns[after])
    at = np.uint64(pieces.table[piece]) + way * (end - first)
    for place in range(end - first):
        found[np.uint64(pieces.column[first + place])] += tables[at + place]


@compiled
def _work_out(way: np.uint64, piece: int, pieces: Pieces, rule: Quadrature, room: Room) -> None:
    """Work out what the one leaf of a piece without a table contributes to a row."""
    room.added[: pieces.columns[piece + 1] - pieces.columns[piece]] = 0.0
    _add_leaf(way, pieces.leaves[piece], pieces, rule, room, room.added, 0)


@compiled
def _add_lines(
    ways: Words, rows: int, piece: int, pieces: Pieces, tables: Floats, found: Floats
) -> None:
    """Add what the table of a piece holds for each row; `found` has columns outside."""
    first = pieces.columns[piece]
    width, table = pieces.columns[piece + 1] - first, np.uint64(pieces.table[piece])
    for row in range(rows):
        ways[row] *= np.uint64(width)
    for place in range(width):
        line, at = found[pieces.column[first + place]], table + np.uint64(place)
        for row in range(rows):
            line[row] += tables[at + ways[row]]


@compiled
def _add_without_table(
    ways: Words,
    rows: int,
    piece: int,
    pieces: Pieces,
    rule: Quadrature,
    room: Room,
    found: Floats,
) -> None:
    """Add what the one leaf of a piece contributes to each row; `found` has columns outside."""
    first = pieces.columns[piece]
    for row in range(rows):
        _work_out(ways[row], piece, pieces, rule, room)
        for place in range(pieces.columns[piece + 1] - first):
            found[pieces.column[first + place], row] += room.added[place]


@compiled
def add_contributions(
    matrix: Floats, splits: Splits, pieces: Pieces, tables: Floats, rule: Quadrature, found: Floats
) -> None:
    """Add what all trees contribute to the columns of rows; `found` has the shape of `matrix`."""
    columns, room = matrix.shape[1], _room(pieces)
    words = np.empty((_most_words(splits), BLOCK), np.uint64)
    holds, ways = np.empty(BLOCK, np.uint64), np.empty(BLOCK, np.uint64)
    values, added = np.empty((3 * columns, BLOCK)), np.empty((columns, BLOCK))
    for begin in range(0, len(matrix), BLOCK):
        rows = min(BLOCK, len(matrix) - begin)
        _widen(matrix, begin, rows, values)
        added[:] = 0.0
        for tree in range(len(splits.nodes) - 1):
            _tell_words(values, rows, splits, tree, words)
            for piece in range(pieces.trees[tree], pieces.trees[tree + 1]):
                _tell_ways(words, rows, piece, pieces, holds, ways)
                if pieces.table[piece] >= 0:
                    _add_lines(ways, rows, piece, pieces, tables, added)
                else:
                    _add_without_table(ways, rows, piece, pieces, rule, room, added)
        for row in range(rows):
            for column in range(columns):
                found[begin + row, column] += added[column, row]
