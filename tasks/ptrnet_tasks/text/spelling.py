"""One spelling for what Unicode can code in several ways, and a plainer one for what is unknown."""

from __future__ import annotations

import unicodedata

_DROPPED = ("Mn", "Pd", "Cf")
"""Categories of accents, of hyphens and dashes, and of characters that do not show."""

_STRAIGHT = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\uff07"), "'")
"""Apostrophes as printers set them."""


def composed(text: str) -> str:
    """Unicode's normal form C, so that a letter with its accent is the same however it is coded."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def plainer(text: str) -> str:
    """The text without accents and hyphens, its apostrophes straight and ligatures taken apart.

    >>> plainer("caf\u00e9"), plainer("well-known"), plainer("\ufb01n"), plainer("don\u2019t")
    ('cafe', 'wellknown', 'fin', "don't")
    """
    apart = unicodedata.normalize("NFKD", text.translate(_STRAIGHT))
    return "".join(letter for letter in apart if unicodedata.category(letter) not in _DROPPED)
