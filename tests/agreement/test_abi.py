"""Calldata, views and events of Python have the types of the compiled contracts."""

from typing import Any

from ledger.catalogue import snake_case
from ledger.contracts import FUNCTIONS
from ledger.contracts_artifact import load_contract
from ledger.event import Event
from ledger.log import shape_of
from ledger.view import VIEWS

CONTRACTS = ("OrgRegistry", "OrderLedger", "PoolAuction", "LocalBondToken")
FOREIGN = {"EIP712DomainChanged", "Transfer", "Approval"}
"""Inherited events that say nothing about the network."""


def items_of(kind: str) -> dict[str, dict[str, Any]]:
    """Every function or event of the deployed contracts, by contract and signature."""
    return {
        f"{contract}.{item['name']}({','.join(map(canonical, item['inputs']))})": item
        for contract in CONTRACTS
        for item in load_contract(contract).abi
        if item["type"] == kind and item["name"] not in FOREIGN
    }


def canonical(parameter: dict[str, Any]) -> str:
    solidity_type: str = parameter["type"]
    if not solidity_type.startswith("tuple"):
        return solidity_type
    members = ",".join(map(canonical, parameter["components"]))
    return f"({members}){solidity_type.removeprefix('tuple')}"


def signed(name: str, types: tuple[str, ...]) -> str:
    return f"{name}({','.join(types)})"


def test_calldata_has_the_types_of_the_abi() -> None:
    functions = items_of("function")
    for name, types in FUNCTIONS.items():
        assert functions[signed(name, types)]["stateMutability"] == "nonpayable", name


def test_every_function_of_our_contracts_that_changes_something_can_be_called() -> None:
    ours = {
        name
        for name, item in items_of("function").items()
        if item["stateMutability"] == "nonpayable" and not name.startswith("LocalBondToken")
    }
    known = {signed(name, types) for name, types in FUNCTIONS.items()}
    assert ours <= known


def test_views_have_the_types_of_the_abi() -> None:
    functions = items_of("function")
    for name, (inputs, outputs) in VIEWS.items():
        item = functions[signed(name, inputs)]
        assert tuple(map(canonical, item["outputs"])) == outputs, name
        assert item["stateMutability"] == "view", name


def test_every_event_of_the_abi_has_a_class_with_its_fields() -> None:
    declared = {
        name.partition(".")[2]: {
            (snake_case(one["name"]), one["type"], one["indexed"]) for one in item["inputs"]
        }
        for name, item in items_of("event").items()
    }
    shapes = map(shape_of, Event.__subclasses__())
    assert declared == {
        shape.signature: {(*one, True) for one in shape.indexed}
        | {(*one, False) for one in shape.plain}
        for shape in shapes
    }
