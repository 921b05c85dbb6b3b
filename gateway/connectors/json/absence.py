"""Leaving out what nothing was said about: canonical documents have no empty fields."""

from __future__ import annotations

from typing import Any, Final

_NOTHING: Final[tuple[Any, ...]] = (None, {}, [], "")


def without_absent(value: Any) -> Any:
    """Leave out members that are null or empty, at every depth."""
    if isinstance(value, dict):
        members = {name: without_absent(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member not in _NOTHING}
    if isinstance(value, list):
        return [without_absent(item) for item in value]
    return value
