"""The header of a sealed block: what it belongs to, who sealed it, and who may open it.

Canonical JSON, readable by anyone who holds the block::

    {"agreement":"4294967303",       u64 as decimal text
     "key_commitment":"…64 hex…",    SHA-256("consign/key-commitment/1" ‖ content key)
     "network":"…64 hex…",           chain and ledger, as their EIP-712 domain separator
     "number":1,                     u32, number of the subject inside the agreement
     "recipients":[                  ascending by organisation and epoch
       {"epoch":1,"organisation":3,"wrap":"…160 hex…"}],
     "sender":2,                     organisation that sealed it, u32
     "subject":"order"}              what the number counts, a noun of the lifecycle table

`wrap` is the content key under HPKE base mode (RFC 9180; DHKEM X25519, HKDF-SHA256, AES-256-GCM):
32 bytes encapsulated key, 32 bytes ciphertext, 16 bytes tag, with empty aad and with ::

    info = "consign/wrap/1" ‖ network[32] ‖ agreement:u64 ‖ number:u32 ‖ organisation:u32
           ‖ epoch:u32 ‖ sender:u32 ‖ key_commitment[32] ‖ subject in UTF-8

so that a wrap opens for the organisation, the epoch and the subject it was made for and nowhere
else.

To a hybrid key (see `ledger.document.encryption_key`) the KEM is ML-KEM-768 with X25519, and the
encapsulated key takes 1,120 bytes. Such a recipient says ``"suite":"mlkem768-x25519"`` between
organisation and wrap, and `info` goes on with ``0x00 ‖ suite in UTF-8``.

Notes
-----
Source: RFC 9180; draft-connolly-cfrg-xwing-kem for the hybrid KEM, 0x647a.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeVar

from pydantic_core import from_json, to_json

from ledger.document.errors import EnvelopeMalformed

RECIPIENTS_MAX: Final = 64
X25519: Final = "x25519"
HYBRID: Final = "mlkem768-x25519"
WRAP_BYTES: Final = {X25519: 80, HYBRID: 1168}
"""Size of a wrapped content key by its suite."""

_UINT32_MAX: Final = 2**32 - 1
_UINT64_MAX: Final = 2**64 - 1
_INFO: Final = struct.Struct(">14s32sQIIII32s")
_is_subject: Final = re.compile(r"[a-z][a-z_]{0,31}").fullmatch


@dataclass(frozen=True, slots=True)
class Binding:
    """What a sealed document belongs to; it opens nowhere else.

    Parameters
    ----------
    network : bytes
        32 bytes that stand for chain and ledger contract: the EIP-712 domain separator.
    agreement : int
        Number of the agreement, u64; 0 where there is none.
    subject : str
        What `number` counts: ``order``, ``delivery``, ``lot`` and so on.
    number : int
        Number of the subject inside the agreement, u32.
    """

    network: bytes
    agreement: int
    subject: str
    number: int

    def __post_init__(self) -> None:
        """Refuse what does not fit the header."""
        if len(self.network) != 32 or not _is_subject(self.subject):
            raise EnvelopeMalformed("The network has not 32 bytes or the subject is no noun.")
        if not 0 <= self.agreement <= _UINT64_MAX or not 0 <= self.number <= _UINT32_MAX:
            raise EnvelopeMalformed("The agreement or the number is out of range.")


@dataclass(frozen=True, slots=True)
class Wrap:
    """The content key, wrapped for one key epoch of one organisation."""

    organisation: int
    epoch: int
    wrapped: bytes
    suite: str = X25519

    def to_fields(self) -> dict[str, Any]:
        """Give it as it stands in the header."""
        who = {"epoch": self.epoch, "organisation": self.organisation}
        suite = {} if self.suite == X25519 else {"suite": self.suite}
        return {**who, **suite, "wrap": self.wrapped.hex()}


@dataclass(frozen=True, slots=True)
class Header:
    """Everything about a sealed block that is not secret."""

    binding: Binding
    sender: int
    key_commitment: bytes
    recipients: tuple[Wrap, ...]

    def to_bytes(self) -> bytes:
        """Write the header as canonical JSON."""
        # All is ASCII, and the names stand in order.
        return to_json(
            {
                "agreement": str(self.binding.agreement),
                "key_commitment": self.key_commitment.hex(),
                "network": self.binding.network.hex(),
                "number": self.binding.number,
                "recipients": [each.to_fields() for each in self.recipients],
                "sender": self.sender,
                "subject": self.binding.subject,
            }
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> Header:
        """Read a header.

        Raises
        ------
        EnvelopeMalformed
            If `content` is not exactly what `to_bytes` would write.
        """
        try:
            header = _read(from_json(content))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise EnvelopeMalformed("The header is not readable.") from None
        if header.to_bytes() != content:
            raise EnvelopeMalformed("The header is not written in canonical form.")
        return header


class Reader(Protocol):
    """Who is to open a block, before and after the content key is wrapped."""

    @property
    def organisation(self) -> int: ...  # noqa: D102
    @property
    def epoch(self) -> int: ...  # noqa: D102
    @property
    def suite(self) -> str: ...  # noqa: D102


R = TypeVar("R", bound=Reader)


def wrap_info(binding: Binding, sender: int, key_commitment: bytes, to: Reader) -> bytes:
    """Write the `info` that binds a wrap; the layout stands in the module docstring."""
    fixed = _INFO.pack(
        b"consign/wrap/1",
        binding.network,
        binding.agreement,
        binding.number,
        to.organisation,
        to.epoch,
        sender,
        key_commitment,
    )
    subject = binding.subject.encode()
    return fixed + subject if to.suite == X25519 else fixed + subject + b"\0" + to.suite.encode()


def checked_recipients(recipients: Sequence[R]) -> tuple[R, ...]:
    """Order recipients and refuse none, too many, or one twice.

    Raises
    ------
    EnvelopeMalformed
        If so.
    """
    ordered = tuple(sorted(recipients, key=lambda each: (each.organisation, each.epoch)))
    keys = {(each.organisation, each.epoch) for each in ordered}
    if not 0 < len(ordered) <= RECIPIENTS_MAX or len(keys) != len(ordered):
        raise EnvelopeMalformed(
            f"A block needs 1 to {RECIPIENTS_MAX} distinct recipients.", recipients=len(ordered)
        )
    for each in ordered:
        if not (_fits_u32(each.organisation) and _fits_u32(each.epoch)):
            raise EnvelopeMalformed("An organisation or epoch is out of range.")
    return ordered


def _read(fields: dict[str, Any]) -> Header:
    wraps = [_read_wrap(each) for each in fields["recipients"]]
    agreement, subject = fields["agreement"], fields["subject"]
    if not isinstance(agreement, str) or not isinstance(subject, str):
        raise ValueError("agreement or subject")
    if not _fits_u32(fields["number"]) or not _fits_u32(fields["sender"]):
        raise ValueError("number or sender")
    binding = Binding(_bytes(fields["network"], 32), int(agreement), subject, fields["number"])
    return Header(
        binding,
        fields["sender"],
        _bytes(fields["key_commitment"], 32),
        checked_recipients(wraps),
    )


def _read_wrap(fields: dict[str, Any]) -> Wrap:
    suite = fields.get("suite", X25519)
    wrapped = _bytes(fields["wrap"], WRAP_BYTES[suite])
    return Wrap(fields["organisation"], fields["epoch"], wrapped, suite)


def _fits_u32(number: Any) -> bool:
    return type(number) is int and 0 <= number <= _UINT32_MAX


def _bytes(text: str, size: int) -> bytes:
    # Capitals and spaces are noticed when the header is written again.
    content = bytes.fromhex(text)
    if len(content) != size:
        raise ValueError("hexadecimal")
    return content
