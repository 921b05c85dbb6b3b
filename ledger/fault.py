"""Faults that the runtime itself can meet, under what a caller can do about each."""

from ledger.errors import Corrupt, Invalid, Unreachable


class ReorgTooDeep(Corrupt):
    """The chain took back blocks that it had declared final."""


class DocumentUnread(Unreachable):
    """A document of the order has not arrived yet, or cannot be had."""


class DocumentBroken(Corrupt):
    """A document of the order is not what the chain recorded."""


class ArchiveUnreadable(Invalid):
    """A file is no archive, or is damaged."""


class ArchiveFalse(Corrupt):
    """An archive contradicts itself, the chain, or the contracts' rules.

    Parameters
    ----------
    block : int
        The first block at which it does.
    """


class KeyEpochUnexpected(Invalid):
    """The encryption keys held do not end with the one that the registry names."""


class KeyStillNeeded(Invalid):
    """An encryption key is the only way to documents that would be lost with it."""


class RecipientRevoked(Invalid):
    """A member to whom nothing is sealed any more."""


class DocumentLive(Invalid):
    """A document of something that is not ended is not erased."""
