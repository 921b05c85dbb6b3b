"""Published rules and the connector, both asked at once, so that all that is wrong is told once.

Artefacts belong to the process, like the processes that check with them: what a standard's
publisher says holds for every organisation alike.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from gateway.connectors.detect import Kind
from gateway.connectors.message import ConnectorRefused
from gateway.connectors.schemas.finding import ERROR, PublishedRuleBroken, RuleFinding
from gateway.connectors.schemas.store import Store
from gateway.connectors.schemas.workers import Workers
from ledger.clock import now_ms

R = TypeVar("R")


class PublishedRules:
    """The artefacts of one folder, and the processes that check with them.

    Parameters
    ----------
    folder : Path
        The store; while it is empty or not there, nothing is checked and no process started.
    """

    def __init__(self, folder: Path) -> None:
        self._store = Store(folder)
        self._workers = Workers(folder)

    def findings(self, content: bytes, kind: Kind) -> tuple[RuleFinding, ...]:
        """Say what rules that hold today a message breaks."""
        if not self._store.state():
            return ()
        return self._workers.check(content, kind, today())

    def close(self) -> None:
        """Let the processes end."""
        self._workers.close()


def today() -> str:
    """Give the day whose rules hold for what is exchanged now."""
    return datetime.fromtimestamp(now_ms() / 1000, UTC).date().isoformat()


_in_use: PublishedRules | None = None


def use(folder: Path | None) -> None:
    """Check messages with the artefacts of a folder from now on; with none, check nothing."""
    global _in_use  # noqa: PLW0603
    if _in_use is not None:
        _in_use.close()
    _in_use = None if folder is None else PublishedRules(folder)


def checked(content: bytes, kind: Kind, read: Callable[[], R]) -> tuple[R, tuple[RuleFinding, ...]]:
    """Read a message, once it was held against published rules.

    Parameters
    ----------
    content : bytes
        The message.
    kind : Kind
        What it is.
    read : callable
        Makes of it what it says.

    Returns
    -------
    tuple
        What it says, and the warnings that accompany it.

    Raises
    ------
    PublishedRuleBroken
        If a rule refuses it; with what the connector finds as well.
    ConnectorRefused
        If the connector alone refuses it.
    """
    findings = () if _in_use is None else _in_use.findings(content, kind)
    if all(each.flag != ERROR for each in findings):
        return read(), findings
    try:
        read()
    except ConnectorRefused as error:
        raise PublishedRuleBroken([*findings, *error.findings]) from None
    raise PublishedRuleBroken(findings)
