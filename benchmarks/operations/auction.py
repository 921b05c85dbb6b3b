"""Operations of the pool auction: eight lots and as many carriers, half of them silent."""

from typing import Final

from eth_hash.auto import keccak

from ledger.contracts import (
    encode_approve,
    encode_commit,
    encode_deposit,
    encode_finalise,
    encode_open,
    encode_propose,
    encode_reveal,
    encode_step_lot,
    encode_withdraw,
)
from ledger.intent import LotStep, Opening, SealedBid, Withdrawal, bid_commitment
from ledger.lifecycle import row_named, state_number
from ledger.number import auction_number
from ledger.role import Role

from .stage import DEADLINE_S, DOCUMENT, MANIFEST, START_S, Measure, OperationFailed, Stage

LOTS: Final = 8
BONDS_EACH: Final = 4
BOND: Final = 1_000
RESERVE: Final = 10_000
PRICE: Final = 900
SALT: Final = keccak(b"salt")
WINDOW_S: Final = 10_000


class Tender:
    """One auction: bids 0 to 3 are revealed and win a lot each, the other carriers stay silent."""

    def __init__(self, stage: Stage, pool: int, carriers: list[int], serial: int) -> None:
        token = stage.deployment.bond_token
        assert token is not None
        self.stage, self.pool, self.carriers, self.token = stage, pool, carriers, token
        self.house = stage.deployment.pool_auction
        self.domain = stage.deployment.auction_domain
        self.auction = auction_number(pool, serial)
        # Each auction has the time line for itself.
        self.opens_s = START_S + serial * 10 * WINDOW_S

    async def measure(self, data: bytes) -> Measure:
        """Send one call to the auction."""
        return await self.stage.measure(self.house, data)

    async def hold(self) -> dict[str, Measure]:
        """Take the auction from its opening to its first delivered lot."""
        measures = {"auction_open": await self._open()}
        for carrier in self.carriers:
            measures["auction_commit"] = await self._commit(carrier)
        await self.stage.pass_to(self.opens_s + WINDOW_S)
        for bid in range(LOTS // 2):
            reveal = encode_reveal(self.auction, bid, 1 << bid, PRICE, SALT)
            measures["auction_reveal"] = await self.measure(reveal)
        await self.stage.pass_to(self.opens_s + 2 * WINDOW_S)
        await self.measure(encode_propose(self.auction, 0b0111))
        measures["auction_propose"] = await self.measure(encode_propose(self.auction, 0b1111))
        await self.stage.pass_to(self.opens_s + 3 * WINDOW_S)
        measures["auction_finalise"] = await self.measure(encode_finalise(self.auction))
        await self._require_lots(["Awarded"] * 4 + ["Void"] * 4)
        measures["auction_pick_up"] = await self._step(self.carriers[0], "pick_up")
        measures["auction_deliver"] = await self._step(self.pool, "deliver")
        await self._require_lots(["Delivered"] + ["Awarded"] * 3 + ["Void"] * 4)
        return measures

    async def _open(self) -> Measure:
        opening = Opening(
            organisation=self.pool,
            auction=self.auction,
            token=self.token,
            bond=BOND,
            bidding_ends=self.opens_s + WINDOW_S,
            reveal_ends=self.opens_s + 2 * WINDOW_S,
            challenge_ends=self.opens_s + 3 * WINDOW_S,
            perform_by=self.opens_s + 9 * WINDOW_S,
            specification=DOCUMENT,
            manifest=MANIFEST,
            reserves=(RESERVE,) * LOTS,
            deadline=DEADLINE_S,
            nonce=self.stage.nonce(self.domain, self.pool),
        )
        return await self.measure(encode_open(opening, self.stage.sign(self.domain, opening)))

    async def _commit(self, carrier: int) -> Measure:
        lots = 1 << self.carriers.index(carrier)
        sealed = bid_commitment(self.domain, self.auction, carrier, lots, PRICE, SALT)
        nonce = self.stage.nonce(self.domain, carrier)
        bid = SealedBid(carrier, self.auction, sealed, DEADLINE_S, nonce)
        return await self.measure(encode_commit(bid, self.stage.sign(self.domain, bid)))

    async def _step(self, organisation: int, action: str) -> Measure:
        step = LotStep(
            organisation=organisation,
            auction=self.auction,
            lot=0,
            action=row_named("lot", action).id,
            document=DOCUMENT,
            manifest=MANIFEST,
            deadline=DEADLINE_S,
            nonce=self.stage.nonce(self.domain, organisation),
        )
        return await self.measure(encode_step_lot(step, self.stage.sign(self.domain, step)))

    async def _require_lots(self, states: list[str]) -> None:
        lots = [(self.auction, lot) for lot in range(LOTS)]
        found = await self.stage.view(self.house, "lotOf(uint64,uint8)", lots)
        if found != [state_number("lot", state) for state in states]:
            raise OperationFailed(f"the lots stand in states {found}, not {states}")


async def measure_auction(stage: Stage) -> dict[str, Measure]:
    """Measure an auction whose members have bid and opened before: nonces, deposits are in use."""
    deployment = stage.deployment
    assert deployment.bond_token is not None
    pool = await stage.admit(Role.POOL)
    carriers = [await stage.admit(Role.CARRIER) for _ in range(LOTS)]
    amount = BONDS_EACH * BOND
    approval = encode_approve(deployment.pool_auction, 2 * LOTS * amount)
    await stage.send(deployment.bond_token, approval, stage.council)
    measures: dict[str, Measure] = {}
    for carrier in carriers * 2:
        deposit = encode_deposit(carrier, deployment.bond_token, amount)
        measures["auction_deposit"] = await stage.measure(
            deployment.pool_auction, deposit, sender=stage.council
        )
    await Tender(stage, pool, carriers, serial=1).hold()
    measures |= await Tender(stage, pool, carriers, serial=2).hold()
    measures["auction_withdraw"] = await _withdraw(stage, carriers[0], deployment.bond_token)
    return measures


async def _withdraw(stage: Stage, carrier: int, token: str) -> Measure:
    """Take a bond out to an account that holds some tokens already."""
    domain = stage.deployment.auction_domain
    nonce = stage.nonce(domain, carrier)
    withdrawal = Withdrawal(carrier, token, BOND, stage.council.address, DEADLINE_S, nonce)
    data = encode_withdraw(withdrawal, stage.sign(domain, withdrawal))
    return await stage.measure(stage.deployment.pool_auction, data)
