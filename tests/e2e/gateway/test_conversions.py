"""A message is written in another standard over HTTP, and the answer lists what is lost."""

from __future__ import annotations

import base64
from pathlib import Path

from gateway.inbox.reading import read
from tests.e2e.gateway.world import Desk

ORDER = (Path(__file__).parents[2] / "edi" / "x12" / "order_demo.edi").read_bytes()
BINARY = {"Content-Type": "application/octet-stream"}
PROFILE = b'name = "mill"\nversion = "1"\nrelease = "D:01B:UN"\naddresses = ["ZZ:MILL"]\n'


async def test_a_message_is_converted_with_its_losses(brand: Desk) -> None:
    answer = await brand.post("/v1/conversions?to=ubl", ORDER, **BINARY)
    assert answer.status == 200, answer.content
    assert (answer.body["standard"], answer.body["type"]) == ("x12", "850")
    [converted] = answer.body["converted"]
    assert (converted["standard"], converted["type"]) == ("ubl", "Order")
    assert read(base64.b64decode(converted["content"]), "").kind.type == "Order"
    assert "/payment_due_days" in {each["pointer"] for each in converted["losses"]}


async def test_the_profile_of_the_receiver_decides_how_it_is_written(brand: Desk) -> None:
    async with brand.session.put("/v1/profiles/mill", data=PROFILE) as stored:
        assert stored.status == 201, await stored.read()
    path = "/v1/conversions?to=edifact&receiver=mill&interchange_receiver=ZZ:MILL&control=77"
    [converted] = (await brand.post(path, ORDER, **BINARY)).body["converted"]
    content = base64.b64decode(converted["content"])
    assert b"ORDERS:D:01B:UN" in content
    assert b"+MILL:ZZ+" in content
    assert b"UNZ+1+77'" in content


async def test_what_cannot_be_converted_is_refused_with_its_findings(brand: Desk) -> None:
    refused = await brand.post("/v1/conversions?to=epcis", ORDER, **BINARY)
    problem = refused.refused(422, "UnwritableDocument")
    assert problem["findings"][0]["found"] == "Order"
    (await brand.post("/v1/conversions?to=csv", ORDER, **BINARY)).refused(422, "RequestInvalid")
    (await brand.post("/v1/conversions?to=ubl", b"ISA*", **BINARY)).refused(
        422, "MalformedInterchange"
    )


async def test_without_a_key_nothing_is_converted(brand: Desk) -> None:
    headers = {"Authorization": "Bearer nobody", **BINARY}
    (await brand.post("/v1/conversions?to=ubl", ORDER, **headers)).refused(401, "ApiKeyUnknown")
