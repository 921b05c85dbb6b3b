"""A client whose chain is made up: well-formed logs of a history, as fast as they are asked for."""

from collections.abc import Sequence
from typing import Any, Final

from eth_abi.abi import encode
from eth_hash.auto import keccak

from ledger.block import Block, Log, Receipt
from ledger.client import Client
from ledger.deployment import Deployment
from ledger.event import AgreementProposed, AgreementStepped, BatchRecorded, Event
from ledger.event import OrganisationAdmitted as Admitted
from ledger.lifecycle import row_named, state_number
from ledger.log import shape_of
from ledger.number import agreement_number

from .history import Turn

MEMBERS: Final = 20
GAS_USED: Final = 3_000_000
GENESIS_S: Final = 1_700_000_000


class StandIn(Client):
    """Serves one batch a block; members and agreements come in block 0."""

    def __init__(self, deployment: Deployment, turns: Sequence[Turn], agreements: int) -> None:
        super().__init__("http://stand-in.invalid")
        self._deployment, self._turns = deployment, turns
        self.agreements = [self._parties(each) for each in range(agreements)]

    @staticmethod
    def _parties(index: int) -> tuple[int, int, int]:
        """Number, buyer and seller of an agreement."""
        buyer = 1 + index % MEMBERS
        seller = 1 + (index + 1 + index // MEMBERS) % MEMBERS
        return agreement_number(buyer, 1 + index), buyer, seller

    async def block_number(self) -> int:
        """Tell the last block: one for each turn."""
        return len(self._turns)

    async def look(self, number: int) -> tuple[int, Block | None]:
        """Tell the last block, and give one header."""
        return len(self._turns), _header(number)

    async def blocks_and_logs(
        self, addresses: Sequence[str], first: int, last: int
    ) -> tuple[list[Block | None], list[Log]]:
        """Give headers and logs."""
        numbers = range(first, last + 1)
        logs = [log for number in numbers for log in self._logs(number)]
        return [_header(number) for number in numbers], logs

    async def receipts(self, hashes: Sequence[bytes]) -> list[Receipt | None]:
        """Give receipts; a transaction's hash names its block."""
        numbers = [int.from_bytes(each[:8]) for each in hashes]
        return [
            Receipt(each, number, _hash(number), True, GAS_USED, 0, None, tuple(self._logs(number)))
            for each, number in zip(hashes, numbers, strict=True)
        ]

    def _logs(self, number: int) -> list[Log]:
        events = self._founding() if number == 0 else [self._batch(number)]
        return [_log(event, number, index) for index, event in enumerate(events)]

    def _founding(self) -> list[Event]:
        place = _place(self._deployment.registry)
        events: list[Event] = [
            Admitted(organisation=n, roles=3, name=f"Member {n}", endpoint="http://a", **place)
            for n in range(1, MEMBERS + 1)
        ]
        for number, buyer, seller in self.agreements:
            place = _place(self._deployment.order_ledger)
            seats = (buyer, seller, 0, 0, 0)
            events.append(AgreementProposed(agreement=number, seats=seats, notice_days=1, **place))
            for by, action, unsigned in ((buyer, "propose", 2), (seller, "sign", 0)):
                row = row_named("agreement", action)
                events.append(
                    AgreementStepped(
                        agreement=number,
                        organisation=by,
                        action=row.id,
                        state=state_number("agreement", "Proposed" if unsigned else "Active"),
                        unsigned=unsigned,
                        ends_at=0,
                        terms=keccak(b"terms"),
                        manifest=keccak(b"manifest"),
                        intent=keccak(number.to_bytes(8) + bytes([by])),
                        **place,
                    )
                )
        return events

    def _batch(self, block: int) -> Event:
        turn = self._turns[block - 1]
        number, buyer, seller = self.agreements[turn.agreement]
        return BatchRecorded(
            organisation=seller if turn.is_seller else buyer,
            batch=keccak(b"batch" + block.to_bytes(8)),
            documents_root=keccak(b"root" + block.to_bytes(8)),
            manifest=keccak(b"manifest" + block.to_bytes(8)),
            actions=turn.pack(number),
            **_place(self._deployment.order_ledger),
        )


def _place(contract: str) -> dict[str, Any]:
    unknown = {"block_hash": b"", "tx_hash": b"", "block_number": 0, "log_index": 0}
    return {"contract": contract, **unknown}


def _header(number: int) -> Block:
    return Block(
        number, _hash(number), _hash(number - 1), GENESIS_S + 12 * number, 0, 1 << 26, GAS_USED, 0
    )


def _hash(number: int) -> bytes:
    return keccak(b"block" + number.to_bytes(8, signed=True))


def _log(event: Event, block: int, index: int) -> Log:
    shape = shape_of(type(event))
    topics = [encode([kind], [getattr(event, name)]) for name, kind in shape.indexed]
    values = [getattr(event, name) for name, _ in shape.plain]
    return Log(
        address=event.contract,
        topics=(shape.topic, *topics),
        data=encode(shape.types, values),
        block_number=block,
        block_hash=_hash(block),
        tx_hash=block.to_bytes(8) + bytes(24),
        log_index=index,
    )
