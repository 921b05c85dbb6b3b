"""Thousands of actions in one call, and what a gateway says when too many wait."""

import asyncio
import json
import time
import uuid
from pathlib import Path
from typing import Any

from ledger.backlog import LOOK_EVERY_S
from ledger.identifier import parse_agreement
from ledger.intent import Intent, digest
from ledger.lifecycle import row_named
from tests.e2e.gateway.story import agree
from tests.e2e.gateway.world import BRAND, PATIENCE_S, STRANGER, Answer, Desk, World, found
from tests.simulation.bare_chain import BareChain
from tests.unit.gateway import papers

LINES = "application/x-ndjson"
COMMITMENT = "0x" + "1b" * 32


async def post(desk: Desk, path: str, *lines: Any, **headers: str) -> Answer:
    """Send lines; bytes as they are."""
    written = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in lines]
    body = b"".join(each + b"\n" for each in written)
    return await desk.post(path, body, **{"Content-Type": LINES, **headers})


def told(answer: Answer) -> list[Any]:
    assert answer.status == 200, answer.content
    assert answer.headers["Content-Type"] == LINES
    return [json.loads(line) for line in answer.content.splitlines()]


async def taken(desk: Desk, *lines: Any) -> list[Any]:
    """Send lines, and again those that rest on a manifest that is yet to be fetched."""
    deadline_s = time.monotonic() + PATIENCE_S
    answers: dict[int, Any] = {}
    while len(answers) < len(lines) and time.monotonic() < deadline_s:
        left = [place for place in range(len(lines)) if place not in answers]
        sent = [lines[place] for place in left]
        told_now = told(await post(desk, "/v1/actions", *sent, Prefer="wait=20"))
        answers |= {
            place: answer
            for place, answer in zip(left, told_now, strict=True)
            if answer.get("problem", {}).get("error") != "DocumentUnread"
        }
    return [answers[place] for place in sorted(answers)]


def issue(agreement: str, **more: Any) -> dict[str, Any]:
    return {"agreement": agreement, "action": "issue", "commitment": COMMITMENT, **more}


async def test_every_line_is_answered_by_itself_in_its_place(brand: Desk, agreement: str) -> None:
    answer = await post(
        brand,
        "/v1/actions",
        issue(agreement),
        b"{",
        issue(agreement, number=4_000_000),
        issue(agreement, number=4_000_000),
        issue("A9-9"),
        {"agreement": agreement, "action": "issue"},
        issue(agreement, colour="red"),
        b'{"agreement":"A1-1","agreement":"A1-2","action":"issue"}',
        issue(agreement, document=papers.order()),
        issue(agreement, action="jump"),
        {"agreement": agreement, "action": "issue", "document": papers.order()},
    )
    lines = told(answer)
    errors = [each.get("problem", {}).get("error") for each in lines]
    assert errors == [
        None,
        "RequestInvalid",
        None,
        "OrderUnexpectedState",
        "AgreementUnknown",
        "DocumentUnfit",
        "RequestInvalid",
        "RequestInvalid",
        "RequestInvalid",
        "ActionUnknown",
        None,
    ]
    assert lines[2]["order"] == f"{agreement}-O4000000"
    assert lines[1]["problem"]["line"] == 2
    assert lines[1]["problem"]["remedy"]
    for line in (lines[0], lines[2], lines[10]):
        found = await brand.until(
            f"/v1/intents/{line['intent']}", lambda found: found["status"] == "recorded"
        )
        assert found["order"] == line["order"]


async def test_lives_of_orders_go_to_the_ledger_line_by_line(
    brand: Desk, supplier: Desk, agreement: str
) -> None:
    orders = told(await post(brand, "/v1/actions", *(issue(agreement) for _ in range(50))))
    numbers = [int(each["order"].rpartition("-O")[2]) for each in orders]
    assert numbers == list(range(numbers[0], numbers[0] + 50))
    last = f"/v1/orders/{orders[-1]['order']}"
    await supplier.until(last, lambda found: found["ledger_state"] == "Issued")
    confirm = [{"agreement": agreement, "action": "confirm", "number": n} for n in numbers]
    ship = [
        {"agreement": agreement, "action": "despatch", "order": n, "commitment": COMMITMENT}
        for n in numbers
    ]
    confirmed = await taken(supplier, *confirm)
    assert [each["status"] for each in confirmed] == ["recorded"] * 50, confirmed
    lines = await taken(supplier, *ship)
    assert [each["status"] for each in lines] == ["recorded"] * 50, lines
    assert len({each["delivery"] for each in lines}) == 50
    found = await supplier.read(f"/v1/deliveries/{lines[-1]['delivery']}")
    assert (found["order"], found["state"]) == (orders[-1]["order"], "Despatched")


async def test_lines_sent_again_get_their_first_answer_byte_for_byte(
    brand: Desk, agreement: str
) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    lines = [issue(agreement), b"{", issue(agreement)]
    first = await post(brand, "/v1/actions", *lines, **key)
    at_once = await asyncio.gather(*(post(brand, "/v1/actions", *lines, **key) for _ in range(3)))
    assert {each.content for each in at_once} == {first.content}
    assert len({each["intent"] for each in told(first) if "intent" in each}) == 2
    other = await post(brand, "/v1/actions", issue(agreement), **key)
    other.refused(409, "IdempotencyKeyReused")


