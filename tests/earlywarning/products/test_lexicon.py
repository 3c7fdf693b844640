from pathlib import Path

import pytest

from xinheng.core.errors import InvalidError
from xinheng.core.time import day
from xinheng.earlywarning.products import Terms, Vocabulary

HEAD = "code,zh,en,also,kind_of,category,tag,valid_from,valid_to"


@pytest.fixture
def vocabulary(tmp_path: Path):
    def load(*lines: str) -> Vocabulary:
        path = tmp_path / "own.csv"
        path.write_text("\n".join((HEAD, *lines)), encoding="utf-8")
        return Vocabulary.load(path)

    return load


def test_a_file_of_ones_own_replaces_the_vocabulary(vocabulary) -> None:
    own = vocabulary("tea,绿茶,Tea,龍井|龙井,,1401,local,,", "jelly,果冻,Jelly,,,1304,,2026-01-01,")
    assert own.names() == [["果冻"], ["绿茶", "龙井"]]
    assert own.at(day("2025-12-31")).column("code") == ["tea"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (
            ["a,月饼,A,,,2401,,,", "b,糕,B,月餅,,2401,,,"],
            "'月饼' is a name of 'a' and of 'b' always",
        ),
        (
            ["a,月饼,A,,,2401,,,2026-03-01", "b,月饼,B,,,2401,,2026-03-01,"],
            "'月饼' is a name of 'a' and of 'b' from 2026-03-01",
        ),
        (["a,月饼,A,,,2499,,,"], "product 'a': there is no category '2499'"),
        (["a,月饼,A,,,2401,lokal,,"], "there is no tag 'lokal'; did you mean 'local'"),
        (["a,月饼,A,,b,2401,,,"], "there is no kind_of 'b'"),
        (
            ["a,甲,A,,b,2401,,,", "b,乙,B,,c,2401,,,", "c,丙,C,,,2401,,,"],
            "'a': it is a kind of 'b', which is itself a kind of another",
        ),
    ],
)
def test_a_vocabulary_that_contradicts_itself_is_refused(vocabulary, lines, message) -> None:
    with pytest.raises(InvalidError) as refused:
        vocabulary(*lines)
    assert message in str(refused.value)


def test_two_products_may_have_a_name_one_after_the_other(vocabulary) -> None:
    own = vocabulary("a,月饼,A,,,2401,,,2026-02-28", "b,月饼,B,,,2401,,2026-03-01,")
    assert own.at(day("2026-03-01")).column("code") == ["b"]


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "terms.csv"
    path.write_text("code,zh,also\na,甲,", encoding="utf-8")
    with pytest.raises(InvalidError, match="no column 'tag'; a table of terms has code"):
        Terms.load(path)


def test_a_kind_stands_for_its_broader_product(vocabulary) -> None:
    own = vocabulary("a,甲,A,,b,2401,,,", "b,乙,B,,,2401,,,")
    assert own.broader().tolist() == [1, -1]
    assert own.broad(["a", "b"]) == ["b", "b"]


def test_the_vocabulary_that_ships_covers_every_food_group() -> None:
    groups = {category[:2] for category in Vocabulary.default().column("category")}
    assert {f"{number:02d}" for number in range(1, 33)} <= groups
    assert {"ca", "fa"} <= groups


def test_terms_give_their_tag_to_whatever_bears_them() -> None:
    tags = Terms.default().tags(["植物基月饼", "月饼", "益生菌3D打印糕"])
    assert {tag: held.tolist() for tag, held in tags.items()} == {
        "new_technology": [True, False, True],
        "new_ingredient": [False, False, True],
    }
