"""How fast documents are sealed, opened, proven and rewrapped, and what a proof weighs.

An order of 50 lines (457 fields) is sealed for three parties and opened by one of them; one field
of an order of 200 lines is proven, here and in a transaction on a chain. Processor time of one
core, medians of several rounds, and beside them the floor: what the primitives alone take. Attached
files are timed by the clock, with the disk. QUICK=1 takes shorter rounds and smaller files.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from rich.console import Console
from rich.table import Table

from benchmarks._commit import commit_measured
from benchmarks.documenting.attachments import attachment_speed
from benchmarks.documenting.gas import BASE_GAS, measure_reading, proof_gas
from benchmarks.documenting.pace import Pace, pace_of
from benchmarks.documenting.paper import order_of
from benchmarks.documenting.rewrapping import rewrapping_pace
from ledger.document.canonical import canonical_form, leaves_of, new_seed
from ledger.document.content_key import Recipient
from ledger.document.encryption_key import (
    EncryptionKey,
    bundle_of,
    new_encryption_key,
    new_hybrid_key,
    public_bytes,
)
from ledger.document.envelope import OpenedDocument, SealedDocument, open_envelope, seal
from ledger.document.header import Binding
from ledger.document.part import Document
from ledger.document.proof import FieldProof, commit, prove, verify
from ledger.key import SigningKey

QUICK: Final = os.environ.get("QUICK") == "1"
ROUNDS: Final = 5 if QUICK else 15
ROUND_S: Final = 0.1 if QUICK else 0.4
PARTIES: Final = 3
BINDING: Final = Binding(bytes(32), 1 << 32, "order", 7)
FIELD: Final = "/order_line/137/quantity/value"


@dataclass(frozen=True)
class Figure:
    """One line of the table, and one key of the object that programs read."""

    key: str
    value: float
    says: str
    floor: str = ""
    is_goal: bool = True


def main() -> int:
    """Measure and print."""
    # Asked now: the code that runs is the code that stood here at the start.
    commit_name = commit_measured()
    figures = [*_sealing(), *_proving(), _attaching(), _rewrapping()]
    _print(figures, commit_name)
    return 0


def _sealing() -> list[Figure]:
    order, signer = order_of(50), SigningKey.create()
    keys = [new_encryption_key() for _ in range(PARTIES)]
    recipients = [Recipient(at, 1, public_bytes(key)) for at, key in enumerate(keys, 1)]
    sealed = _seal(order, signer, recipients)
    sealing = _paced(lambda: _seal(order, signer, recipients))
    opening = _paced(lambda: _open(sealed, signer, keys[1]))
    hybrid_keys = [new_hybrid_key() for _ in range(PARTIES)]
    hybrid_readers = [
        Recipient(at, 1, public_bytes(key), bundle_of(key)) for at, key in enumerate(hybrid_keys, 1)
    ]
    hybrid = _seal(order, signer, hybrid_readers)
    hybrid_sealing = _paced(lambda: _seal(order, signer, hybrid_readers))
    hybrid_opening = _paced(lambda: _open(hybrid, signer, hybrid_keys[1]))
    fields = len(leaves_of(canonical_form(order)))
    floor = _floor_s(keys[0], signer)
    leaf_s = _paced(lambda: sha256(bytes(96)).digest()).seconds
    seal_s = PARTIES * floor["wrap"] + floor["sign"] + fields * leaf_s
    open_s = floor["unwrap"] + floor["sign"] + fields * leaf_s
    return [
        Figure("seal_per_s", sealing.per_s, _said(sealing), f"{1 / seal_s:,.0f}"),
        Figure("open_per_s", opening.per_s, _said(opening), f"{1 / open_s:,.0f}"),
        _aside("seal_per_s, hybrid", hybrid_sealing.per_s, _said(hybrid_sealing)),
        _aside("open_per_s, hybrid", hybrid_opening.per_s, _said(hybrid_opening)),
    ]


def _seal(order: Document, signer: SigningKey, recipients: list[Recipient]) -> SealedDocument:
    return seal(order, sender=1, sign=signer.sign, recipients=recipients, binding=BINDING)


def _open(sealed: SealedDocument, signer: SigningKey, key: EncryptionKey) -> OpenedDocument:
    return open_envelope(
        sealed.block,
        organisation=2,
        private_keys={1: key},
        expected_binding=BINDING,
        expected_commitment=sealed.commitment.root,
        expected_senders=[signer.address],
    )


def _proving() -> list[Figure]:
    order, seed = order_of(200), new_seed()
    root = commit(order, seed).root
    proof = prove(order, seed, [FIELD]).to_bytes()
    checking = _paced(lambda: verify(FieldProof.from_bytes(proof), root))
    measure = measure_reading(root, proof)
    return [
        Figure("proof_bytes", len(proof), "one field of 200 lines"),
        Figure("verify_ms", checking.seconds * 1000, _said(checking)),
        Figure("proof_gas", proof_gas(measure), f"and {BASE_GAS:,} that any transaction pays"),
    ]


def _attaching() -> Figure:
    size_bytes, files = (20_000_000, 3) if QUICK else (100_000_000, 5)
    speed = attachment_speed(size_bytes, files)
    said = f"{files} of {size_bytes / 1e6:,.0f} MB; read again at {speed.read_mb_per_s:,.0f}"
    return Figure("attachment_mb_per_s", speed.seal_mb_per_s, said)


def _rewrapping() -> Figure:
    documents, rounds = (256, 5) if QUICK else (1024, 9)
    pace = rewrapping_pace(documents, rounds)
    return Figure("rewrap_per_s", pace.per_s, _said(pace))


def _aside(name: str, value: float, says: str) -> Figure:
    return Figure(name, value, says, is_goal=False)


def _floor_s(key: X25519PrivateKey, signer: SigningKey) -> dict[str, float]:
    """What the primitives take that nobody can leave out."""
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    public, info = key.public_key(), bytes(102)
    wrapped = suite.encrypt(bytes(32), public, info)
    calls: dict[str, Callable[[], Any]] = {
        "wrap": lambda: suite.encrypt(bytes(32), public, info),
        "unwrap": lambda: suite.decrypt(wrapped, key, info),
        "sign": lambda: signer.sign(bytes(31) + b"\1"),
    }
    return {name: _paced(call).seconds for name, call in calls.items()}


def _paced(call: Callable[[], Any]) -> Pace:
    return pace_of(call, ROUNDS, ROUND_S)


def _said(pace: Pace) -> str:
    return f"{pace.seconds * 1e6:,.0f} µs, spread {pace.spread:.0%}"


def _print(figures: list[Figure], commit_name: str) -> None:
    table = Table(title="Documents, on one core", title_justify="left")
    for heading in ("what", "figure", "in detail", "floor"):
        table.add_column(heading, justify="left" if heading in ("what", "in detail") else "right")
    for each in figures:
        table.add_row(each.key, f"{each.value:,.2f}".rstrip("0").rstrip("."), each.says, each.floor)
    Console().print(table)
    cores, python = os.cpu_count(), platform.python_version()
    print(f"{cores} cores, {platform.machine()}, {platform.system()}, Python {python}; ", end="")
    print(f"medians of {ROUNDS} rounds; load {os.getloadavg()[0]:.1f}; commit {commit_name}")
    print(json.dumps({each.key: round(each.value, 3) for each in figures if each.is_goal}))


if __name__ == "__main__":
    sys.exit(main())
