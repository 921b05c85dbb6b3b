"""A key's own transaction, straight to a contract: no gateway, no outbox.

The council sets a network up this way, and any member may speak this way when no relay will carry
its intents. What goes through a gateway is sent by `ledger.relayer` only.
"""

from __future__ import annotations

from ledger.block import Receipt
from ledger.client import Client
from ledger.errors import Corrupt
from ledger.key import SigningKey


async def send(
    client: Client, key: SigningKey, to: str, data: bytes, timeout_s: float = 60.0
) -> Receipt:
    """Send one transaction and wait until it is in a block.

    Raises
    ------
    Refused
        When the contract would revert; nothing is sent then.
    Unreachable
        When the chain does not answer, or the transaction is in no block in time.
    Corrupt
        When it was undone although its rehearsal went well.
    """
    price = await client.gas_price(key.address)
    raw = key.sign_transaction(
        {
            "chainId": await client.chain_id(),
            "nonce": await client.nonce(key.address, "pending"),
            "gas": await client.estimate_gas(key.address, to, data) * 5 // 4,
            "maxFeePerGas": price.max_fee,
            "maxPriorityFeePerGas": price.tip,
            "to": to,
            "value": 0,
            "data": data,
        }
    )
    receipt = await client.mined(await client.send_raw(raw), timeout_s)
    if not receipt.is_success:
        raise Corrupt(problem=f"transaction 0x{receipt.tx_hash.hex()} was undone")
    return receipt
