"""The contract and the lifecycle table agree on orders and deliveries: every state, action, seat.

Things are laid into storage in every state, one for each attempt; then the real contract is asked,
and its events and its storage are compared with a plain reading of the table
(`tests/oracles/lifecycle.py`).
"""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from ledger.client import Client
from ledger.embedded import EmbeddedChain
from ledger.view import read_view
from tests.agreement.court import Attempt, Court, as_lists, as_runs, convene
from tests.chain import with_client
from tests.oracles.lifecycle import (
    DELIVERY_STATES,
    ORDER_STATES,
    SEATS,
    TABLE,
    Verdict,
    delivery_verdict,
    order_verdict,
)

DELIVERY_ACTIONS = [row["id"] for row in TABLE["delivery"]["rows"]]
ORDER_ACTIONS = [row["id"] for row in TABLE["order"]["rows"]]
ACKNOWLEDGE, RECEIVE = 3, 35
UNKNOWN_ACTIONS = sorted({*range(1, 128)} - {*ORDER_ACTIONS, *DELIVERY_ACTIONS})
OPENING = {row["id"] for row in TABLE["delivery"]["rows"] if row.get("opens")}
ORDERS = {state: state for state in range(len(ORDER_STATES))}
"""Orders that deliveries belong to: order n is in state n."""

Ask = Callable[[Court, list[Attempt]], Awaitable[dict[Attempt, Verdict]]]
WAYS: dict[str, Ask] = {
    "batches of runs": lambda court, attempts: court.by_batches(attempts, as_runs),
    "batches of lists": lambda court, attempts: court.by_batches(attempts, as_lists),
    "individually signed intents": lambda court, attempts: court.by_intents(attempts),
}


def order_attempts(actions: list[int]) -> list[Attempt]:
    numbers = itertools.count(64)
    return [
        Attempt(seat, action, next(numbers), state)
        for seat in [*SEATS, None]
        for action in actions
        for state in range(len(ORDER_STATES))
    ]


def delivery_attempts() -> list[Attempt]:
    """With every state of the order; an opening action names the order linked, and another one."""
    numbers = itertools.count(64)
    return [
        Attempt(
            seat=seat,
            action=action,
            number=next(numbers),
            state=state,
            linked=order if state else 0,
            named=(order + shift) % len(ORDERS) if action in OPENING else 0,
        )
        for seat in [*SEATS, None]
        for action in DELIVERY_ACTIONS
        for state in range(len(DELIVERY_STATES))
        for shift in ([0, 1] if action in OPENING else [0])
        for order in ORDERS
    ]


def expected_of_order(court: Court, one: Attempt) -> Verdict:
    organisation = court.organisations[one.seat]
    return order_verdict(court.agreement, one.number, one.state, one.action, one.seat, organisation)


def expected_of_delivery(court: Court, one: Attempt) -> Verdict:
    organisation = court.organisations[one.seat]
    return delivery_verdict(
        court.agreement,
        one.number,
        one.state,
        one.linked,
        one.named,
        ORDERS,
        one.action,
        one.seat,
        organisation,
    )


def run(chain: EmbeddedChain, trial: Callable[[Court], Awaitable[None]]) -> None:
    async def with_court(client: Client) -> None:
        await trial(await convene(client))

    with_client(chain, with_court)


@pytest.mark.parametrize("way", WAYS)
def test_contract_takes_exactly_the_order_actions_of_the_table(
    bent_chain: EmbeddedChain, way: str
) -> None:
    async def trial(court: Court) -> None:
        attempts = order_attempts(ORDER_ACTIONS)
        await court.lay("_book.orders", {one.number: one.state for one in attempts}, 4)
        seen = await WAYS[way](court, attempts)

        expected = {one: expected_of_order(court, one) for one in attempts}
        assert seen == {one: replace(verdict, to=None) for one, verdict in expected.items()}
        await assert_states(court, "_book.orders", expected)

    run(bent_chain, trial)


def test_contract_knows_no_action_beyond_the_table(bent_chain: EmbeddedChain) -> None:
    async def trial(court: Court) -> None:
        attempts = order_attempts(UNKNOWN_ACTIONS)[: 14 * len(UNKNOWN_ACTIONS)]
        await court.lay("_book.orders", {one.number: one.state for one in attempts}, 4)
        seen = await court.by_batches(attempts, as_runs)

        expected = {one: expected_of_order(court, one) for one in attempts}
        assert {verdict.error for verdict in expected.values()} == {"LedgerActionUnknown"}
        assert seen == expected
        await assert_states(court, "_book.orders", expected)

    run(bent_chain, trial)


