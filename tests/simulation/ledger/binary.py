"""Calls, events and errors as bytes, by the compiled contracts' ABI and by nothing else of ours."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from eth_abi.abi import decode, encode
from eth_hash.auto import keccak

from ledger.contracts_artifact import load_contract, load_contracts
from tests.oracles.ledger.refusal import Event

Told = tuple[str, tuple[Any, ...]]
"""An error's name and its arguments."""


def encode_call(contract: str, function: str, arguments: Sequence[Any]) -> bytes:
    """Write a call."""
    selector, types = _functions(contract)[function]
    return selector + encode(types, list(arguments))


def decode_answer(contract: str, function: str, data: bytes) -> tuple[Any, ...]:
    """Read what a view returned; addresses in lower case, structs as tuples."""
    return tuple(decode(_answers(contract)[function], data))


def decode_error(data: bytes) -> Told:
    """Read an error; the bytes must be exactly what its arguments encode to."""
    if data == b"":
        return ("", ())
    name, types = _errors()[data[:4]]
    arguments = decode(types, data[4:])
    assert encode(types, arguments) == data[4:], f"{name} with more than its arguments"
    return (name, arguments)


def decode_events(logs: Sequence[dict[str, Any]]) -> Iterator[tuple[str, Event]]:
    """Read logs; gives who told each, and the event with its fields by name."""
    for log in logs:
        topics = [bytes.fromhex(topic[2:]) for topic in log["topics"]]
        name, indexed, plain = _events()[topics[0]]
        assert len(topics) == 1 + len(indexed), name
        fields: dict[str, Any] = {}
        for (field, kind), topic in zip(indexed, topics[1:], strict=True):
            (fields[field],) = decode([kind], topic)
        values = decode([kind for _, kind in plain], bytes.fromhex(log["data"][2:]))
        fields |= {field: value for (field, _), value in zip(plain, values, strict=True)}
        if "problem" in fields:
            fields["problem"] = decode_error(fields["problem"])
        yield log["address"].lower(), (name, fields)


@cache
def _functions(contract: str) -> dict[str, tuple[bytes, list[str]]]:
    functions = {}
    for entry in load_contract(contract).abi:
        if entry["type"] == "function":
            types = [_type(one) for one in entry["inputs"]]
            functions[entry["name"]] = (_selector(entry["name"], types), types)
    return functions


@cache
def _answers(contract: str) -> dict[str, list[str]]:
    return {
        entry["name"]: [_type(one) for one in entry["outputs"]]
        for entry in load_contract(contract).abi
        if entry["type"] == "function"
    }


@cache
def _errors() -> dict[bytes, tuple[str, list[str]]]:
    errors = {_selector("Error", ["string"]): ("Error", ["string"])}
    for contract in load_contracts().values():
        for entry in contract.abi:
            if entry["type"] == "error":
                types = [_type(one) for one in entry["inputs"]]
                errors[_selector(entry["name"], types)] = (entry["name"], types)
    return errors


@cache
def _events() -> dict[bytes, tuple[str, list[tuple[str, str]], list[tuple[str, str]]]]:
    events = {}
    for contract in ("OrgRegistry", "OrderLedger"):
        for entry in load_contract(contract).abi:
            if entry["type"] == "event":
                typed = [(one["name"], _type(one), one["indexed"]) for one in entry["inputs"]]
                signature = f"{entry['name']}({','.join(kind for _, kind, _ in typed)})"
                indexed = [(name, kind) for name, kind, is_indexed in typed if is_indexed]
                plain = [(name, kind) for name, kind, is_indexed in typed if not is_indexed]
                events[keccak(signature.encode())] = (entry["name"], indexed, plain)
    return events


def _selector(name: str, types: list[str]) -> bytes:
    return keccak(f"{name}({','.join(types)})".encode())[:4]


def _type(entry: dict[str, Any]) -> str:
    kind: str = entry["type"]
    if not kind.startswith("tuple"):
        return kind
    members = ",".join(_type(one) for one in entry["components"])
    return f"({members}){kind.removeprefix('tuple')}"
