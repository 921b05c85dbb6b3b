"""Hardhat tests the very code that Python deploys."""

import json
import os
import subprocess
from pathlib import Path

from ledger.contracts_artifact import load_contracts

ROOT = Path(__file__).resolve().parents[2]


def test_both_builds_give_the_same_bytecode() -> None:
    hardhat = ROOT / "node_modules/hardhat/dist/src/cli.js"
    subprocess.run(
        [ROOT / ".venv/bin/node", hardhat, "build", "--no-tests"],
        cwd=ROOT,
        env=os.environ | {"HARDHAT_DISABLE_TELEMETRY_PROMPT": "true"},
        stdin=subprocess.DEVNULL,
        check=True,
    )
    deployed = [contract for contract in load_contracts().values() if contract.bytecode]
    assert deployed
    for contract in deployed:
        path = ROOT / "build/hardhat/artifacts" / contract.source_name / f"{contract.name}.json"
        built = json.loads(path.read_text())
        assert built["abi"] == contract.abi, contract.name
        assert built["bytecode"] == "0x" + contract.bytecode.hex(), contract.name
        assert built["deployedBytecode"] == "0x" + contract.deployed_bytecode.hex(), contract.name
