"""Who may speak: deadline, nonce, signature and permission, in this order."""

from tests.oracles.ledger.refusal import Refusal
from tests.oracles.ledger.registry import NOBODY, Registry
from tests.oracles.ledger.signature import Accounts

RECORD = 1
AGREE = 2


class Authority:
    """The nonces that were used, and the questions that every intent must answer."""

    def __init__(self, registry: Registry, accounts: Accounts) -> None:
        self.registry = registry
        self.accounts = accounts
        self.nonces: set[tuple[int, int]] = set()

    def hear(
        self,
        organisation: int,
        permission: int,
        deadline: int,
        nonce: int,
        digest: bytes,
        signature: bytes,
        caller: str,
        now: int,
    ) -> None:
        """Let an intent pass, or say why not; uses no nonce up."""
        if now >= deadline:
            raise Refusal("IntentExpired", deadline, now)
        if (organisation, nonce) in self.nonces:
            raise Refusal("IntentReplayed", organisation, nonce)
        if signature == b"":
            key: str | None = caller
        else:
            key = self.accounts.signer(digest, signature)
        if key is None or key == NOBODY:
            raise Refusal("IntentSignatureInvalid", organisation)
        held = self.registry.permissions(organisation, key, now)
        if held // permission % 2 == 0:
            raise Refusal("IntentUnauthorised", organisation, key, permission)

    def use(self, organisation: int, nonce: int) -> None:
        """Remember a nonce."""
        self.nonces.add((organisation, nonce))
