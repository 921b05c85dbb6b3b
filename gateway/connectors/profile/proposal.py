"""A profile in the making: keys with the reasons for them, written as TOML."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

Value = str | int | list[str] | dict[str, str] | bool

_WIDTH: Final = 96


@dataclass(frozen=True, slots=True)
class Key:
    """One key that is proposed.

    Parameters
    ----------
    name : str
        The key.
    value : Value
        What it is.
    why : str
        What in the samples speaks for it.
    is_open : bool
        Whether the samples do not decide it: it is written as a comment, for a person to decide.
    """

    name: str
    value: Value
    why: str = ""
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Keys under one header; the first of a profile has none.

    Parameters
    ----------
    header : str
        Such as ``[units]`` or ``[[table.field]]``.
    keys : tuple of Key
        What stands below it.
    why : str
        What speaks for the section as a whole.
    is_open : bool
        Whether all of it is written as a comment.
    """

    header: str
    keys: tuple[Key, ...]
    why: str = ""
    is_open: bool = False


def written(sections: Iterable[Section]) -> str:
    """Write a proposal."""
    return "\n".join("\n".join(_section(each)) + "\n" for each in sections if each.keys)


def _section(section: Section) -> Iterator[str]:
    is_open = section.is_open or all(key.is_open for key in section.keys)
    yield from _comment(section.why)
    if section.header:
        yield _line(section.header, is_open)
    for key in section.keys:
        yield from _comment(key.why)
        yield _line(f"{spelled_key(key.name)} = {spelled(key.value)}", is_open or key.is_open)


def _line(text: str, is_open: bool) -> str:
    return f"# {text}" if is_open else text


def _comment(text: str) -> Iterator[str]:
    for each in wrap(_printable(text), _WIDTH):
        yield f"# {each}"


def _printable(text: str) -> str:
    """Keep what samples say from ending a comment."""
    return "".join(each if each.isprintable() else "?" for each in text)


def spelled_key(name: str) -> str:
    """Spell a key, or a part of a header."""
    is_bare = name and all(each.isascii() and (each.isalnum() or each in "_-") for each in name)
    return name if is_bare else _quoted(name)


def spelled(value: Value) -> str:
    """Spell a value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return "[" + ", ".join(map(_quoted, value)) + "]"
    inner = ", ".join(f"{_quoted(name)} = {_quoted(text)}" for name, text in value.items())
    return f"{{ {inner} }}" if inner else "{}"


def _quoted(text: str) -> str:
    """Spell a text: what JSON escapes, TOML reads alike; what would not show is escaped too."""
    safe = json.dumps(text.encode("utf-8", "replace").decode(), ensure_ascii=False)
    return "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in safe)
