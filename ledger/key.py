"""Signing keys: secp256k1, canonical signatures, encrypted keystore files."""

import json
import os
import secrets
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Self

from coincurve import PrivateKey, PublicKey
from eth_account import Account
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address

from ledger.errors import KeystoreUnreadable, SignatureMalformed
from ledger.raw_transaction import Unsigned

_HALF_ORDER: Final = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0
_SCRYPT_N_LIGHT: Final = 1 << 12
_SCRYPT_N: Final = 1 << 18


class SigningKey:
    """A key of an organisation or a relay; never printed, logged or pickled.

    Parameters
    ----------
    secret : bytes
        32 bytes, a valid secp256k1 scalar.
    """

    __slots__ = ("_private", "address")

    def __init__(self, secret: bytes) -> None:
        self._private = PrivateKey(secret)
        self.address: str = address_of(self._private.public_key)

    @classmethod
    def create(cls) -> Self:
        """Draw a new key from the system's randomness."""
        return cls(secrets.token_bytes(32))

    @classmethod
    def load(cls, path: Path, password: str) -> Self:
        """Open a keystore file (Web3 Secret Storage, version 3).

        Raises
        ------
        KeystoreUnreadable
            When the file is missing or damaged, or the password is wrong.
        """
        try:
            return cls(bytes(Account.decrypt(json.loads(path.read_bytes()), password)))
        except (OSError, ValueError, KeyError, TypeError, NotImplementedError) as problem:
            raise KeystoreUnreadable(path=str(path), problem=type(problem).__name__) from None

    def save(self, path: Path, password: str, *, is_light: bool = False) -> None:
        """Write an encrypted keystore file that only its owner may read; never overwrites one.

        Parameters
        ----------
        is_light : bool
            A weak, fast derivation (scrypt with N = 4096), for tests and throw-away networks.

        Raises
        ------
        FileExistsError
            When there is a file already.
        """
        keystore = Account.encrypt(
            self._private.secret,
            password,
            kdf="scrypt",
            iterations=_SCRYPT_N_LIGHT if is_light else _SCRYPT_N,
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(keystore, file)

    def sign(self, digest: bytes) -> bytes:
        """Sign a digest.

        Returns
        -------
        bytes
            r, s, v: 65 bytes with the lower s, and v 27 or 28.
        """
        signature = self._private.sign_recoverable(digest, hasher=None)
        return signature[:64] + bytes([signature[64] + 27])

    def sign_transaction(self, transaction: Mapping[str, Any]) -> bytes:
        """Sign a transaction: of EIP-1559, or an older one where it has a single gas price.

        Parameters
        ----------
        transaction : mapping
            ``chainId, nonce, gas, to, value, data`` and ``maxFeePerGas, maxPriorityFeePerGas``;
            or ``gasPrice`` for chains without a base fee. Without ``to`` it creates a contract.

        Returns
        -------
        bytes
            The raw transaction, ready to be sent; its hash is `transaction_hash` of it.
        """
        is_legacy = "gasPrice" in transaction
        max_fee, tip = ("gasPrice",) * 2 if is_legacy else ("maxFeePerGas", "maxPriorityFeePerGas")
        unsigned = Unsigned(
            chain_id=transaction["chainId"],
            nonce=transaction["nonce"],
            max_fee=transaction[max_fee],
            tip=transaction[tip],
            gas=transaction["gas"],
            to=transaction.get("to") or "",
            data=_data(transaction.get("data", b"")),
            value=transaction.get("value", 0),
            is_legacy=is_legacy,
        )
        return self.sign_unsigned(unsigned)

    def sign_unsigned(self, transaction: Unsigned) -> bytes:
        """Sign a transaction; gives it raw."""
        return transaction.signed(self._private)

    def __repr__(self) -> str:
        """Show the address only."""
        return f"SigningKey({self.address})"

    def __reduce__(self) -> Any:
        """Refuse to be pickled, so that no secret slips into a queue or a cache."""
        raise TypeError("a signing key is not to be pickled")


def _data(data: bytes | str) -> bytes:
    return bytes.fromhex(data.removeprefix("0x")) if isinstance(data, str) else data


def recover(digest: bytes, signature: bytes) -> str:
    """Tell whose key signed a digest, under the rules of the contracts.

    Raises
    ------
    SignatureMalformed
        When the signature is not 65 bytes, has a high s or another v, or names no key.
    """
    if len(signature) != 65:
        raise SignatureMalformed(problem=f"{len(signature)} bytes")
    if signature[64] not in (27, 28):
        raise SignatureMalformed(problem=f"v is {signature[64]}")
    if int.from_bytes(signature[32:64]) > _HALF_ORDER:
        raise SignatureMalformed(problem="s is high")
    compact = signature[:64] + bytes([signature[64] - 27])
    try:
        public = PublicKey.from_signature_and_message(compact, digest, hasher=None)
    except ValueError:
        raise SignatureMalformed(problem="it names no key") from None
    return address_of(public)


def address_of(public: PublicKey) -> str:
    """Give the checksummed address of a public key."""
    return _address_of(public.format(compressed=False)[1:])


@lru_cache(maxsize=4096)
def _address_of(point: bytes) -> str:
    # The same few keys sign again and again.
    return str(to_checksum_address(keccak(point)[12:]))


def transaction_hash(raw: bytes) -> bytes:
    """Give the hash by which the chain will know a raw transaction."""
    return keccak(raw)
