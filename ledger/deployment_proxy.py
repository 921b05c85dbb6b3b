"""The deterministic deployment proxy, and how it gets onto a chain that lacks it.

Its one transaction was made with an invented signature, so that nobody holds the key of its sender,
and is valid on every chain that takes transactions from before EIP-155. Source:
https://github.com/Arachnid/deterministic-deployment-proxy
"""

from __future__ import annotations

from typing import Final

from ledger.client import Client
from ledger.deployment_artifact import code_hash
from ledger.deployment_plan import PROXY
from ledger.direct import send
from ledger.errors import DeploymentCodeDiffers, DeploymentProxyMissing, RpcRefused
from ledger.key import SigningKey, transaction_hash

PROXY_CODE: Final = bytes.fromhex(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234"
    "f58015156039578182fd5b8082525050506014600cf3"
)
PROXY_SIGNER: Final = "0x3fAB184622Dc19b6109349B94811493BF2a45362"
PROXY_TRANSACTION: Final = (
    bytes.fromhex("f8a58085174876e800830186a08080b853604580600e600039806000f350fe")
    + PROXY_CODE
    + bytes.fromhex("1ba0" + "22" * 32 + "a0" + "22" * 32)
)
PROXY_GAS: Final = 100_000
PROXY_GAS_PRICE: Final = 100 * 10**9
PROXY_COST: Final = PROXY_GAS * PROXY_GAS_PRICE


async def has_proxy(client: Client) -> bool:
    """Tell whether the chain has the proxy.

    Raises
    ------
    DeploymentCodeDiffers
        When something else is in its place.
    """
    code = await client.code(PROXY)
    if code and code != PROXY_CODE:
        raise DeploymentCodeDiffers(
            address=PROXY,
            chain_id=await client.chain_id(),
            contract="the deployment proxy",
            found=code_hash(code),
            expected=code_hash(PROXY_CODE),
        )
    return bool(code)


async def proxy_funds(client: Client, payer: str) -> int:
    """Tell how many wei the proxy's signer still needs, and check that it could use them.

    Raises
    ------
    DeploymentProxyMissing
        When its transaction cannot be mined on this chain, or the payer cannot pay for it.
    """
    if await client.nonce(PROXY_SIGNER):
        raise await _missing(client, f"{PROXY_SIGNER} has spent its one transaction in vain")
    head = await client.block()
    if head is not None and head.base_fee > PROXY_GAS_PRICE:
        raise await _missing(client, "gas costs more now than the 100 gwei that it offers")
    funds = max(0, PROXY_COST - await client.balance(PROXY_SIGNER))
    if funds > await client.balance(payer):
        problem = f"{PROXY_SIGNER} needs {funds} wei to send it, more than {payer} has"
        raise await _missing(client, problem)
    return funds


async def put_proxy(client: Client, key: SigningKey, timeout_s: float) -> None:
    """Put the proxy onto a chain that lacks it; safe to run again after a kill.

    Parameters
    ----------
    key : SigningKey
        Gives the proxy's signer what its transaction costs.

    Raises
    ------
    DeploymentProxyMissing
        When the chain does not take its transaction.
    """
    tx_hash = transaction_hash(PROXY_TRANSACTION)
    if not await _is_known(client, tx_hash):
        funds = await proxy_funds(client, key.address)
        if funds:
            await send(client, key, PROXY_SIGNER, b"", timeout_s, value=funds)
        try:
            await client.send_raw(PROXY_TRANSACTION)
        except RpcRefused as refused:
            raise await _missing(client, f"the node says “{refused.message}”") from None
    await client.mined(tx_hash, timeout_s)
    if not await has_proxy(client):
        raise await _missing(client, f"its transaction needs more gas here than {PROXY_GAS}")


async def _is_known(client: Client, tx_hash: bytes) -> bool:
    answer = await client.call("eth_getTransactionByHash", "0x" + tx_hash.hex())
    return answer is not None


async def _missing(client: Client, problem: str) -> DeploymentProxyMissing:
    return DeploymentProxyMissing(chain_id=await client.chain_id(), problem=problem)
