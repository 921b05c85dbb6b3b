"""What an audit has seen."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """How much was checked, and how much could not be.

    Parameters
    ----------
    events : int
        Actions and steps that were recorded.
    refused : int
        Actions, batches and intents that were rightly refused.
    signatures : int
        Signatures of keys that were recovered, and senders that spoke for themselves.
    by_accounts : int
        Signatures of contract accounts: whether they stand by them is not in the archive.
    through_contracts : int
        Logs of the ledger that came about by a call from another contract: the lifecycle was
        checked, who signed was not.
    members, members_unasked : int
        Changes to the registry; those whose author cannot be told.
    tenders : int
        Logs of the auctions: on the chain, but their rules are not gone through.
    """

    events: int = 0
    refused: int = 0
    signatures: int = 0
    by_accounts: int = 0
    through_contracts: int = 0
    members: int = 0
    members_unasked: int = 0
    tenders: int = 0

    def note_batch(self, taken: int, refused: Sequence[tuple[int, int, bytes]]) -> None:
        """Count a batch's events: of those taken on, all but the refused ones stand."""
        self.refused += sum(count for _, count, _ in refused)
        self.events += taken - sum(count for place, count, _ in refused if place < taken)
