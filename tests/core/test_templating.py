"""Templates escape what is put into them, and refuse what they do not know."""

import pytest
from jinja2 import TemplateNotFound, UndefinedError

from xinheng.core.templating import environment, resource

PACKAGES = {"xinheng.explaining": "sheet.html.j2", "xinheng.training.pages": "model.html.j2"}


@pytest.mark.parametrize(("package", "name"), PACKAGES.items())
def test_each_package_has_its_own_templates(package: str, name: str) -> None:
    made = environment(package)
    made.filters |= dict.fromkeys(
        ["percent", "cut", "count", "day", "figure", "signed", "number"], str
    )
    assert made.get_template(name).filename.endswith(name)
    assert resource(package, name).strip()
    others = set(PACKAGES.values()) - {name}
    with pytest.raises(TemplateNotFound):
        made.get_template(others.pop())


def test_what_is_put_in_is_escaped_and_what_is_missing_is_an_error() -> None:
    made = environment("xinheng.explaining").from_string("{{ name }}")
    assert made.render(name="<b>") == "&lt;b&gt;"
    with pytest.raises(UndefinedError):
        made.render()


def test_a_filter_of_one_page_is_not_on_another() -> None:
    environment("xinheng.explaining").filters["loud"] = str.upper
    assert "loud" not in environment("xinheng.explaining").filters
