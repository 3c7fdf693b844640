"""Sounds: how characters are read, so that a name typed by its sound is found."""

from pypinyin import Style, lazy_pinyin

__all__ = ["Sounds"]

FIRST = 0xF0000
"""A syllable is written as one character that nobody uses."""


class Sounds:
    """Writes texts by their sound, a character a syllable, with or without its tone.

    A character is read in its most usual way; what is no Chinese character stays as it is.

    Examples
    --------
    >>> sounds = Sounds()
    >>> sounds.of("酸奶") == sounds.of("蒜奶"), sounds.of("酸奶") == sounds.of("酸菜")
    (True, False)
    >>> tones = Sounds(tones=True)
    >>> tones.of("酸奶") == tones.of("蒜奶")
    False
    """

    def __init__(self, *, tones: bool = False) -> None:
        self._style = Style.TONE3 if tones else Style.NORMAL
        self._table: dict[int, int] = {}
        self._syllables: dict[str, int] = {}

    def of(self, text: str) -> str:
        """Return the sound of a text, of the same length."""
        new = {character for character in text if ord(character) not in self._table}
        for character in sorted(new):
            self._table[ord(character)] = self._sound(character)
        return text.translate(self._table)

    def _sound(self, character: str) -> int:
        syllable = lazy_pinyin(character, style=self._style)[0]
        if syllable == character:
            return ord(character)
        return self._syllables.setdefault(syllable, FIRST + len(self._syllables))
