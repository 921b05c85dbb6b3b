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
    client: Client,
    key: SigningKey,
    to: str,
    data: bytes,
    timeout_s: float = 60.0,
    *,
    value: int = 0,
) -> Receipt:
    """Send one transaction and wait until it is in a block.

    Parameters
    ----------
    value : int
        Coins that go with it, in wei.

    Raises
    ------
    Refused
        When the contract would revert; nothing is sent then.
    Unreachable
        When the chain does not answer, or the transaction is in no block in time.
    Corrupt
        When it was undone although its rehearsal went well.
    """
    (receipt,) = await send_all(client, key, [(to, data)], timeout_s, value=value)
    return receipt


async def send_all(
    client: Client,
    key: SigningKey,
    calls: Sequence[tuple[str, bytes]],
    timeout_s: float = 60.0,
    *,
    value: int = 0,
) -> list[Receipt]:
    """Send transactions that do not wait for one another, and wait until all are in blocks.

    Parameters
    ----------
    calls : sequence of (str, bytes)
        Contract and calldata of each.
    value : int
        Coins that go with each, in wei.

    Raises
    ------
    Refused
        When a contract would revert; nothing is sent then.
    Unreachable
        When the chain does not answer, or a transaction is in no block in time.
    Corrupt
        When one was undone although its rehearsal went well.
    """
    fees = await fees_of(client, key.address)
    chain_id = await client.chain_id()
    first_nonce = await client.nonce(key.address, "pending")
    raws = [
        key.sign_transaction(
            {
                "chainId": chain_id,
                "nonce": nonce,
                "gas": await client.estimate_gas(key.address, to, data) * 5 // 4,
                "to": to,
                "value": value,
                "data": data,
            }
            | fees
        )
        for nonce, (to, data) in enumerate(calls, first_nonce)
    ]
    hashes = [await client.send_raw(raw) for raw in raws]
    receipts = [await client.mined(each, timeout_s) for each in hashes]
    undone = [each.tx_hash.hex() for each in receipts if not each.is_success]
    if undone:
        raise Corrupt(problem=f"transactions 0x{', 0x'.join(undone)} were undone")
    return receipts


async def fees_of(client: Client, sender: str) -> dict[str, int]:
    """Tell what a transaction should offer for gas, as its fields: two caps, or one price.

    One price is for chains without a base fee, which may not know the newer transactions.
    """
    head = await client.call("eth_getBlockByNumber", "latest", False)
    if head.get("baseFeePerGas") is not None:
        price = await client.gas_price(sender)
        return {"maxFeePerGas": price.max_fee, "maxPriorityFeePerGas": price.tip}
    # Whoever has no coins can only be on a chain where gas is free.
    is_free = await client.balance(sender) == 0
    return {"gasPrice": 0 if is_free else int(await client.call("eth_gasPrice"), 16)}
