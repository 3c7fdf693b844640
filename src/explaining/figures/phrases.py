"""Phrases: what figures say, in Chinese, in English, or in both where a page is in both."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from ...core.errors import NotFoundError
from ...features import Indicator

__all__ = ["LANGUAGES", "Phrases", "named", "phrases", "spoken"]

LANGUAGES = ("zh", "en", "both")
Phrases = Mapping[str, Any]


@cache
def phrases(language: str) -> Phrases:
    """Return what figures say.

    Parameters
    ----------
    language
        `zh`, `en`, or `both`, the Chinese before the English.

    Raises
    ------
    NotFoundError
        If there is no such language.

    Examples
    --------
    >>> phrases("both")["level"]
    '等级 level'
    """
    if language not in LANGUAGES:
        raise NotFoundError.among("language", language, LANGUAGES)
    told = tomllib.loads(files(__package__).joinpath("words.toml").read_text("utf-8"))
    return _beside(told["zh"], told["en"]) if language == "both" else told[language]


def named(indicator: Indicator, language: str) -> str:
    """Return what an indicator is called on a figure.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> named(standard_catalogue()["PN06"], "en")
    'Administrative penalties'
    """
    return indicator.en if language == "en" else indicator.zh


def spoken(language: str) -> tuple[str, ...]:
    """Return the languages of which a language is made up.

    Examples
    --------
    >>> spoken("both"), spoken("en")
    (('zh', 'en'), ('en',))
    """
    return LANGUAGES[:2] if language == "both" else (language,)


def _beside(zh: Phrases, en: Phrases) -> Phrases:
    return {
        key: _beside(value, en[key]) if isinstance(value, dict) else f"{value} {en[key]}"
        for key, value in zh.items()
    }
