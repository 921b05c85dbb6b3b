"""What was sent, what it means, and what would be written back, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.connectors.message import Finding


@dataclass(frozen=True, slots=True)
class Line:
    """One segment, or one cell.

    Parameters
    ----------
    place : str
        Where it stands; empty for what only would be written.
    sent : str
        What was sent.
    means : tuple of str
        The canonical values of it.
    written : str, optional
        What would be written back; none where nothing is written in this standard.
    """

    place: str
    sent: str
    means: tuple[str, ...]
    written: str | None

    @property
    def is_altered(self) -> bool:
        """Whether something else would be written back."""
        return self.written is not None and self.written != self.sent


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of one message, or of one row.

    Parameters
    ----------
    title : str
        Which one it is.
    lines : tuple of Line
        Side by side.
    findings, warnings : tuple of Finding
        Why it becomes no document, and what is odd about it.
    """

    title: str
    lines: tuple[Line, ...]
    findings: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()

    @property
    def is_readable(self) -> bool:
        """Whether it becomes a document."""
        return not self.findings

    @property
    def is_same(self) -> bool:
        """Whether what would be written back is what was sent."""
        return not any(line.is_altered for line in self.lines)
