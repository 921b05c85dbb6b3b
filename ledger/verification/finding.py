"""What checking an order again comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ledger.identifier import OrderId


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked.

    Parameters
    ----------
    subject : str
        What it is about, for example ``order A1-1-O1``.
    claim : str
        What was checked, as a sentence.
    holds : bool
        Whether it is so.
    detail : str
        What was found instead; empty when it holds.
    """

    subject: str
    claim: str
    holds: bool
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One act, told in plain words.

    Parameters
    ----------
    when : datetime
        Time of its block.
    who, key : str
        The organisation's name, and the address that signed.
    subject, what : str
        What it is about, and what was committed to.
    document : str
        What became of its document: ``opened``, ``sealed``, ``none``, ``missing`` or ``broken``.
    """

    when: datetime
    who: str
    key: str
    subject: str
    what: str
    document: str
    tx_hash: bytes


@dataclass(slots=True)
class Report:
    """An order, checked again.

    Parameters
    ----------
    state : str
        Where the order stands, by the replay.
    """

    order: OrderId
    state: str = "None"
    findings: list[Finding] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether the order exists and everything that was checked is so."""
        return self.state != "None" and all(finding.holds for finding in self.findings)

    def check(self, subject: str, claim: str, holds: bool, detail: str = "") -> None:
        """Note what was checked and what came of it."""
        self.findings.append(Finding(subject, claim, holds, "" if holds else detail))
