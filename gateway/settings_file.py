"""Changing which encryption keys a settings file names, and nothing else of it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from gateway.private_file import write_private
from gateway.settings import SETTINGS_FILE, SettingsInvalid

_TABLE: Final = re.compile(r"(?m)^[ \t]*\[")
_NUMBER: Final = re.compile(r"(?m)^[ \t]*number[ \t]*=[ \t]*(\d+)")
_FIRST_EPOCH: Final = re.compile(r"(?m)^[ \t]*first_epoch[ \t]*=.*\n?")
_ENCRYPTION: Final = re.compile(r"(?m)^[ \t]*encryption[ \t]*=[ \t]*\[[^\]]*\]")


def name_encryption_keys(
    home: Path, organisation: int, files: Sequence[str], first_epoch: int
) -> None:
    """Name an organisation's key files in the settings; whole or not at all.

    Parameters
    ----------
    files : sequence of str
        One for each epoch, the oldest first.
    first_epoch : int
        Epoch of the first of them.

    Raises
    ------
    SettingsInvalid
        If the file is written in a way that is not understood here; it says what to write.
    """
    path = home / SETTINGS_FILE
    text = path.read_text(encoding="utf-8")
    listed = ", ".join(f'"{each}"' for each in files)
    lines = f"encryption = [{listed}]"
    if first_epoch != 1:
        lines += f"\nfirst_epoch = {first_epoch}"
    changed = _changed(text, organisation, lines)
    if changed is None or _parsed(changed) != _expected(text, organisation, files, first_epoch):
        wanted = lines.replace("\n", "; ")
        raise SettingsInvalid(home, [f"write by hand for organisation {organisation}: {wanted}"])
    write_private(path, changed.encode())


def _changed(text: str, organisation: int, lines: str) -> str | None:
    starts = [found.start() for found in _TABLE.finditer(text)] + [len(text)]
    for start, end in pairwise(starts):
        table = text[start:end]
        number = _NUMBER.search(table)
        if table.lstrip().startswith("[[organisation]]") and number:
            if int(number[1]) != organisation:
                continue
            table = _FIRST_EPOCH.sub("", table)
            table, count = _ENCRYPTION.subn(lambda _: lines, table)
            return text[:start] + table + text[end:] if count == 1 else None
    return None


def _expected(
    text: str, organisation: int, files: Sequence[str], first_epoch: int
) -> dict[str, Any]:
    expected = _parsed(text)
    for table in expected.get("organisation", []):
        if table.get("number") == organisation:
            table.pop("first_epoch", None)
            table["encryption"] = list(files)
            if first_epoch != 1:
                table["first_epoch"] = first_epoch
    return expected


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}
