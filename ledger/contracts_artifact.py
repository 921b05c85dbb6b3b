"""The compiled contracts, as `make setup` leaves them in build/contracts.json."""

import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


class ContractsNotCompiled(RuntimeError):
    """The compiled contracts are missing or lack one that is asked for."""


@dataclass(frozen=True)
class Contract:
    """One compiled contract; interfaces have empty bytecode.

    Parameters
    ----------
    immutables : dict of str to list of int
        Where in `deployed_bytecode` the constructor writes each immutable, a word each time.
    """

    name: str
    source_name: str
    abi: list[dict[str, Any]]
    bytecode: bytes
    deployed_bytecode: bytes
    storage_layout: list[dict[str, Any]]
    immutables: dict[str, list[int]]


def artifact_path() -> Path:
    """Where the artifact lies; ``CONSIGN_CONTRACTS`` overrides it."""
    override = os.environ.get("CONSIGN_CONTRACTS")
    if override:
        return Path(override)
    return Path(__file__).resolve().parent.parent / "build" / "contracts.json"


def load_contract(name: str) -> Contract:
    """Return one compiled contract.

    Raises
    ------
    ContractsNotCompiled
        If there is no artifact, or no such contract in it.
    """
    found = load_contracts().get(name)
    if found is None:
        raise ContractsNotCompiled(f"no contract {name} in {artifact_path()}: run `make setup`")
    return found


def load_contracts() -> dict[str, Contract]:
    """Return every compiled contract by name."""
    return {
        name: Contract(
            name=name,
            source_name=entry["sourceName"],
            abi=entry["abi"],
            bytecode=bytes.fromhex(entry["bytecode"].removeprefix("0x")),
            deployed_bytecode=bytes.fromhex(entry["deployedBytecode"].removeprefix("0x")),
            storage_layout=entry["storageLayout"],
            immutables=entry["immutables"],
        )
        for name, entry in _read(artifact_path())["contracts"].items()
    }


def load_compiler() -> dict[str, Any]:
    """Return the compiler's version and settings."""
    compiler: dict[str, Any] = _read(artifact_path())["compiler"]
    return compiler


def load_enums() -> dict[str, list[str]]:
    """Return the members of every Solidity enum, in order, by canonical name."""
    enums: dict[str, list[str]] = _read(artifact_path())["enums"]
    return enums


@cache
def _read(path: Path) -> dict[str, Any]:
    try:
        artifact: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        raise ContractsNotCompiled(f"no compiled contracts at {path}: run `make setup`") from None
    return artifact
