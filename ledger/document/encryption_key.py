"""Encryption keys of an organisation: X25519, or ML-KEM-768 and X25519 together.

The registry has 32 bytes for an encryption key, which is just what an X25519 public key takes. The
public key of a hybrid pair takes 1,216 bytes, so the registry names it by the SHA-256 of its
*bundle*, a block that its owner publishes ::

    "CSGK" ‖ 0x01 ‖ tweak:u8 ‖ ML-KEM-768 public key[1184] ‖ X25519 public key[32]

The two kinds cannot be confused: an X25519 public key is below 2**255 - 19 and little-endian, so
that the top bit of its last byte is never set; of the digest of a bundle it always is, because the
tweak is the smallest for which it is. The digest being whole, it also gives the bundle's CID.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Final

from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, MLKEM768X25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from ledger.document.errors import EncryptionKeyUnreadable, KeyBundleInvalid

BUNDLE_BYTES: Final = 1222

_HEAD: Final = b"CSGK\x01"
_X25519_BYTES: Final = 32
_TOP_BIT: Final = 0x80
_pem_blocks: Final = re.compile(
    rb"-----BEGIN [^-]+-----.+?-----END [^-]+-----\s*", re.DOTALL
).findall


@dataclass(frozen=True, slots=True)
class HybridKey:
    """A private key that stays secret as long as either of its halves does."""

    mlkem: MLKEM768PrivateKey
    x25519: X25519PrivateKey
    hpke: MLKEM768X25519PrivateKey = field(init=False, repr=False)
    """Both halves, as HPKE takes them."""

    def __post_init__(self) -> None:
        """Join the halves."""
        object.__setattr__(self, "hpke", MLKEM768X25519PrivateKey(self.mlkem, self.x25519))


EncryptionKey = X25519PrivateKey | HybridKey
"""A private key of either kind."""


def new_encryption_key() -> X25519PrivateKey:
    """Draw a fresh X25519 private key."""
    return X25519PrivateKey.generate()


def new_hybrid_key() -> HybridKey:
    """Draw a fresh private key of both kinds in one."""
    return HybridKey(MLKEM768PrivateKey.generate(), X25519PrivateKey.generate())


def public_bytes(key: EncryptionKey) -> bytes:
    """Return what the registry publishes, 32 bytes: the public key, or the digest of its bundle."""
    if isinstance(key, HybridKey):
        return sha256(bundle_of(key)).digest()
    return key.public_key().public_bytes_raw()


def is_hybrid(registered: bytes) -> bool:
    """Tell whether 32 bytes of the registry name a bundle."""
    return len(registered) == _X25519_BYTES and bool(registered[-1] & _TOP_BIT)


def bundle_of(key: HybridKey) -> bytes:
    """Write the public half of a hybrid key, to be published as a block of its own."""
    public = key.mlkem.public_key().public_bytes_raw() + key.x25519.public_key().public_bytes_raw()
    candidates = (_HEAD + bytes([tweak]) + public for tweak in range(256))
    return next(each for each in candidates if is_hybrid(sha256(each).digest()))


@lru_cache(maxsize=4096)
def read_key_bundle(bundle: bytes, registered: bytes) -> MLKEM768X25519PublicKey:
    """Read a bundle that must be the one that the registry names.

    Raises
    ------
    KeyBundleInvalid
        If it is another, or holds no public keys.
    """
    if sha256(bundle).digest() != registered or not is_hybrid(registered):
        raise KeyBundleInvalid("The key bundle is not the one that the registry names.")
    if len(bundle) != BUNDLE_BYTES or not bundle.startswith(_HEAD):
        raise KeyBundleInvalid("The key bundle is not one.", bytes=len(bundle))
    try:
        return MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(bundle[len(_HEAD) + 1 : -_X25519_BYTES]),
            X25519PublicKey.from_public_bytes(bundle[-_X25519_BYTES:]),
        )
    except ValueError:
        raise KeyBundleInvalid("The key bundle holds no public key.") from None


def save_encryption_key(key: EncryptionKey, password: bytes) -> bytes:
    """Write a private key as PKCS #8 PEM encrypted under a password; a hybrid one as two.

    Parameters
    ----------
    password : bytes
        At least one byte; a key is never written in clear.
    """
    assert password, "a private key is never written without a password"
    encryption = BestAvailableEncryption(password)
    halves = (key.mlkem, key.x25519) if isinstance(key, HybridKey) else (key,)
    return b"".join(
        half.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption) for half in halves
    )


def load_encryption_key(pem: bytes, password: bytes) -> EncryptionKey:
    """Read a private key that `save_encryption_key` wrote.

    Raises
    ------
    EncryptionKeyUnreadable
        If the password is wrong, or the PEM is damaged, unencrypted or of another kind.
    """
    try:
        keys = [load_pem_private_key(each, password) for each in _pem_blocks(pem) or [pem]]
    except (ValueError, TypeError):
        raise EncryptionKeyUnreadable(
            "The encryption key cannot be read: wrong password or damaged file."
        ) from None
    match keys:
        case [X25519PrivateKey() as key]:
            return key
        case [MLKEM768PrivateKey() as mlkem, X25519PrivateKey() as x25519]:
            return HybridKey(mlkem, x25519)
    raise EncryptionKeyUnreadable(
        "The encryption key is neither X25519 nor ML-KEM-768 with X25519."
    )
