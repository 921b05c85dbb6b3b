"""A key's own transactions, straight to a contract: no gateway, no outbox.

The council sets a network up this way, and any member may speak this way when no relay will carry
its intents. What goes through a gateway is sent by `ledger.relayer` only.
"""

from __future__ import annotations

from collections.abc import Sequence

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
    (receipt,) = await send_all(client, key, [(to, data)], timeout_s)
    return receipt


async def send_all(
    client: Client, key: SigningKey, calls: Sequence[tuple[str, bytes]], timeout_s: float = 60.0
) -> list[Receipt]:
    """Send transactions that do not wait for one another, and wait until all are in blocks.

    Parameters
    ----------
    calls : sequence of (str, bytes)
        Contract and calldata of each.

    Raises
    ------
    Refused
        When a contract would revert; nothing is sent then.
    Unreachable
        When the chain does not answer, or a transaction is in no block in time.
    Corrupt
        When one was undone although its rehearsal went well.
    """
    price = await client.gas_price(key.address)
    chain_id = await client.chain_id()
    first_nonce = await client.nonce(key.address, "pending")
    raws = [
        key.sign_transaction(
            {
                "chainId": chain_id,
                "nonce": nonce,
                "gas": await client.estimate_gas(key.address, to, data) * 5 // 4,
                "maxFeePerGas": price.max_fee,
                "maxPriorityFeePerGas": price.tip,
                "to": to,
                "value": 0,
                "data": data,
            }
        )
        for nonce, (to, data) in enumerate(calls, first_nonce)
    ]
    hashes = [await client.send_raw(raw) for raw in raws]
    receipts = [await client.mined(each, timeout_s) for each in hashes]
    undone = [each.tx_hash.hex() for each in receipts if not each.is_success]
    if undone:
        raise Corrupt(problem=f"transactions 0x{', 0x'.join(undone)} were undone")
    return receipts
