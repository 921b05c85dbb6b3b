"""What a caller would like: `Prefer: wait=SECONDS` (RFC 7240)."""

from __future__ import annotations

import re
from typing import Final

_WAIT: Final = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?(\d{1,6})\"?\s*(?=$|[,;])", re.IGNORECASE)


def wait_s(prefer: str | None, longest_s: float) -> float:
    """Tell how long the caller would wait for the outcome; what is not understood is ignored.

    Parameters
    ----------
    prefer : str, optional
        The `Prefer` header.
    longest_s : float
        The longest that this gateway grants.
    """
    found = _WAIT.search(prefer or "")
    return min(float(found[1]), longest_s) if found else 0.0
