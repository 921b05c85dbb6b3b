"""How the tests of refusals say what is sent: by whom, when, and with what said in it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from eth_abi.abi import encode

from ledger import lifecycle
from ledger.contracts import FUNCTIONS, encode_call, selector, struct
from ledger.contracts_artifact import load_contract
from ledger.intent import (
    ZERO,
    AgreementStep,
    Batch,
    Domain,
    Intent,
    LotStep,
    Opening,
    SealedBid,
    Signable,
    Withdrawal,
    bid_commitment,
    digest,
)
from ledger.key import SigningKey
from tests.agreement.cast import BOND, SEATS, Cast
from tests.chain import FAR_FUTURE_S
from tests.rehearsal import Move

TERMS: Final = b"\x21" * 32
SALT: Final = b"\x33" * 32
NOTICE_DAYS: Final = 30
WINDOW_S: Final = 1_000
PERFORM_S: Final = 10 * WINDOW_S
RESERVES: Final = (100, 100, 100, 100, 100, 100, 100)
PRICE: Final = 90
WAYS_IN: Final[dict[type[Any], str]] = {
    Batch: "OrderLedger.submit",
    Intent: "OrderLedger.submitIntents",
    AgreementStep: "OrderLedger.agree",
    Opening: "PoolAuction.open",
    SealedBid: "PoolAuction.commit",
    LotStep: "PoolAuction.stepLot",
    Withdrawal: "PoolAuction.withdraw",
}


@dataclass(frozen=True)
class Act(Move):
    """A move, and what it says, by name: the fields of what is signed, or the arguments."""

    says: Mapping[str, Any] = field(default_factory=dict)


def action_id(action: str) -> int:
    """The number of an action on orders or deliveries."""
    (row,) = [
        row
        for machine in ("order", "delivery")
        for row in lifecycle.rows(machine)
        if row.action == action
    ]
    return row.id


def entry(number: int, order: int | None) -> bytes:
    return number.to_bytes(4) + (b"" if order is None else order.to_bytes(4))


def record(action: int, count: int, *numbers: int, order: int | None = None) -> bytes:
    """A record of a stream, as it is told: an action from 128 on is a run."""
    listed = b"".join(entry(number, order) for number in numbers)
    return bytes([action]) + count.to_bytes(2) + listed


def run(action: str, count: int, number: int, order: int | None = None) -> bytes:
    return record(action_id(action) | 0x80, count, number, order=order)


class Stage:
    """Builds what is sent to the contracts of a cast."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.now = cast.now
        self.names = cast.names
        self.deployment = cast.network.deployment
        self.agreement: int = cast.agreement
        self.proposal: int = self.names["proposal"]
        self.auction: int = self.names["auction"]
        self.seats = self.seated(*SEATS)

    # What is signed -------------------------------------------------------------------------

    def seated(self, *names: str | None) -> tuple[int, int, int, int, int]:
        """Seats by the names of their members; none: empty."""
        numbers = [0 if name is None else self.cast.members[name] for name in names]
        buyer, seller, carrier, inspector, arbiter = numbers
        return buyer, seller, carrier, inspector, arbiter

    def stream(self, *records: bytes, agreement: int | None = None) -> bytes:
        """A stream of records in one agreement."""
        number = self.agreement if agreement is None else agreement
        return b"\0" + number.to_bytes(8) + b"".join(records)

    def batch(self, *records: bytes, by: str = "buyer", agreement: int | None = None) -> Batch:
        """A batch of records in an agreement; without records, it issues order 1."""
        actions = self.stream(*(records or (record(1, 1, 1),)), agreement=agreement)
        return Batch(self.cast.members[by], FAR_FUTURE_S, self._nonce(), ZERO, ZERO, actions)

    def intent(self, said: str, agreement: int | None = None) -> Intent:
        """An intent that says, for example, ``seller despatch 7 of 1``."""
        by, action, number, order = _read(said)
        return Intent(
            self.cast.members[by],
            self.agreement if agreement is None else agreement,
            action_id(action),
            number,
            order,
            FAR_FUTURE_S,
            self._nonce(),
        )

    def step(self, said: str, agreement: int | None = None, **fields: Any) -> AgreementStep:
        """A step that says, for example, ``seller sign``."""
        by, action = said.split()
        given: dict[str, Any] = {
            "organisation": self.cast.members[by],
            "agreement": self.proposal if agreement is None else agreement,
            "action": lifecycle.row_named("agreement", action).id,
            "seats": self.seats,
            "notice_days": NOTICE_DAYS,
            "terms": TERMS,
            "manifest": ZERO,
            "deadline": FAR_FUTURE_S,
            "nonce": self._nonce(),
        }
        return AgreementStep(**(given | fields))

    def opening(self, **fields: Any) -> Opening:
        """The opening of the auction of seven lots."""
        given: dict[str, Any] = {
            "organisation": self.cast.members["pool"],
            "auction": self.auction,
            "token": self.names["token"],
            "bond": BOND,
            "bidding_ends": self.now + WINDOW_S,
            "reveal_ends": self.now + 2 * WINDOW_S,
            "challenge_ends": self.now + 3 * WINDOW_S,
            "perform_by": self.now + PERFORM_S,
            "specification": ZERO,
            "manifest": ZERO,
            "reserves": RESERVES,
            "deadline": FAR_FUTURE_S,
            "nonce": self._nonce(),
        }
        return Opening(**(given | fields))

    def bid(self, by: str, lots: int, price: int = PRICE, **fields: Any) -> SealedBid:
        """A sealed bid on a bitmap of lots."""
        member = self.cast.members[by]
        domain = self.deployment.auction_domain
        sealed = bid_commitment(domain, self.auction, member, lots, price, SALT)
        given: dict[str, Any] = {"auction": self.auction, "commitment": sealed}
        given |= {"deadline": FAR_FUTURE_S, "nonce": self._nonce(), "organisation": member}
        return SealedBid(**(given | fields))

    def lot_step(self, said: str, **fields: Any) -> LotStep:
        """A step that says, for example, ``carrier pick_up 0``."""
        by, action, lot = said.split()
        given: dict[str, Any] = {
            "organisation": self.cast.members[by],
            "auction": self.auction,
            "lot": int(lot),
            "action": lifecycle.row_named("lot", action).id,
            "document": ZERO,
            "manifest": ZERO,
            "deadline": FAR_FUTURE_S,
            "nonce": self._nonce(),
        }
        return LotStep(**(given | fields))

    def withdrawal(self, **fields: Any) -> Withdrawal:
        """The buyer takes one bond out, to its first key."""
        given: dict[str, Any] = {
            "organisation": self.cast.members["buyer"],
            "token": self.names["token"],
            "amount": BOND,
            "to": self.names["buyer_key"],
            "deadline": FAR_FUTURE_S,
            "nonce": self._nonce(),
        }
        return Withdrawal(**(given | fields))

    def domain_of(self, value: Signable) -> Domain:
        is_order = WAYS_IN[type(value)].startswith("OrderLedger")
        return self.deployment.order_domain if is_order else self.deployment.auction_domain

    def sign(
        self, value: Signable, key: SigningKey | None = None, domain: Domain | None = None
    ) -> bytes:
        """Sign with the organisation's first key, or another; for its contract, or another."""
        signer = self.cast.network.keys[value.organisation] if key is None else key
        return signer.sign(digest(domain or self.domain_of(value), value))

    # What is sent ---------------------------------------------------------------------------

    def send(
        self,
        value: Signable,
        signature: bytes | None = None,
        *,
        sender: str = "stranger",
        time: int | None = None,
        gas: int | None = None,
    ) -> Act:
        """Send something signed; anybody may carry it."""
        function = WAYS_IN[type(value)]
        signed = self.sign(value) if signature is None else signature
        is_list = FUNCTIONS[function][1] == "bytes[]"
        arguments = ([struct(value)], [signed]) if is_list else (struct(value), signed)
        data = encode_call(function, *arguments)
        return self._act(function, sender, data, time, gas, asdict(value))

    def call(
        self, function: str, *arguments: Any, sender: str = "stranger", time: int | None = None
    ) -> Act:
        """Call a function with plain arguments, which is all the authority it asks for."""
        contract, _, name = function.partition(".")
        (item,) = [
            one
            for one in load_contract(contract).abi
            if one["type"] == "function" and one["name"] == name
        ]
        types = [one["type"] for one in item["inputs"]]
        data = selector(f"{name}({','.join(types)})") + encode(types, arguments)
        said = dict(zip((one["name"] for one in item["inputs"]), arguments, strict=True))
        return self._act(function, sender, data, time, None, said)

    def address_of(self, contract: str) -> str:
        found: str = self.deployment.contracts.by_name()[contract].address
        return found

    def _act(
        self,
        function: str,
        sender: str,
        data: bytes,
        time: int | None,
        gas: int | None,
        says: Mapping[str, Any],
    ) -> Act:
        key = self.cast.keys.get(sender)
        return Act(
            sender=self.names[sender] if key is None else key.address,
            to=self.address_of(function.partition(".")[0]),
            data=data,
            time=self.now if time is None else time,
            gas=gas,
            says=says,
        )

    def _nonce(self) -> int:
        return self.cast.network.nonce()


def _read(said: str) -> tuple[str, str, int, int]:
    by, action, number, *of_order = said.split()
    return by, action, int(number), int(of_order[1]) if of_order else 0
