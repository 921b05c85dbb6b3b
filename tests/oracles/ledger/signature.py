"""Who signed: the model's own reading of signatures and of contract accounts."""

from coincurve import PublicKey
from eth_hash.auto import keccak

from tests.oracles.ledger.refusal import Undone

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
GAS_TO_ASK = 100_000 * 64 // 63 + 10_000
"""What must be left, so that an account surely gets 100,000 (EIP-150 keeps a 64th back)."""

ANYTHING = "yes"
NOTHING = "no"


class Accounts:
    """Contract accounts by address: the address of the key that rules it, or a fixed answer."""

    def __init__(self) -> None:
        self.rulers: dict[str, str] = {}
        self.is_gas_short = False
        """Whether the transaction at hand has too little gas to ask any of them."""

    def signer(self, digest: bytes, signature: bytes) -> str | None:
        """Name whom a signature speaks for, if it is one."""
        if len(signature) == 65 and signature[64] in (27, 28):
            return recovered(digest, signature)
        if len(signature) >= 21 and signature[-1] == 0:
            account = "0x" + signature[:20].hex()
            if self._says_yes(account, digest, signature[20:-1]):
                return account
        return None

    def _says_yes(self, account: str, digest: bytes, proof: bytes) -> bool:
        if self.is_gas_short:
            raise Undone("IntentGasTooLow", "less", GAS_TO_ASK)
        ruler = self.rulers.get(account, NOTHING)
        if ruler in (ANYTHING, NOTHING):
            return ruler == ANYTHING
        if len(proof) != 65 or proof[64] not in (27, 28):
            return False
        return recovered(digest, proof) == ruler


def recovered(digest: bytes, signature: bytes) -> str | None:
    """Name the account whose key made r, s, v over a digest; s must be the lower one."""
    if int.from_bytes(signature[32:64]) > ORDER // 2:
        return None
    try:
        compact = signature[:64] + bytes([signature[64] - 27])
        public = PublicKey.from_signature_and_message(compact, digest, hasher=None)
    except ValueError:
        return None
    return "0x" + keccak(public.format(compressed=False)[1:])[12:].hex()
