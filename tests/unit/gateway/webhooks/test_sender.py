"""Events that are brought to webhooks."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from gateway.webhooks.models import DEAD, DELIVERED, DISABLED, PAUSED, WAITING
from gateway.webhooks.schedule import AWAY_AFTER, Patience
from gateway.webhooks.sender import LOOK_S
from ledger.clock import now_ms
from ledger.database import writing
from ledger.model import Lease
from tests.unit.gateway.webhooks.conftest import OURS, THEIRS, Post, Receiver, until


def failing(numbers: set[int], status: int = 500) -> Any:
    """Refuse events of these places."""

    def answer(call: int, body: dict[str, Any]) -> web.Response:
        return web.Response(status=status if body["data"]["sequence"] in numbers else 200)

    return answer


async def test_events_arrive_signed_with_type_time_and_data(post: Post, receiver: Receiver) -> None:
    hook = post.hook(receiver)
    post.grow(1)
    async with post.sending():
        await until(lambda: receiver.calls)
        await until(lambda: post.read(hook).position == 1)
    id_, body = receiver.calls[0]
    assert set(body) == {"type", "timestamp", "data"}
    assert body["type"] == "intent.refused"
    assert body["timestamp"].endswith("Z")
    assert body["data"]["id"] == id_
    assert (body["data"]["sequence"], body["data"]["type"]) == (1, "intent")
    assert receiver.headers[0]["Content-Type"] == "application/json"
    assert post.deliveries() == []


async def test_only_what_the_organisation_may_know_and_wants_is_sent(
    post: Post, receiver: Receiver
) -> None:
    hook = post.hook(receiver, topics=["intent.late", "document"])
    post.grow(2, THEIRS)
    post.grow(1)
    post.grow(1, status="late")
    post.grow(1, status="later")
    async with post.sending():
        await until(lambda: post.read(hook).position == 5)
    assert receiver.numbers == [4]


async def test_every_event_comes_and_none_twice_while_all_is_well(
    post: Post, receiver: Receiver
) -> None:
    hook = post.hook(receiver)
    post.grow(200)
    async with post.sending(at_once=8):
        await until(lambda: post.read(hook).position == 200)
    assert sorted(receiver.numbers) == list(range(1, 201))
    assert len(set(receiver.ids)) == 200
    assert receiver.at_once_max <= 8


async def test_one_at_a_time_keeps_the_order(post: Post, receiver: Receiver) -> None:
    hook = post.hook(receiver)
    post.grow(30)
    async with post.sending(at_once=1):
        await until(lambda: post.read(hook).position == 30)
    assert receiver.numbers == list(range(1, 31))
    assert receiver.at_once_max == 1


async def test_event_that_fails_holds_up_nothing_and_comes_again_under_its_id(
    post: Post, receiver: Receiver
) -> None:
    refusals = iter([500, 503])

    def answer(call: int, body: dict[str, Any]) -> web.Response:
        is_bad = body["data"]["sequence"] == 3
        return web.Response(status=next(refusals, 200) if is_bad else 200)

    receiver.answer = answer
    hook = post.hook(receiver)
    post.grow(20)
    async with post.sending():
        await until(lambda: post.read(hook).position == 20)
        await until(lambda: [each.status for each in post.deliveries()] == [DELIVERED])
    again = [id_ for id_, body in receiver.calls if body["data"]["sequence"] == 3]
    assert len(again) == 3
    assert len(set(again)) == 1
    bodies = [body for _, body in receiver.calls if body["data"]["sequence"] == 3]
    assert bodies[0] == bodies[1] == bodies[2]
    assert (post.deliveries()[0].attempts, post.deliveries()[0].code) == (3, 200)
    assert set(receiver.numbers) == set(range(1, 21))


async def test_event_that_never_arrives_is_dead_after_all_attempts(
    post: Post, receiver: Receiver
) -> None:
    receiver.answer = failing({2})
    post.hook(receiver)
    post.grow(4)
    async with post.sending():
        await until(lambda: [each.status for each in post.deliveries()] == [DEAD])
    assert post.deliveries()[0].attempts == 4
    assert post.deliveries()[0].error == "Status500"
    assert receiver.numbers.count(2) == 4


async def test_outage_leaves_events_in_the_feed_and_loses_none(
    post: Post, receiver: Receiver
) -> None:
    receiver.answer = lambda call, body: web.Response(status=502)
    hook = post.hook(receiver)
    post.grow(300)
    async with post.sending(patience=Patience(delays_s=(0.3,) * 9, knock_s=0.05)):
        await until(lambda: post.read(hook).failures > AWAY_AFTER)
        assert len(post.deliveries()) <= 8 * (AWAY_AFTER + 1)
        assert post.read(hook).failing_since_ms is not None
        receiver.answer = lambda call, body: web.Response(status=200)
        await until(lambda: post.read(hook).position == 300, 30)
        await until(lambda: all(each.status == DELIVERED for each in post.deliveries()), 30)
    assert set(receiver.numbers) == set(range(1, 301))
    assert post.read(hook).failing_since_ms is None


async def test_receiver_that_is_gone_for_good_is_disabled_and_its_owner_told(
    post: Post, receiver: Receiver
) -> None:
    receiver.answer = lambda call, body: web.Response(status=410)
    hook = post.hook(receiver)
    post.grow(1)
    async with post.sending():
        await until(lambda: post.read(hook).state == DISABLED)
        post.grow(5)
        await asyncio.sleep(0.5)
    assert len(receiver.calls) == 1
    assert "410" in str(post.read(hook).reason)
    told = post.pages.read(OURS, 1).notices[0]
    assert told.kind == "webhook.disabled"
    assert f'"webhook":"{hook}"' in told.text
    assert post.pages.read(THEIRS, 0).notices == []


async def test_long_failure_disables(post: Post, receiver: Receiver) -> None:
    receiver.answer = lambda call, body: web.Response(status=500)
    hook = post.hook(receiver)
    post.grow(100)
    async with post.sending(patience=Patience(knock_s=0.01, disable_after_ms=200)):
        await until(lambda: post.read(hook).state == DISABLED)
    assert "Nothing arrived" in str(post.read(hook).reason)


async def test_slow_receiver_is_given_up_and_holds_up_no_other(
    post: Post, receiver: Receiver
) -> None:
    slow = post.hook(receiver)
    quick = post.hook(receiver, url=receiver.url, topics=["intent.quick"])
    receiver.delay_s = 0.6
    post.grow(1)
    async with post.sending(timeout_s=0.3, patience=Patience()):
        await until(lambda: [each.error for each in post.deliveries()] == ["TimedOut"])
        receiver.delay_s = 0
        post.grow(1, status="quick")
        await until(lambda: post.read(quick).position == 2)
        await until(lambda: post.read(slow).position == 2)
    assert post.deliveries()[0].status == WAITING


async def test_redirect_is_not_followed(post: Post, receiver: Receiver) -> None:
    receiver.answer = lambda call, body: web.Response(
        status=307, headers={"Location": receiver.url}
    )
    post.hook(receiver)
    post.grow(1)
    async with post.sending(patience=Patience()):
        await until(post.deliveries)
    assert len(receiver.calls) == 1
    assert (post.deliveries()[0].code, post.deliveries()[0].error) == (307, "RedirectRefused")


async def test_private_address_is_not_connected_to(post: Post, receiver: Receiver) -> None:
    post.hook(receiver)
    post.grow(1)
    async with post.sending(allowed=(), patience=Patience()):
        await until(post.deliveries)
    assert receiver.calls == []
    assert post.deliveries()[0].error == "OutwardAddressRefused"


async def test_endless_answer_is_cut_off(post: Post, receiver: Receiver) -> None:
    receiver.answer = lambda call, body: web.Response(body=b"x" * 10_000_000)
    hook = post.hook(receiver)
    post.grow(2)
    async with post.sending():
        await until(lambda: post.read(hook).position == 2)
    assert len(receiver.calls) == 2


async def test_receiver_that_asks_for_rest_is_left_alone(post: Post, receiver: Receiver) -> None:
    receiver.answer = lambda call, body: web.Response(status=429, headers={"Retry-After": "60"})
    hook = post.hook(receiver)
    post.grow(1)
    async with post.sending():
        await until(post.deliveries)
        post.grow(5)
        await asyncio.sleep(0.6)
    assert len(receiver.calls) == 1
    assert post.read(hook).next_attempt_ms > now_ms() + 50_000
    assert post.deliveries()[0].next_attempt_ms > now_ms() + 50_000


async def test_paused_webhook_is_sent_nothing_and_goes_on_where_it_ended(
    post: Post, receiver: Receiver
) -> None:
    hook = post.hook(receiver, state=PAUSED)
    post.grow(3)
    async with post.sending():
        await asyncio.sleep(0.6)
        assert receiver.calls == []
        post.change(hook, state="active")
        await until(lambda: post.read(hook).position == 3)
    assert sorted(receiver.numbers) == [1, 2, 3]


async def test_organisation_that_is_hosted_elsewhere_now_is_sent_nothing(
    post: Post, receiver: Receiver
) -> None:
    post.hook(receiver)
    theirs = post.hook(receiver, organisation=THEIRS)
    post.grow(1)
    post.grow(1, THEIRS)
    async with post.sending(organisations=frozenset({THEIRS})):
        await until(lambda: post.read(theirs).position == 2)
    assert receiver.numbers == [2]


async def test_both_secrets_sign_until_the_old_one_has_had_its_time(
    post: Post, receiver: Receiver
) -> None:
    fresh = b"n" * 32
    hook = post.hook(
        receiver,
        secret=fresh,
        old_secret=receiver.secret,
        old_secret_until_ms=now_ms() + 60_000,
    )
    post.grow(1)
    async with post.sending():
        await until(lambda: post.read(hook).position == 1)
        assert len(receiver.headers[0]["webhook-signature"].split(" ")) == 2
        receiver.secret = fresh
        post.change(hook, old_secret_until_ms=now_ms() - 1)
        # A round that has just begun still knows the webhook as it was.
        await asyncio.sleep(2 * LOOK_S)
        post.grow(1)
        await until(lambda: post.read(hook).position == 2)
    assert len(receiver.headers[1]["webhook-signature"].split(" ")) == 1


async def test_who_is_killed_before_writing_down_sends_again_under_the_same_id(
    post: Post, receiver: Receiver
) -> None:
    hook = post.hook(receiver)
    post.grow(3)
    is_dead = asyncio.Event()

    def die(boundary: str) -> None:
        is_dead.set()
        raise asyncio.CancelledError

    dying = post.sender(interrupt=die)
    dying.start()
    await asyncio.wait_for(is_dead.wait(), 20)
    await dying.stop()
    assert post.read(hook).position == 0
    before = list(receiver.calls)
    async with post.sending():
        await until(lambda: post.read(hook).position == 3)
    assert sorted(receiver.numbers[-3:]) == [1, 2, 3]
    assert set(receiver.ids) == {id_ for id_, _ in before}
    assert {id_: body["data"] for id_, body in before} == {
        id_: body["data"] for id_, body in receiver.calls[-3:]
    }


async def test_of_two_senders_one_sends(post: Post, receiver: Receiver) -> None:
    hook = post.hook(receiver)
    async with post.sending(), post.sending():
        for count in range(1, 6):
            post.grow(10)
            await until(lambda count=count: post.read(hook).position == 10 * count)
    assert sorted(receiver.numbers) == list(range(1, 51))


async def test_second_sender_takes_over_when_the_first_stops(
    post: Post, receiver: Receiver
) -> None:
    hook = post.hook(receiver)
    post.grow(5)
    async with post.sending():
        await until(lambda: post.read(hook).position == 5)
    post.grow(5)
    async with post.sending():
        await until(lambda: post.read(hook).position == 10, 3)
    assert sorted(receiver.numbers) == list(range(1, 11))


async def test_sender_whose_lease_was_taken_writes_nothing(post: Post, receiver: Receiver) -> None:
    hook = post.hook(receiver)
    post.grow(1)
    has_lost = asyncio.Event()

    def lose(boundary: str) -> None:
        with writing(post.engine) as session:
            row = session.get(Lease, "webhooks")
            assert row is not None
            row.holder, row.term, row.until_ms = "other", row.term + 1, now_ms() + 600_000
            session.add(row)
        has_lost.set()

    sender = post.sender(interrupt=lose)
    sender.start()
    await asyncio.wait_for(has_lost.wait(), 20)
    await asyncio.sleep(0.6)
    await sender.stop()
    assert receiver.numbers == [1]
    assert post.read(hook).position == 0
