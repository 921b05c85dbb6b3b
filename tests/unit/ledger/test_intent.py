import pytest

from ledger.errors import IntentMalformed
from ledger.intent import (
    ZERO,
    AgreementStep,
    Batch,
    Domain,
    Intent,
    Opening,
    bid_commitment,
    digest,
)

DOMAIN = Domain("OrderLedger", 31337, "0x5FbDB2315678afecb367f032d93F642f64180aa3")
BATCH = Batch(1, 1_900_000_000, 5, ZERO, ZERO, b"")


@pytest.mark.parametrize(
    "other",
    [
        Domain("PoolAuction", DOMAIN.chain_id, DOMAIN.contract),
        Domain("OrderLedger", 1, DOMAIN.contract),
        Domain("OrderLedger", DOMAIN.chain_id, "0x" + "11" * 20),
    ],
)
def test_digest_counts_in_one_place_only(other: Domain) -> None:
    assert digest(DOMAIN, BATCH) != digest(other, BATCH)


def test_spelling_of_the_contract_does_not_matter() -> None:
    lower = Domain(DOMAIN.name, DOMAIN.chain_id, DOMAIN.contract.lower())
    assert digest(DOMAIN, BATCH) == digest(lower, BATCH)


def test_every_field_of_a_batch_moves_its_digest() -> None:
    others = [
        Batch(2, 1_900_000_000, 5, ZERO, ZERO, b""),
        Batch(1, 1_900_000_001, 5, ZERO, ZERO, b""),
        Batch(1, 1_900_000_000, 6, ZERO, ZERO, b""),
        Batch(1, 1_900_000_000, 5, b"\1" * 32, ZERO, b""),
        Batch(1, 1_900_000_000, 5, ZERO, b"\1" * 32, b""),
        Batch(1, 1_900_000_000, 5, ZERO, ZERO, b"\0"),
    ]
    assert len({digest(DOMAIN, one) for one in [BATCH, *others]}) == 7


def test_field_that_does_not_fit_is_named() -> None:
    with pytest.raises(IntentMalformed) as caught:
        digest(DOMAIN, Intent(1, 2**64, 1, 1, 0, 5, 5))
    assert str(caught.value) == f"Field agreement of Intent cannot hold {2**64}: it is uint64."


@pytest.mark.parametrize("seats", [(1, 2, 3, 4), (1, 2, 3, 4, 5, 6), (1, 2, 3, 4, 2**32)])
def test_seats_must_be_five_organisations(seats: tuple[int, ...]) -> None:
    step = AgreementStep(1, 7, 1, seats, 30, ZERO, ZERO, 5, 5)  # type: ignore[arg-type]
    with pytest.raises(IntentMalformed, match=r"uint32\[5\]"):
        digest(DOMAIN, step)


@pytest.mark.parametrize("token", ["", "0x", "0x12", "token", "0x" + "11" * 21])
def test_token_must_be_an_address(token: str) -> None:
    opening = Opening(8, 1, token, 1, 2, 3, 4, 5, ZERO, ZERO, (1,), 6, 7)
    with pytest.raises(IntentMalformed, match="address"):
        digest(Domain("PoolAuction", 1, DOMAIN.contract), opening)


def test_commitment_binds_bidder_auction_lots_price_and_salt() -> None:
    salt, other = b"\1" * 32, b"\2" * 32
    commitments = [
        bid_commitment(DOMAIN, 1, 2, 3, 4, salt),
        bid_commitment(DOMAIN, 9, 2, 3, 4, salt),
        bid_commitment(DOMAIN, 1, 9, 3, 4, salt),
        bid_commitment(DOMAIN, 1, 2, 9, 4, salt),
        bid_commitment(DOMAIN, 1, 2, 3, 9, salt),
        bid_commitment(DOMAIN, 1, 2, 3, 4, other),
        bid_commitment(Domain("PoolAuction", 1, DOMAIN.contract), 1, 2, 3, 4, salt),
    ]
    assert len(set(commitments)) == len(commitments)
