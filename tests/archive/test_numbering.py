"""Numbering: numbers are dense, given once, and the same after being stored."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from xinheng.archive.numbering import Numbering
from xinheng.archive.tables import STREAM

KEYS = st.lists(st.one_of(st.none(), st.sampled_from("abcdef")), max_size=5)


@given(deliveries=st.lists(st.lists(KEYS, max_size=3), max_size=4), data=st.data())
def test_numbers_are_those_of_the_order_in_which_texts_were_met(
    deliveries: list[list[list[str | None]]], data: st.DataObject
) -> None:
    stored, met = STREAM.empty_table(), []
    for sequence, delivery in enumerate(deliveries, 1):
        order = data.draw(st.permutations(range(stored.num_rows)))
        numbering = Numbering(stored.take(pa.array(order, pa.int64())))
        for keys in delivery:
            numbering.extend(pa.array(keys, pa.string()), sequence)
            met += [key for key in dict.fromkeys(keys) if key is not None and key not in met]
        asked = [*"abcdefg", None]
        expected = [met.index(key) if key in met else -1 for key in asked]
        assert numbering.numbers(pa.array(asked, pa.string())).tolist() == expected
        new = numbering.new_rows()
        assert set(new["sequence"].to_pylist()) <= {sequence}
        stored = pa.concat_tables([stored, new])
    assert stored["number"].to_pylist() == list(range(len(met)))
    assert stored["key"].to_pylist() == met
