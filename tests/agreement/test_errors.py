"""The errors of the ABIs, of the catalogue and of Python are the same."""

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from ledger import errors, fault
from ledger.catalogue import LedgerError, Refused, catalogue, snake_case
from ledger.contracts_artifact import load_contracts
from ledger.errors import RefusalUnknown, decode_refusal

CHAIN_ENTRIES = {name: entry for name, entry in catalogue().items() if entry.is_chain}
VALUES: dict[str, Any] = {
    "address": "0x52908400098527886E0F7030069857D2E4169EE7",
    "bytes32": b"\x5a" * 32,
    "string": "text",
}


def abi_errors() -> dict[str, list[tuple[str, str]]]:
    """Every custom error of our contracts, inherited ones included, with its arguments."""
    found: dict[str, list[tuple[str, str]]] = {}
    for contract in load_contracts().values():
        if contract.source_name.startswith(("contracts/mocks/", "contracts/test-support/")):
            continue
        for item in contract.abi:
            if item["type"] == "error":
                found[item["name"]] = [(one["type"], one["name"]) for one in item["inputs"]]
    return found


def subclasses_of(kind: type[LedgerError]) -> dict[str, type[LedgerError]]:
    """Every class below one, by name."""
    found: dict[str, type[LedgerError]] = {}
    for below in kind.__subclasses__():
        found |= {below.__name__: below} | subclasses_of(below)
    return found


def test_every_error_of_the_abis_stands_in_the_catalogue_with_its_arguments() -> None:
    listed = {
        name: list(zip(entry.types, entry.names, strict=True))
        for name, entry in CHAIN_ENTRIES.items()
        if not entry.is_retired
    }
    assert listed == {
        name: [(solidity_type, snake_case(argument)) for solidity_type, argument in arguments]
        for name, arguments in abi_errors().items()
    }


def test_every_chain_error_of_the_catalogue_is_a_class_of_its_own() -> None:
    classes = {kind.__name__ for kind in Refused.__subclasses__()} - {"RefusalUnknown"}
    assert classes == set(CHAIN_ENTRIES)


def test_every_error_class_stands_in_the_catalogue() -> None:
    branches = {"Refused", "Invalid"}
    assert set(subclasses_of(LedgerError)) - branches <= set(catalogue())


def test_every_local_error_of_the_catalogue_is_a_class() -> None:
    local = {name for name, entry in catalogue().items() if entry.group == "local"}
    assert local <= set(subclasses_of(LedgerError))


def test_the_docstring_draws_every_class() -> None:
    assert errors.__doc__ is not None
    classes = {*vars(errors), *vars(fault)} & set(subclasses_of(LedgerError))
    assert [name for name in classes if name not in errors.__doc__] == []


def test_selectors_are_all_different() -> None:
    assert len({entry.selector for entry in CHAIN_ENTRIES.values()}) == len(CHAIN_ENTRIES)


@pytest.mark.parametrize("name", CHAIN_ENTRIES)
def test_error_survives_encoding_and_decoding(name: str) -> None:
    entry = CHAIN_ENTRIES[name]
    values = [VALUES.get(one, 2) for one in entry.types]
    data = keccak(f"{name}({','.join(entry.types)})".encode())[:4] + encode(entry.types, values)

    refusal = decode_refusal(data)

    assert type(refusal).__name__ == name
    assert list(refusal.arguments) == list(entry.names)
    assert list(refusal.arguments.values()) == values
    assert refusal.encoded() == data
    assert "{" not in refusal.sentence


@pytest.mark.parametrize("name", CHAIN_ENTRIES)
def test_error_cut_short_is_named_unknown(name: str) -> None:
    entry = CHAIN_ENTRIES[name]
    if entry.types:
        assert type(decode_refusal(entry.selector + b"\0")) is RefusalUnknown


@pytest.mark.parametrize("data", [b"", b"\1\2\3", bytes(4), keccak(b"Panic(uint256)")[:4]])
def test_foreign_revert_data_is_named_unknown(data: bytes) -> None:
    refusal = decode_refusal(data)
    assert type(refusal) is RefusalUnknown
    assert refusal.context == {"data": "0x" + data.hex()}


@pytest.mark.parametrize("name", catalogue())
def test_status_is_one_that_the_catalogue_explains(name: str) -> None:
    assert catalogue()[name].status in {403, 404, 409, 422, 429, 500, 503}