@pytest.mark.parametrize("way", WAYS)
def test_contract_takes_exactly_the_delivery_actions_of_the_table(
    bent_chain: EmbeddedChain, way: str
) -> None:
    async def trial(court: Court) -> None:
        attempts = delivery_attempts()
        if way == "individually signed intents":
            attempts = attempts[::7]
        links = {one.number: one.linked for one in attempts}
        await court.lay("_book.orders", ORDERS, 4)
        await court.lay("_book.deliveries", {one.number: one.state for one in attempts}, 4)
        await court.lay("_book.ordersOfDeliveries", links, 32)
        seen = await WAYS[way](court, attempts)

        expected = {one: expected_of_delivery(court, one) for one in attempts}
        assert seen == {one: replace(verdict, to=None) for one, verdict in expected.items()}
        await assert_states(court, "_book.deliveries", expected)
        links |= {one.number: one.named for one in attempts if is_opened(one, expected[one])}
        await assert_words(court, "_book.ordersOfDeliveries", links, 32)
        await assert_words(court, "_book.orders", ORDERS, 4)

    run(bent_chain, trial)


def test_neighbours_in_one_state_are_refused_together(bent_chain: EmbeddedChain) -> None:
    async def trial(court: Court) -> None:
        attempts = [
            Attempt("seller", ACKNOWLEDGE, number, number // 10 % len(ORDER_STATES))
            for number in range(64, 64 + 300)
        ]
        await court.lay("_book.orders", {one.number: one.state for one in attempts}, 4)
        seen = await court.by_batches(attempts, as_runs)

        expected = {one: expected_of_order(court, one) for one in attempts}
        assert seen == {one: replace(verdict, to=None) for one, verdict in expected.items()}
        await assert_states(court, "_book.orders", expected)

    run(bent_chain, trial)


def test_intent_that_names_an_order_in_vain_is_refused(bent_chain: EmbeddedChain) -> None:
    async def trial(court: Court) -> None:
        despatched = DELIVERY_STATES.index("Despatched")
        attempts = [
            Attempt("seller", ACKNOWLEDGE, 64, 1, named=64),
            Attempt("buyer", ACKNOWLEDGE, 65, 1, named=65),
            Attempt("seller", ACKNOWLEDGE, 66, 0, named=2**32 - 1),
            Attempt("buyer", RECEIVE, 64, despatched, linked=4, named=4),
        ]
        await court.lay("_book.orders", {4: 4, 64: 1, 65: 1}, 4)
        await court.lay("_book.deliveries", {64: despatched}, 4)
        await court.lay("_book.ordersOfDeliveries", {64: 4}, 32)
        seen = await court.by_intents(attempts)

        assert [(seen[one].error, seen[one].arguments[1:]) for one in attempts] == [
            ("LedgerOrderUnexpected", (64, 64)),
            ("LedgerSeatMissing", (court.organisations["buyer"], ACKNOWLEDGE)),
            ("LedgerOrderUnexpected", (66, 2**32 - 1)),
            ("LedgerOrderUnexpected", (64, 4)),
        ]
        await assert_words(court, "_book.orders", {4: 4, 64: 1, 65: 1}, 4)

    run(bent_chain, trial)


def test_views_read_what_these_tests_lay_into_storage(bent_chain: EmbeddedChain) -> None:
    async def trial(court: Court) -> None:
        client = court.network.client
        await court.lay("_book.orders", {130: 9}, 4)
        await court.lay("_book.deliveries", {131: 7}, 4)
        await court.lay("_book.ordersOfDeliveries", {131: 130}, 32)

        view = "OrderLedger.orderState"
        assert await read_view(client, court.ledger, view, court.agreement, 130) == (9,)
        view = "OrderLedger.deliveryState"
        assert await read_view(client, court.ledger, view, court.agreement, 131) == (7, 130)

    run(bent_chain, trial)


def is_opened(one: Attempt, verdict: Verdict) -> bool:
    return one.state == 0 and verdict.to is not None


async def assert_states(court: Court, label: str, expected: dict[Attempt, Verdict]) -> None:
    states = {
        one.number: one.state if verdict.to is None else verdict.to
        for one, verdict in expected.items()
    }
    await assert_words(court, label, states, 4)


async def assert_words(court: Court, label: str, values: dict[int, int], bits: int) -> None:
    """Whole words are compared, so that a neighbour that moved is seen as well."""
    words = court.words(label, values, bits)
    assert await court.read(list(words)) == words
