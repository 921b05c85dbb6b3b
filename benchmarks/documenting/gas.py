"""What it costs a contract to read one proven field of a document."""

import asyncio
from typing import Final

from eth_abi.abi import encode

from benchmarks.operations import Measure, open_stage
from ledger.contracts import selector

BASE_GAS: Final = 21_000
"""What every transaction pays, whatever it does."""


def measure_reading(commitment: bytes, proof: bytes) -> Measure:
    """Send a proof of one field to a contract that reads it, in a transaction of its own."""
    return asyncio.run(_measure(commitment, proof))


def proof_gas(measure: Measure) -> int:
    """Give the gas that carrying and reading the proof took."""
    return measure.gas - BASE_GAS


async def _measure(commitment: bytes, proof: bytes) -> Measure:
    async with open_stage() as stage:
        reader = await stage.deploy_mock("FieldReader")
        arguments = encode(["bytes32", "bytes"], [commitment, proof])
        return await stage.measure(reader, selector("fieldOf(bytes32,bytes)") + arguments)