async def test_one_action_alone_is_answered_as_elsewhere(brand: Desk, agreement: str) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4()), "Prefer": "wait=20"}
    first = await brand.post("/v1/actions", issue(agreement), **key)
    assert (first.status, first.body["status"]) == (202, "recorded")
    assert first.headers["Location"] == f"/v1/intents/{first.body['intent']}"
    again = await brand.post("/v1/actions", issue(agreement), **key)
    assert again.content == first.content
    (await brand.post("/v1/actions", issue("A9-9"))).refused(404, "AgreementUnknown")
    (await brand.post("/v1/actions", issue(agreement, number=-1))).refused(422, "RequestInvalid")
    (await brand.post("/v1/actions", b"x", **{"Content-Type": "text/csv"})).refused(
        415, "MediaTypeUnsupported"
    )
    (await brand.post("/v1/actions", issue(agreement), Authorization="")).refused(
        401, "AuthenticationMissing"
    )


async def test_agreement_of_others_looks_as_if_it_did_not_exist(
    world: World, agreement: str
) -> None:
    async with world.desk(STRANGER) as stranger:
        (line,) = told(await post(stranger, "/v1/actions", issue(agreement)))
        assert line["problem"]["error"] == "AgreementUnknown"
        (await stranger.post("/v1/actions", issue(agreement))).refused(404, "AgreementUnknown")


async def test_body_without_lines_or_with_too_many_is_refused_whole(brand: Desk) -> None:
    (await post(brand, "/v1/actions")).refused(422, "RequestInvalid")
    many = await post(brand, "/v1/actions", *[b"{}"] * 10_001)
    assert many.refused(413, "BodyTooLarge")["context"] == {"lines_max": 10_000}


async def test_signed_intents_come_in_lines_and_a_bad_signature_stops_itself_alone(
    world: World, brand: Desk, agreement: str
) -> None:
    key = world.signing[BRAND]

    def line(number: int, **changes: Any) -> dict[str, Any]:
        intent = Intent(
            organisation=brand.number,
            agreement=parse_agreement(agreement),
            action=row_named("order", "issue").id,
            number=number,
            order=0,
            deadline=1 << 40,
            nonce=uuid.uuid4().int,
            document=bytes.fromhex(COMMITMENT[2:]),
        )
        signature = key.sign(digest(world.deployment.order_domain, intent))
        return {
            "agreement": agreement,
            "action": "issue",
            "number": number,
            "deadline": intent.deadline,
            "nonce": str(intent.nonce),
            "document": COMMITMENT,
            "signature": "0x" + signature.hex(),
        } | changes

    good = [line(5_000_000 + place) for place in range(20)]
    forged = line(5_000_100) | {"number": 5_000_101}
    wide = line(5_000_102, nonce=str(1 << 256))
    answer = await post(brand, "/v1/intents", *good, forged, wide, good[0], b"[]")
    lines = told(answer)
    assert all(each["status"] == "accepted" for each in lines[:20])
    errors = [each["problem"]["error"] for each in lines[20:]]
    assert errors == ["IntentUnauthorised", "RequestInvalid", "IntentReplayed", "RequestInvalid"]
    for each in (lines[0], lines[19]):
        found = await brand.until(
            f"/v1/intents/{each['intent']}", lambda found: found["status"] == "recorded"
        )
        assert found["signer"] == key.address


async def test_flood_before_a_chain_that_stands_still_is_held_back_and_nothing_is_lost(
    still_chain: BareChain, tmp_path: Path
) -> None:
    async with still_chain.mining():
        world = await found(still_chain, tmp_path)
        settings = world.gateways["brand"].home / "consign.toml"
        text = settings.read_text()
        settings.write_text(text.replace("[gateway]\n", "[gateway]\nwaiting_max = 60\n"))
        for gateway in world.gateways.values():
            gateway.start()
    try:
        async with still_chain.mining():
            agreement = await agree(world)
        async with world.desk(BRAND) as brand:
            answers = [await post(brand, "/v1/actions", *[issue(agreement)] * 10) for _ in range(9)]
            full = [each for each in answers if each.status == 429]
            assert len(full) == 3
            for each in full:
                each.refused(429, "TooManyWaiting")
                assert int(each.headers["Retry-After"]) >= 1
            (await brand.post("/v1/actions", issue(agreement))).refused(429, "TooManyWaiting")
            accepted = [line for each in answers if each.status == 200 for line in told(each)]
            assert len(accepted) == 60
            async with still_chain.mining():
                for line in accepted:
                    await brand.until(
                        f"/v1/intents/{line['intent']}", lambda found: found["status"] == "recorded"
                    )
                await asyncio.sleep(LOOK_EVERY_S)
                later = await brand.record("/v1/actions", issue(agreement))
                assert later["order"] == f"{agreement}-O61"
    finally:
        for gateway in world.gateways.values():
            gateway.stop()
