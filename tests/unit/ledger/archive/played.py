"""A game between contracts and model, as an archive's blocks would tell it."""

from dataclasses import dataclass
from typing import Any

from ledger.archive.header import Header, header_bytes
from ledger.archive.network import Network
from ledger.archive.proof import ProvenBlock
from ledger.archive.receipt import Receipt, receipt_bytes
from ledger.archive.transaction import Transaction, transaction_bytes
from tests.simulation.ledger.chain import Chain

NOBODY = "0x" + "00" * 20


@dataclass(frozen=True, slots=True)
class Impersonated(Transaction):
    """A transaction of a chain that takes senders at their word."""

    said: str = ""

    def sender(self) -> str:
        """Name the sender that the chain believed."""
        return self.said


def network_of(registry: str, ledger: str) -> Network:
    """Describe a network whose contracts were put where nobody planned."""
    return Network(31337, 0, NOBODY, registry, ledger, NOBODY)


def blocks_of(chain: Chain) -> list[ProvenBlock]:
    """Read every block that a chain has."""
    head = int(chain.call("eth_blockNumber"), 16)
    numbers = [(hex(each),) for each in range(head + 1)]
    answers = chain.batch("eth_getBlockByNumber", [(*each, True) for each in numbers])
    receipts = chain.batch("eth_getBlockReceipts", numbers)
    return [_block(*each) for each in zip(answers, receipts, strict=True)]


def _block(answer: dict[str, Any], receipts: list[dict[str, Any]]) -> ProvenBlock:
    transactions = [_impersonated(each) for each in answer["transactions"]]
    parsed = [Receipt.parse(receipt_bytes(each)) for each in receipts]
    return ProvenBlock(Header.parse(header_bytes(answer)), transactions, parsed)


def _impersonated(answer: dict[str, Any]) -> Impersonated:
    parsed = Transaction.parse(transaction_bytes(answer))
    return Impersonated(parsed.raw, parsed.to, parsed.data, answer["from"].lower())
