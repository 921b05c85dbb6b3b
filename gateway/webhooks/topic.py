"""Which events a webhook wants: types, or beginnings of types at a stop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

PATTERN: Final = re.compile(r"[a-z]+(\.[A-Za-z0-9_]+)*")
TEST: Final = "webhook.test"
DISABLED: Final = "webhook.disabled"


def is_wanted(topics: Sequence[str], kind: str) -> bool:
    """Whether an event of a type is among the topics; no topics mean all."""
    return not topics or any(kind == each or kind.startswith(f"{each}.") for each in topics)
