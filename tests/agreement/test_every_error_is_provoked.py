"""Every custom error that a contract of ours may answer is provoked by a Solidity test."""

import re
from pathlib import Path

import pytest

from ledger.contracts_artifact import load_contracts

SUITE = Path(__file__).parents[1] / "contracts"
FOREIGN = ("contracts/mocks/", "contracts/test-support/", "contracts/local/")

# Errors that stand in an ABI and that no input reaches, each with the reason.
UNREACHABLE = {
    "InvalidShortString": "the EIP-712 names are constants of less than 32 bytes",
    "StringTooLong": "the EIP-712 names are constants of less than 32 bytes",
}


def error_names() -> set[str]:
    """Names of the errors in the ABIs of what is deployed and of the libraries it uses."""
    return {
        item["name"]
        for contract in load_contracts().values()
        if not contract.source_name.startswith(FOREIGN)
        for item in contract.abi
        if item["type"] == "error"
    }


def provoked_in(solidity: str) -> set[str]:
    """Names of the errors that a test's source expects, with their arguments or by selector."""
    expectation = (
        r"(?:encodeWithSelector|expectRevert|expectPartialRevert)\(\s*(?:\w+\.)*(\w+)\.selector"
    )
    return set(re.findall(expectation, solidity))


def test_every_error_is_provoked_by_a_solidity_test() -> None:
    provoked = {
        name for path in SUITE.rglob("*.sol") for name in provoked_in(path.read_text("utf-8"))
    }
    assert error_names() - provoked - set(UNREACHABLE) == set()


def test_no_error_is_called_unreachable_that_is_not_in_an_abi() -> None:
    assert set(UNREACHABLE) <= error_names()


@pytest.mark.parametrize(
    ("solidity", "names"),
    [
        ("vm.expectRevert(abi.encodeWithSelector(IHouse.DoorShut.selector, 1));", {"DoorShut"}),
        ("abi.encodeWithSelector(\n    DoorShut.selector,\n    1\n)", {"DoorShut"}),
        ("vm.expectPartialRevert(Library.DoorShut.selector);", {"DoorShut"}),
        ("// DoorShut is provoked elsewhere", set()),
        ("emit IHouse.DoorShut();", set()),
    ],
)
def test_only_an_expectation_counts(solidity: str, names: set[str]) -> None:
    assert provoked_in(solidity) == names
