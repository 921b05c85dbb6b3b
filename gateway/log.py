"""Logs of a gateway: one line per record, and never a secret in it."""

from __future__ import annotations

import logging
import re
from typing import Any, Final

from gateway.access import KEY_PREFIX

_SECRETS: Final = re.compile(
    rf"{KEY_PREFIX}[A-Za-z0-9_-]{{20,}}"
    r"|(?<=[Bb]earer )\S+"
    r"|(?<=://)[^/@\s]+(?=@)"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----",
    re.DOTALL,
)
REPEAT_S: Final = 10.0
_REDACTED: Final = "[redacted]"

CONFIGURATION: Final[dict[str, Any]] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "gateway.log.RedactingFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "filters": {"seldom": {"()": "gateway.log.Seldom"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["seldom"]}
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    # Every request is a line too many: events and refusals are on record already.
    "loggers": {"uvicorn.access": {"level": "WARNING"}, "alembic": {"level": "WARNING"}},
}
"""For `logging.config.dictConfig`."""


class RedactingFormatter(logging.Formatter):
    """Writes records, tracebacks included, without API keys, bearer tokens and private keys."""

    def format(self, record: logging.LogRecord) -> str:
        """Write one record."""
        return redacted(super().format(record))


class Seldom(logging.Filter):
    """Lets what repeats itself, as every wait for a dead chain does, through once in a while."""

    def __init__(self) -> None:
        super().__init__()
        self._last_s: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Let a record through, unless one of its kind was just written; warnings always pass."""
        kind = (record.name, str(record.msg))
        is_due = record.created - self._last_s.get(kind, float("-inf")) >= REPEAT_S
        if record.levelno >= logging.WARNING or is_due:
            self._last_s[kind] = record.created
            return True
        return False


def redacted(text: str) -> str:
    """Take secrets out of a text."""
    return _SECRETS.sub(_REDACTED, text)
