"""Regular expressions of profiles: only such that no text can keep busy for long."""

from __future__ import annotations

import re
from typing import Final

_PATTERN_TOKENS: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_REPEATS: Final = frozenset("*+?{")
REPEATS_MAX: Final = 3
ABSENT_CHARS_MAX: Final = 200
"""Longest text that is held against `absent_pattern`."""


def require_quick(pattern: str) -> None:
    """Refuse an expression that a short text could keep busy for long: profiles are the callers'.

    Raises
    ------
    ValueError
        If it is none, or repeats groups, looks around, refers back or repeats much.
    """
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError):
        raise ValueError("absent_pattern is no regular expression") from None
    tokens = [*_PATTERN_TOKENS.findall(pattern), ""]
    repeats = [place for place, token in enumerate(tokens) if token in _REPEATS]
    if len(repeats) > REPEATS_MAX or any(tokens[place - 1] in "()" for place in repeats):
        raise ValueError(f"absent_pattern repeats single characters, {REPEATS_MAX} times at most")
    if any(token[0] == "\\" and token[1].isdigit() for token in tokens if len(token) > 1):
        raise ValueError("absent_pattern refers to nothing before")
