"""Expressions: arithmetic by hand, missing values, and trees that are refused."""

from copy import copy, deepcopy
from dataclasses import replace
from pickle import dumps
from unittest.mock import patch

import numpy as np
import pytest

from xinheng.core.errors import DeclarationError
from xinheng.core.time import day
from xinheng.features import (
    AS_OF,
    Expression,
    count,
    expression,
    if_missing,
    ln,
    log2p1,
    log10,
    log10p1,
    maximum,
    minimum,
    month,
    only_if,
    where,
    year,
    years,
)
from xinheng.features.expression import Binary, Constant, Unary, evaluate, leaves_of
from xinheng.features.rates import Rate

NAN = float("nan")
X, Y = count("penalty"), count("complaint")


def value(tree: Expression, x: float = NAN, y: float = NAN, as_of: float = 1000) -> float:
    columns = {X: np.array([x]), Y: np.array([y])}
    return float(evaluate(tree, columns, np.array([as_of]))[0])


@pytest.mark.parametrize(
    ("tree", "x", "y", "expected"),
    [
        (X + Y, 2, 3, 5),
        (1 + X, 2, 0, 3),
        (X - Y, 2, 3, -1),
        (1 - X, 2, 0, -1),
        (X * Y, 2, 3, 6),
        (2 * X, 2, 0, 4),
        (X / Y, 3, 2, 1.5),
        (6 / X, 3, 0, 2),
        (X / Y, 3, 0, NAN),
        (minimum(X, 1), 3, 0, 1),
        (maximum(X, Y), 3, 4, 4),
        (minimum(X, Y), NAN, 1, NAN),
        (X + Y, NAN, 1, NAN),
        (if_missing(X, Y), NAN, 1, 1),
        (if_missing(X, 7), 0, 1, 0),
        (where(X, 5, Y), 1, 2, 5),
        (where(X, 5, Y), 0, 2, 2),
        (where(X, 5, Y), -1, 2, 2),
        (where(X, 5, Y), NAN, 2, NAN),
        (Binary("greater", X, Y), 2, 1, 1),
        (Binary("greater", X, Y), 1, 1, 0),
        (Binary("greater", X, Y), NAN, 1, NAN),
        (only_if(X, Y), 1, 2, 2),
        (only_if(X, Y), 0, 2, NAN),
        (only_if(X, 5), NAN, 2, NAN),
        (ln(X), 1, 0, 0),
        (ln(X), 0, 0, NAN),
        (log10(X), 100, 0, 2),
        (log10(X), -1, 0, NAN),
        (log10p1(X), 99, 0, 2),
        (log2p1(X), 7, 0, 3),
        (AS_OF - X, 400, 0, 600),
        (years(X), 1000 - 730.5, 0, 2),
        (month(X), float(day("2026-03-01")), 0, 3),
        (month(X), float(day("2026-02-28")), 0, 2),
        (month(X), float(day("1969-12-31")), 0, 12),
        (month(X), NAN, 0, NAN),
        (year(X), float(day("2026-12-31")), 0, 2026),
        (year(X), float(day("2027-01-01")), 0, 2027),
        (year(X), float(day("1969-12-31")), 0, 1969),
        (year(X), NAN, 0, NAN),
    ],
)
def test_a_tree_has_the_value_worked_out_by_hand(
    tree: Expression, x: float, y: float, expected: float
) -> None:
    assert value(tree, x, y) == pytest.approx(expected, nan_ok=True)


def test_one_row_and_many_take_the_same_arithmetic() -> None:
    rng = np.random.default_rng(3)
    x = rng.lognormal(size=1001)
    tree = ln(X) + log10(X) * log10p1(X) / log2p1(X)
    many = evaluate(tree, {X: x}, x)
    alone = [evaluate(tree, {X: x[[row]]}, x[[row]])[0] for row in range(len(x))]
    assert np.array(alone).tobytes() == many.tobytes()


def test_equal_trees_are_equal_and_have_the_same_hash() -> None:
    assert years(X) + 1 == years(count("penalty")) + 1.0
    assert hash(years(X) + 1) == hash(years(count("penalty")) + 1.0)
    assert years(X) != years(Y)


def test_the_leaves_of_a_tree_come_from_left_to_right() -> None:
    assert list(leaves_of(where(X, if_missing(Y, 0), X))) == [X, Y, X]


@pytest.mark.parametrize("number", [True, "1", NAN, float("inf")])
def test_a_constant_is_a_finite_number(number: object) -> None:
    with pytest.raises(DeclarationError, match="constant"):
        Constant(number)  # type: ignore[arg-type]


def test_an_unknown_operator_is_refused_with_what_exists() -> None:
    with pytest.raises(DeclarationError, match=r"did you mean 'log10'.*There are: ln, log10"):
        Unary("log1O", X)
    with pytest.raises(DeclarationError, match="no Binary operator 'power'"):
        Binary("power", X, X)


def test_an_operand_must_be_an_expression() -> None:
    with pytest.raises(DeclarationError, match="operand of Unary must be an expression, not 3"):
        Unary("ln", 3)  # type: ignore[arg-type]
    with pytest.raises(DeclarationError, match="'penalty' is no number"):
        X + "penalty"  # type: ignore[operator]


def test_the_hash_of_a_leaf_is_worked_out_once_and_does_not_travel() -> None:
    leaf = Rate(group="city", streams=("complaint",))
    with patch.object(expression, "fields", wraps=expression.fields) as looked:
        assert len({hash(leaf) for _ in range(3)}) == 1
        assert looked.call_count == 1
    for copied in (copy(leaf), deepcopy(leaf), replace(leaf, group="city")):
        assert copied == leaf
        assert hash(copied) == hash(leaf)
    assert b"_hash" not in dumps(leaf)
    assert str(hash(leaf)).encode() not in dumps(leaf, protocol=0)
