"""One process that checks messages: it is asked, and answers, until nobody asks any more."""

from __future__ import annotations

import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from gateway.connectors.message import Location
from gateway.connectors.schemas.checker import Checker
from gateway.connectors.schemas.finding import RuleFinding, RulesUnusable

_GRACE_S: Final = 5
_UNUSABLE: Final = "artefact-unusable"


def work(connection: Connection, folder: Path) -> None:
    """Answer what messages break, one after the other."""
    checker = Checker(folder)
    connection.send(True)
    while True:
        try:
            content, kind, day, seconds_max = connection.recv()
        except EOFError:
            return
        # A process whose gateway was killed meanwhile ends by itself.
        signal.alarm(int(seconds_max) + _GRACE_S)
        try:
            answer = checker.check(content, kind, day)
        except RulesUnusable as error:
            answer = (_unusable(error),)
        signal.alarm(0)
        connection.send(answer)


def _unusable(error: Exception) -> RuleFinding:
    return RuleFinding(
        "The artefacts that published rules are checked with can be used.",
        Location(1, 1),
        str(error),
        "Remove the artefact that is named (`consign schemas`), or mend it; then replay.",
        _UNUSABLE,
    )


if __name__ == "__main__":
    # The gateway decides when its processes end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work(Connection(int(sys.argv[2])), Path(sys.argv[1]))
