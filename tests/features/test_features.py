"""The package: what it offers."""

from xinheng import features


def test_the_public_names_exist_and_are_sorted_as_ruff_sorts() -> None:
    for name in features.__all__:
        assert getattr(features, name) is not None
    assert len(set(features.__all__)) == len(features.__all__)
