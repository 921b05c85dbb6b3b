"""One recorded fact about an order or a delivery of it, with its document where that was opened."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.document.part import Document


@dataclass(frozen=True, slots=True)
class Unopened:
    """A document that is recorded but was not read here yet.

    Parameters
    ----------
    action : str
        What it came with.
    commitment : str, optional
        In hexadecimal; unknown until the manifest that lists it has been fetched.
    status, reason : str
        How far it has come, and why no further.
    """

    action: str
    commitment: str | None
    status: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Step:
    """A fact and its content.

    Parameters
    ----------
    machine : str
        ``order`` or ``delivery``; ``agreement`` where terms come into force.
    action : str
        Name in the lifecycle table.
    number : int
        Order or delivery.
    document : Document, optional
        Absent when the action had none, or when it is not opened here.
    unopened : Unopened, optional
        What is known of a document that nobody here has read.
    time : int, optional
        Unix seconds of chain time.
    """

    machine: str
    action: str
    number: int
    document: Document | None = None
    unopened: Unopened | None = None
    time: int | None = None
