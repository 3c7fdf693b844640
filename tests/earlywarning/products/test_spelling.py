import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.earlywarning.products.spelling import parts, plain, uniform


@pytest.mark.parametrize(
    ("written", "even"),
    [
        ("鮮濕米粉", "鲜湿米粉"),
        ("ＭＣＴ油", "MCT油"),
        ("酱油 500ml×12", "酱油 "),
        ("酱油２．５ｋｇ/袋", "酱油"),
        ("[阿明]“烧鹅”", "(阿明)(烧鹅)"),
        ('"阿明"烧鹅', "(阿明)烧鹅"),
        ("烧\n鹅", "烧 鹅"),
        ("3D打印月饼", "3D打印月饼"),
    ],
)
def test_ways_to_write_a_name_are_made_alike(written: str, even: str) -> None:
    assert uniform(pa.array([written])) == [even]


@given(st.lists(st.text()))
def test_there_are_as_many_texts_as_before(texts: list[str]) -> None:
    assert len(uniform(pa.array(texts, pa.string()))) == len(texts)


@given(st.text())
def test_what_is_outside_of_brackets_comes_before_what_is_inside(text: str) -> None:
    found = parts(f"月饼({plain(text)}烧鹅)")
    assert found == [["月饼"], ["月饼"], [f"{plain(text)}烧鹅"]] or found[0] == ["月饼"]
    assert found[-1] == [f"{plain(text)}烧鹅"]


def test_spaces_part_a_text_only_after_it_was_tried_as_one() -> None:
    assert parts("酸 奶/月饼") == [["酸奶", "月饼"], ["酸", "奶", "月饼"]]


def test_a_text_without_letters_names_nothing() -> None:
    assert parts("(、)") == []
