"""secp256k1 signatures over 32-byte digests: r ‖ s ‖ v, 65 bytes, low s only."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from coincurve import PublicKey
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from ledger.document.errors import SignatureInvalid

SIGNATURE_BYTES: Final = 65

_HALF_ORDER: Final = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0


def recover_address(digest: bytes, signature: bytes) -> bytes:
    """Recover the 20-byte address whose key signed a digest.

    Parameters
    ----------
    digest : bytes
        32 bytes.
    signature : bytes
        r ‖ s ‖ v with v 27 or 28.

    Raises
    ------
    SignatureInvalid
        If the signature has another length or another v, a high s, or recovers to no key. One
        signature has one form, so that nobody can make a second block out of a sealed one.
    """
    require_form(signature)
    compact = signature[:64] + bytes([signature[64] - 27])
    try:
        key = PublicKey.from_signature_and_message(compact, digest, hasher=None)
    except ValueError:
        raise SignatureInvalid("The signature recovers to no key.") from None
    return _address_of(key.format(compressed=False)[1:])


@lru_cache(maxsize=4096)
def _address_of(point: bytes) -> bytes:
    # The same few keys sign again and again.
    return keccak(point)[12:]


def require_form(signature: bytes) -> None:
    """Refuse what cannot be a signature of the one form, whatever key made it.

    Raises
    ------
    SignatureInvalid
        If the signature has another length or another v, a high s, or a zero.
    """
    if len(signature) != SIGNATURE_BYTES or signature[64] not in (27, 28):
        raise SignatureInvalid("The signature is not r, s and v of 27 or 28.")
    if int.from_bytes(signature[32:64], "big") > _HALF_ORDER:
        raise SignatureInvalid("The signature has a high s.")
    if not (any(signature[:32]) and any(signature[32:64])):
        raise SignatureInvalid("The signature has an r or s of zero.")


def checksummed(address: bytes) -> str:
    """Write a 20-byte address as people do, with the checksum of ERC-55."""
    return str(to_checksum_address(address))
