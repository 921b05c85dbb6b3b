"""Directories of UN/EDIFACT in the order of their publication: D.93A to D.99B, D.00A and later."""

from __future__ import annotations

import re
from typing import Final

_CENTURY_PIVOT: Final = "90"
_DIRECTORY: Final = re.compile(r"D:(\d\d[A-C])(?::.*)?", re.ASCII)


def is_before(version: str, directory: str) -> bool:
    """Tell whether a version is of a directory before another; the usual one is D.96A.

    Parameters
    ----------
    version : str
        Such as ``D:01B:UN:EAN010``; empty for the usual one.
    directory : str
        Such as ``96B``.
    """
    match = _DIRECTORY.fullmatch(version)
    return _year(match[1] if match else "96A") < _year(directory)


def _year(directory: str) -> str:
    return ("19" if directory >= _CENTURY_PIVOT else "20") + directory
