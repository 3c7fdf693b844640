"""Programs: what the steps find is what the trees say, to the bit, each node worked out once."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xinheng.features import AS_OF, MISSING, Expression, count
from xinheng.features.expression import (
    BINARY,
    UNARY,
    Binary,
    Constant,
    IfMissing,
    Unary,
    Where,
    evaluate,
)
from xinheng.features.program import Program

LEAVES = (count("penalty"), count("complaint"), count("award"))
NUMBERS = st.sampled_from([-3.0, -0.5, 0.0, 0.25, 1.0, 7.0, 20513.0])
ENDS = st.one_of(st.sampled_from([*LEAVES, AS_OF, MISSING]), NUMBERS.map(Constant))


def _larger(trees: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.one_of(
        st.builds(Unary, st.sampled_from(sorted(UNARY)), trees),
        st.builds(Binary, st.sampled_from(sorted(BINARY)), trees, trees),
        st.builds(IfMissing, trees, trees),
        st.builds(Where, trees, trees, trees),
    )


TREES: st.SearchStrategy[Expression] = st.recursive(ENDS, _larger, max_leaves=12)
CELLS = st.one_of(NUMBERS, st.just(float("nan")))
ROWS = st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=4)


@given(
    st.lists(TREES, max_size=4), st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=4)
)
def test_the_steps_find_what_the_trees_say(
    trees: list[Expression], rows: list[tuple[float, float, float]]
) -> None:
    columns = dict(zip(LEAVES, np.array(rows).T.copy(), strict=True))
    days = np.arange(len(rows), dtype=np.float64) + 20513
    found = Program.of(trees).run(columns, days)
    assert found.shape == (len(trees), len(rows))
    for line, tree in zip(found, trees, strict=True):
        np.testing.assert_array_equal(line, evaluate(tree, columns, days))


def test_what_trees_have_in_common_is_worked_out_once() -> None:
    rate = LEAVES[0] / LEAVES[1]
    program = Program.of([rate + 1, rate + 2, rate + 1])
    assert [len(program.leaves), len(program.numbers), len(program.steps)] == [2, 2, 3]
    assert program.results[0] == program.results[2] != program.results[1]


def test_a_program_of_nothing_finds_nothing() -> None:
    assert Program.of([]).run({}, np.zeros(3)).shape == (0, 3)
