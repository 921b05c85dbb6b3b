"""Which character set bytes are in, where nothing says so or what says so is wrong."""

from __future__ import annotations

import re
from typing import Final

_RUN: Final = re.compile(rb"[\x80-\xff]+")
_MOSTLY: Final = 0.9


def guessed_charset(content: bytes, declared: str = "") -> tuple[str, str]:
    """Guess a character set, and say why; empty where nothing has to be said.

    Parameters
    ----------
    content : bytes
        A sample.
    declared : str
        The character set that its envelope names, if it names one.
    """
    if content.isascii():
        return "", ""
    if _is_in(content, "utf-8"):
        said = f", though the envelope says {declared}" if declared else ""
        why = f"what is not ASCII in it is UTF-8{said}."
        return ("", "") if declared == "utf-8" else ("utf-8", why)
    if _is_in(content, "gb18030") and _is_chinese(content):
        return "gb18030", "what is not ASCII in it are Chinese characters of GB 18030."
    if not declared or declared == "utf-8":
        return "latin-1", "it holds bytes that are no UTF-8; ISO 8859-1 is only the likeliest."
    return "", ""


def _is_in(content: bytes, charset: str) -> bool:
    try:
        content.decode(charset)
    except UnicodeDecodeError:
        return False
    return True


def _is_chinese(content: bytes) -> bool:
    """Tell whether bytes that are no ASCII come in pairs, as they do in Chinese text only."""
    runs = [len(each) for each in _RUN.findall(content)]
    paired = sum(length for length in runs if length % 2 == 0)
    return paired >= _MOSTLY * sum(runs)
