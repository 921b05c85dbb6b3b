"""What transactions of ours offer for gas, and how an offer rises when it was too low."""

from dataclasses import dataclass
from typing import Final, Self

from ledger.client import Client
from ledger.errors import Unreachable

RAISE_DIVISOR: Final = 8
"""An offer rises by an eighth at least; nodes ask for a tenth."""


@dataclass(frozen=True, slots=True)
class Offer:
    """Fees of a transaction, in wei per gas.

    Parameters
    ----------
    is_legacy : bool
        The chain knows no base fee; `max_fee` is the one price.
    """

    max_fee: int
    tip: int
    is_legacy: bool = False

    @property
    def is_free(self) -> bool:
        """Whether nothing is offered, because nothing is asked."""
        return self.max_fee == 0

    def capped(self, fee_max: int) -> Self:
        """Keep it to what may be paid at most."""
        max_fee = min(self.max_fee, fee_max)
        return type(self)(max_fee, min(self.tip, max_fee), self.is_legacy)

    def above(self, max_fee: int, tip: int) -> Self:
        """Raise it to where a node takes it in place of an earlier offer."""
        return type(self)(
            max(self.max_fee, _raised(max_fee)), max(self.tip, _raised(tip)), self.is_legacy
        )


@dataclass(frozen=True, slots=True)
class Market:
    """What the chain says about time and gas now.

    Parameters
    ----------
    time_s : int
        Unix seconds of the latest block.
    price : int
        What gas costs now, in wei.
    offer : Offer
        What to offer; zero where gas is free to an account without coins.
    """

    time_s: int
    price: int
    offer: Offer

    @classmethod
    async def ask(cls, client: Client, sender: str) -> Self:
        """Ask the node.

        Raises
        ------
        Unreachable, RpcRefused
            When it does not answer, or will not say.
        """
        head, asked, balance = await client.batch(
            [
                ("eth_getBlockByNumber", ("latest", False)),
                ("eth_gasPrice", ()),
                ("eth_getBalance", (sender, "latest")),
            ]
        )
        if head is None:
            raise Unreachable(url=client.url, problem="the node has no latest block")
        time_s, price = int(head["timestamp"], 16), int(asked, 16)
        is_legacy = head.get("baseFeePerGas") is None
        base_fee = 0 if is_legacy else int(head["baseFeePerGas"], 16)
        if base_fee == 0 and int(balance, 16) == 0:
            return cls(time_s, 0, Offer(0, 0, is_legacy))
        if is_legacy:
            return cls(time_s, price, Offer(price, price, is_legacy))
        tip = max(0, price - base_fee)
        # The base fee rises by at most an eighth per block: double lasts for five full blocks.
        return cls(time_s, price, Offer(2 * base_fee + tip, tip))


def _raised(fee: int) -> int:
    return fee + max(1, -(-fee // RAISE_DIVISOR))
