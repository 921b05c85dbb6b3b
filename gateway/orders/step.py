"""One recorded fact about an order or a delivery of it, with its document where that was opened."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.document.part import Document


@dataclass(frozen=True, slots=True)
class Step:
    """A fact and its content.

    Parameters
    ----------
    machine : str
        ``order`` or ``delivery``.
    action : str
        Name in the lifecycle table.
    number : int
        Order or delivery.
    commitment : str, optional
        Of the document, in hexadecimal; absent when the action had none.
    document : Document, optional
        Absent when the action had none, or when it is not opened here.
    """

    machine: str
    action: str
    number: int
    commitment: str | None = None
    document: Document | None = None

    @property
    def is_unopened(self) -> bool:
        """Whether there is a document that nobody here has read."""
        return self.commitment is not None and self.document is None
