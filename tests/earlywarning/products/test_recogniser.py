from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.earlywarning.products import RECOGNISED, Recogniser, Vocabulary

DAY = 20_000


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    return Recogniser(Vocabulary.default(), DAY)


def told(recogniser: Recogniser, text: str) -> tuple[str | None, str | None]:
    (row,) = recogniser.recognise([text]).to_pylist()
    return row["product"], row["how"]


@pytest.mark.parametrize(
    ("text", "product", "how"),
    [
        ("河粉", "ho_fun", "exact"),
        ("河粉(湿)", "ho_fun", "exact"),
        ("湿粉（河粉）", "ho_fun", "exact"),
        ("瓶(桶)装饮用水", "barrelled_water", "exact"),
        ("月餅 500g×2", "mooncake", "exact"),
        ("草莓味酸奶", "yogurt", "contained"),
        ("酸奶味饼干", "biscuit", "contained"),
        ("饼干酸奶味", "biscuit", "contained"),
        ("巧克力牛奶", "milk", "contained"),
        ("“喜乐”牌酸奶", "yogurt", "contained"),
        ("月饼礼盒", "mooncake", "contained"),
        ("河粉里吃出异物", "ho_fun", "contained"),
        ("双皮乃", "double_skin_milk", "sound"),
        ("稍鹅", "roast_goose", "sound"),
        ("胶原白蛋饮", "collagen_drink", "near"),
        ("3D印打巧克力", "food_3d", "near"),  # and not any chocolate
    ],
)
def test_a_product_is_recognised(recogniser, text: str, product: str, how: str) -> None:
    assert told(recogniser, text) == (product, how)


@pytest.mark.parametrize(
    "text",
    [
        "酸奶机",  # something else follows
        "月饼、烧鹅",  # two products
        "烧鹅和乳鸽",
        "植物基月饼",  # what stands before changes it
        "香烤草鱼",  # what is made of produce is no produce
        "米面粉",  # another word, of which a name is the end
        "泡姑木耳",  # dried fungus by its end, soaked by the whole
        "广式茶饼",  # the last character is another
        "手机",
        "",
        "( )",
    ],
)
def test_what_is_in_doubt_is_not_recognised(recogniser, text: str) -> None:
    assert told(recogniser, text) == (None, None)


def test_whoever_asks_for_less_certainty_gets_more(recogniser) -> None:
    bold = Recogniser(Vocabulary.default(), DAY, least=0.4, margin=0.0)
    assert told(recogniser, "酸奶机") == (None, None)
    assert told(bold, "酸奶机") == ("yogurt", "contained")


def test_tags_are_of_the_product_and_of_terms_in_the_text(recogniser) -> None:
    found = recogniser.recognise(["3D打印月饼", "益生菌糖糖", "挂面", None])
    assert found["tags"].to_pylist() == [["local", "new_technology"], ["new_ingredient"], [], []]
    assert found["score"].to_pylist()[1:] == [0.0, 1.0, 0.0]


def test_the_vocabulary_is_that_of_the_day(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "code,zh,en,also,kind_of,category,tag,valid_from,valid_to\n"
        "old,脆啵啵,Old,,,31,,,1999-12-31\nnew,脆啵啵,New,,,31,,2000-01-01,\n",
        encoding="utf-8",
    )
    own = Vocabulary.load(path)
    assert told(Recogniser(own, 0), "脆啵啵") == ("old", "exact")
    assert told(Recogniser(own, DAY), "脆啵啵") == ("new", "exact")


def test_every_name_of_the_vocabulary_is_recognised(recogniser) -> None:
    vocabulary = recogniser.vocabulary
    pairs = [
        (name, code)
        for code, names in zip(vocabulary.column("code"), vocabulary.names(), strict=True)
        for name in names
    ]
    found = recogniser.recognise([name for name, _ in pairs])
    assert found["product"].to_pylist() == [code for _, code in pairs]
    assert set(found["score"].to_pylist()) == {1.0}


@pytest.mark.parametrize(
    "given_as",
    [
        lambda texts: np.array(texts, str),
        lambda texts: pa.array(texts, pa.string()),
        lambda texts: pa.chunked_array([texts[:2], texts[2:], []], pa.string()),
        lambda texts: pa.array(texts, pa.string()).dictionary_encode(),
    ],
)
def test_texts_come_as_any_array(recogniser, given_as) -> None:
    texts = ["河粉", "月饼", "河粉", "手机"]
    found = recogniser.recognise(given_as(texts))
    assert found.schema == RECOGNISED
    assert found["product"].to_pylist() == ["ho_fun", "mooncake", "ho_fun", None]
    assert len(recogniser.recognise(given_as([]))) == 0


@settings(max_examples=50)
@given(st.lists(st.sampled_from("酸奶月饼河粉味(机、 “”500g"), max_size=8).map("".join))
def test_a_text_alone_is_recognised_as_among_others(recogniser, text: str) -> None:
    many = recogniser.recognise(["酸奶", text, "月饼礼盒", text])
    assert many.slice(1, 1).to_pylist() == recogniser.recognise([text]).to_pylist()
    assert many.slice(3, 1).to_pylist() == many.slice(1, 1).to_pylist()
    scores = many["score"].to_numpy()
    assert ((scores >= 0) & (scores <= 1)).all()
