"""Logs without secrets."""

import io
import logging

from gateway.access import KEY_PREFIX
from gateway.log import RedactingFormatter, Seldom

SECRET = KEY_PREFIX + "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6"
PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vu\n-----END PRIVATE KEY-----"


def test_no_secret_reaches_the_log_in_message_arguments_or_traceback() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter("%(message)s"))
    logger = logging.Logger("canary")
    logger.addHandler(handler)
    logger.info("key %s in Bearer opaque-token and %s", SECRET, PEM)
    try:
        raise ValueError(SECRET)
    except ValueError:
        logger.exception("failed")
    written = stream.getvalue()
    assert "failed" in written
    for secret in (SECRET, "opaque-token", "MC4CAQAwBQYDK2Vu"):
        assert secret not in written


def test_what_repeats_itself_is_written_once_in_a_while_and_warnings_always() -> None:
    seldom = Seldom()

    def passes(level: int, at_s: float) -> bool:
        record = logging.LogRecord("indexer", level, "", 0, "waits: %s", ("chain",), None)
        record.created = at_s
        return seldom.filter(record)

    assert [passes(logging.INFO, at_s) for at_s in (0, 1, 9, 11, 12)] == [
        True,
        False,
        False,
        True,
        False,
    ]
    assert all(passes(logging.WARNING, 12) for _ in range(3))
