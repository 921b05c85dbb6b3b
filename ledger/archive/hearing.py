"""Who may speak: deadline, nonce, signature and permission, in the order of `Authority.sol`."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from ledger.archive.calldata import Said
from ledger.archive.members import Members
from ledger.archive.tally import Tally
from ledger.archive.transaction import Transaction
from ledger.archive.words import problem
from ledger.errors import SignatureMalformed
from ledger.key import recover
from ledger.role import Permission

_ACCOUNT_SIZE: Final = 20


@dataclass(frozen=True, slots=True)
class Carried:
    """A transaction to the ledger, while it is gone through."""

    transaction: Transaction
    time_s: int


@dataclass(slots=True)
class Hearing:
    """The nonces that were used, and the questions that everything signed must answer.

    Parameters
    ----------
    unseen : set of int
        Organisations that used nonces which the archive does not show.
    """

    members: Members
    tally: Tally
    unseen: set[int] = field(default_factory=set)
    _nonces: defaultdict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))

    def admit(
        self,
        said: Said,
        digest: bytes,
        permission: Permission,
        deadline: int,
        nonce: int,
        carried: Carried,
        answer: bytes = b"",
    ) -> bytes:
        """Let something signed pass and use up its nonce, or give the contract's error.

        Parameters
        ----------
        answer : bytes
            The error that the chain gave, if any: believed where the archive cannot tell.
        """
        organisation, time_s = said.number(0), carried.time_s
        if time_s >= deadline:
            return problem("IntentExpired", deadline, time_s)
        word, bit = (organisation, nonce >> 8), 1 << (nonce & 0xFF)
        replayed = problem("IntentReplayed", organisation, nonce)
        if self._nonces[word] & bit or (organisation in self.unseen and answer == replayed):
            return replayed
        invalid = problem("IntentSignatureInvalid", organisation)
        key = self._key_of(said.signature, digest, carried, answer == invalid)
        if not key:
            return invalid
        if not self.members.may(organisation, key, permission, time_s):
            return problem("IntentUnauthorised", organisation, int(key, 16), permission)
        self._nonces[word] |= bit
        return b""

    def _key_of(self, signature: bytes, digest: bytes, carried: Carried, is_denied: bool) -> str:
        """Tell which key speaks, in lower case; empty when none does."""
        if signature and signature[-1] == 0:
            if len(signature) <= _ACCOUNT_SIZE or is_denied:
                self.tally.by_accounts += len(signature) > _ACCOUNT_SIZE
                return ""
            self.tally.by_accounts += 1
            return "0x" + signature[:_ACCOUNT_SIZE].hex()
        self.tally.signatures += 1
        if not signature:
            return carried.transaction.sender()
        try:
            return recover(digest, signature).lower()
        except SignatureMalformed:
            return ""
