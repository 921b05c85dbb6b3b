"""What a published rule says of a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from gateway.connectors.message import ConnectorRefused, Finding

ERROR: Final = "error"
WARNING: Final = "warning"
FINDINGS_MAX: Final = 200
"""Of a hopeless message, the first ones are enough."""


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


class PublishedRuleBroken(ConnectorRefused):
    """The message breaks the published schema or business rules of its standard."""


class RulesUnusable(Exception):
    """An artefact cannot be used; the message says which and why."""
