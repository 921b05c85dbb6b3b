"""What a published rule says of a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from gateway.connectors.message import ConnectorRefused, Finding

ERROR: Final = "error"
WARNING: Final = "warning"
FINDINGS_MAX: Final = 200
"""Of a hopeless message, the first ones are enough."""
SENTENCE_MAX: Final = 400
"""Schemas list all that may stand at a place."""


@dataclass(frozen=True)
class RuleFinding(Finding):
    """A published rule that a message breaks.

    Parameters
    ----------
    rule_id : str
        The publisher's own name of the rule, ``PEPPOL-T01-R003``.
    flag : str
        ``error`` refuses the message, ``warning`` accompanies it.
    """

    rule_id: str = ""
    flag: str = ERROR

    def as_dict(self) -> dict[str, Any]:
        """Spell it for a problem body."""
        return super().as_dict() | {"rule_id": self.rule_id, "flag": self.flag}


def named(rule_id: str, text: str) -> str:
    """Spell what a rule says as a sentence that begins with the rule's name."""
    words = " ".join(text.split())
    words = words if len(words) <= SENTENCE_MAX else f"{words[: SENTENCE_MAX - 1]}…"
    return f"{rule_id}: {words}{'' if words.endswith(('.', '…')) else '.'}"


class PublishedRuleBroken(ConnectorRefused):
    """The message breaks the published schema or business rules of its standard."""


class RulesUnusable(Exception):
    """An artefact cannot be used; the message says which and why."""
