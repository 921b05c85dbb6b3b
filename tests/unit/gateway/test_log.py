"""Logs without secrets."""

import io
import logging

from gateway.access import KEY_PREFIX
from gateway.log import RedactingFormatter

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
