"""Encryption keys of an organisation: X25519 key pairs, kept under a password."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from ledger.document.errors import EncryptionKeyUnreadable


def new_encryption_key() -> X25519PrivateKey:
    """Draw a fresh private key."""
    return X25519PrivateKey.generate()


def public_bytes(key: X25519PrivateKey) -> bytes:
    """Return the 32 bytes of the public key, as the registry publishes them."""
    return key.public_key().public_bytes_raw()


def save_encryption_key(key: X25519PrivateKey, password: bytes) -> bytes:
    """Write a private key as PKCS #8 PEM encrypted under a password.

    Parameters
    ----------
    password : bytes
        At least one byte; a key is never written in clear.
    """
    assert password, "a private key is never written without a password"
    encryption = BestAvailableEncryption(password)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def load_encryption_key(pem: bytes, password: bytes) -> X25519PrivateKey:
    """Read a private key that `save_encryption_key` wrote.

    Raises
    ------
    EncryptionKeyUnreadable
        If the password is wrong, or the PEM is damaged, unencrypted or of another kind.
    """
    try:
        key = load_pem_private_key(pem, password)
    except (ValueError, TypeError):
        raise EncryptionKeyUnreadable(
            "The encryption key cannot be read: wrong password or damaged file."
        ) from None
    if not isinstance(key, X25519PrivateKey):
        raise EncryptionKeyUnreadable("The encryption key is not an X25519 key.")
    return key
