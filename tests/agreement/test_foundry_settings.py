"""Proofs are about the code that is deployed: Foundry compiles with the project's own settings."""

import json
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_proofs_are_compiled_with_the_settings_of_deployment() -> None:
    compiler = json.loads((ROOT / "contracts/compiler.json").read_text())["settings"]
    foundry = tomllib.loads((ROOT / "foundry.toml").read_text())["profile"]["default"]
    assert {
        "evmVersion": foundry["evm_version"],
        "viaIR": foundry["via_ir"],
        "optimizer": {"enabled": foundry["optimizer"], "runs": foundry["optimizer_runs"]},
        "metadata": {"bytecodeHash": foundry["bytecode_hash"]},
    } == compiler
