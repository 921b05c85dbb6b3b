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
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
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


def redacted(text: str) -> str:
    """Take secrets out of a text."""
    return _SECRETS.sub(_REDACTED, text)
