"""Logs and errors as the contracts write them, calls as they read them; by their ABI alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from eth_abi.abi import decode, encode
from eth_hash.auto import keccak

from ledger.contracts_artifact import load_contract, load_contracts
from tests.oracles.ledger.refusal import Event
from tests.simulation.ledger.binary import Told
from tests.simulation.ledger.typed_data import FIELDS, digest

CONTRACTS = ("OrgRegistry", "OrderLedger")
SIGNED = {"submit": "Batch", "submitIntents": "Intent", "agree": "AgreementStep"}

Arguments = tuple[Any, ...]
Words = tuple[tuple[bytes, ...], bytes]
"""A log's topics and its data."""


@dataclass(frozen=True)
class _Shape:
    topic: bytes
    indexed: tuple[tuple[str, str], ...]
    plain: tuple[str, ...]
    plain_types: tuple[str, ...]


def read_call(contract: str, domain: bytes, data: bytes) -> tuple[str, Arguments] | None:
    """Read a call as function and arguments, what is signed as a dictionary with its digest."""
    found = _functions(contract).get(data[:4])
    if found is None:
        return None
    return found[0], _arguments(domain, *found, data)


@lru_cache(4096)
def _arguments(domain: bytes, function: str, types: tuple[str, ...], data: bytes) -> Arguments:
    values = decode(types, data[4:])
    kind = SIGNED.get(function)
    if kind is None:
        return tuple(values)
    if function == "agree":
        return _signed(domain, kind, values[0]), values[1]
    return [_signed(domain, kind, one) for one in values[0]], list(values[1])


def _signed(domain: bytes, kind: str, words: Sequence[Any]) -> dict[str, Any]:
    fields = dict(zip((name for name, _ in FIELDS[kind]), words, strict=True))
    return fields | {"digest": digest(domain, kind, fields)}


def write_event(event: Event) -> Words:
    """Write an event as a log."""
    name, fields = event
    shape = _events()[name]
    if "problem" in fields:
        fields = fields | {"problem": write_error(fields["problem"])}
    topics = [shape.topic]
    topics += [encode([kind], [fields[field]]) for field, kind in shape.indexed]
    return tuple(topics), encode(shape.plain_types, [fields[field] for field in shape.plain])


def write_error(told: Told) -> bytes:
    """Write an error as a reverted call returns it."""
    name, arguments = told
    if name == "":
        return b""
    selector, types = _errors()[name]
    return selector + encode(types, arguments)


@cache
def _functions(contract: str) -> dict[bytes, tuple[str, tuple[str, ...]]]:
    found = {}
    for entry in load_contract(contract).abi:
        if entry["type"] == "function" and entry["stateMutability"] == "nonpayable":
            types = tuple(map(_type, entry["inputs"]))
            found[_hash(entry["name"], types)[:4]] = (entry["name"], types)
    return found


@cache
def _events() -> dict[str, _Shape]:
    found = {}
    for contract in CONTRACTS:
        for entry in load_contract(contract).abi:
            if entry["type"] == "event":
                typed = [(one["name"], _type(one), one["indexed"]) for one in entry["inputs"]]
                found[entry["name"]] = _Shape(
                    _hash(entry["name"], [kind for _, kind, _ in typed]),
                    tuple((name, kind) for name, kind, is_indexed in typed if is_indexed),
                    tuple(name for name, _, is_indexed in typed if not is_indexed),
                    tuple(kind for _, kind, is_indexed in typed if not is_indexed),
                )
    return found


@cache
def _errors() -> dict[str, tuple[bytes, list[str]]]:
    found = {}
    for contract in load_contracts().values():
        for entry in contract.abi:
            if entry["type"] == "error":
                types = [_type(one) for one in entry["inputs"]]
                found[entry["name"]] = (_hash(entry["name"], types)[:4], types)
    return found


def _hash(name: str, types: Sequence[str]) -> bytes:
    return keccak(f"{name}({','.join(types)})".encode())


def _type(entry: dict[str, Any]) -> str:
    kind: str = entry["type"]
    if not kind.startswith("tuple"):
        return kind
    members = ",".join(_type(one) for one in entry["components"])
    return f"({members}){kind.removeprefix('tuple')}"
