"""A partner's profile goes in over HTTP, and its messages reach the ledger by it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from tests.e2e.gateway.world import BRAND, STRANGER, Desk, World
from tests.unit.gateway.connectors.profile.sample import order, table
from tests.unit.gateway.inbox.test_profiles import TABLE

TOML = {"Content-Type": "application/toml"}
BINARY = {"Content-Type": "application/octet-stream"}


def _profile(name: str, version: str = "1", more: str = "") -> bytes:
    return f'name = "{name}"\nversion = "{version}"\ncurrency = "USD"\n{more}'.encode()


async def _put(desk: Desk, name: str, content: bytes) -> tuple[int, Any]:
    path = f"/v1/profiles/{name}"
    async with desk.session.put(path, data=content, headers=TOML) as answer:
        return answer.status, json.loads(await answer.read())


async def test_a_partners_order_is_read_by_its_profile_and_recorded(
    brand: Desk, agreement: str
) -> None:
    name = f"p{uuid.uuid4().hex}"
    assert (await _put(brand, name, _profile(name, more='units = { QX = "KGM" }')))[0] == 201
    number = f"PO-{uuid.uuid4().hex[:12]}"
    content = order(unit="QX", number=number)
    taken = (await brand.post(f"/v1/inbox?sender={name}", content, **BINARY)).body
    assert (taken["state"], taken["profile"]) == ("ready", f"{name} 1")
    body = {"action": "issue", "agreement": agreement}
    recorded = await brand.record(f"/v1/inbox/{taken['id']}/record", body)
    shown = await brand.read(f"/v1/orders/{recorded['order']}")
    assert shown["ledger_state"] == "Issued"


async def test_a_partners_spreadsheet_becomes_orders(brand: Desk) -> None:
    name = f"p{uuid.uuid4().hex}"
    assert (await _put(brand, name, _profile(name, more=TABLE)))[0] == 201
    taken = (await brand.post(f"/v1/inbox?sender={name}", table(), **BINARY)).body
    assert (taken["state"], taken["standard"], len(taken["documents"])) == ("ready", "csv", 2)


async def test_versions_of_a_profile_are_kept_and_shown(brand: Desk) -> None:
    name = f"p{uuid.uuid4().hex}"
    path = f"/v1/profiles/{name}"
    (await brand.get(path)).refused(404, "ProfileUnknown")
    assert (await _put(brand, name, _profile(name)))[0] == 201
    assert (await _put(brand, name, _profile(name)))[0] == 200
    status, problem = await _put(brand, name, _profile(name, more='zone = "Z"'))
    assert (status, problem["error"]) == (409, "ProfileVersionTaken")
    assert (await _put(brand, name, _profile(name, "2", 'zone = "Z"')))[0] == 201
    shown = await brand.read(path)
    assert [each["version"] for each in shown["versions"]] == ["1", "2"]
    assert shown in (await brand.read("/v1/profiles"))["items"]
    answer = await brand.get(f"{path}/content?version=1")
    assert answer.content == _profile(name)
    async with brand.session.delete(path) as deleted:
        assert deleted.status == 204
    (await brand.get(path)).refused(404, "ProfileUnknown")


async def test_a_bad_profile_is_refused_with_all_that_is_wrong(brand: Desk) -> None:
    name = f"p{uuid.uuid4().hex}"
    content = _profile(name, more='zone = "CET"\nrequired = ["n1"]')
    status, problem = await _put(brand, name, content)
    assert (status, problem["error"]) == (422, "InvalidProfile")
    assert [(each["path"], each["line"]) for each in problem["findings"]] == [
        ("zone", 4),
        ("required.0", 5),
    ]


async def test_an_address_is_of_one_profile(brand: Desk) -> None:
    one, two = (f"p{uuid.uuid4().hex}" for _ in range(2))
    more = f'addresses = ["ZZ:{one[:12]}"]'
    assert (await _put(brand, one, _profile(one, more=more)))[0] == 201
    status, problem = await _put(brand, two, _profile(two, more=more))
    assert (status, problem["error"]) == (409, "ProfileAddressTaken")


async def test_profiles_of_others_are_not_seen(world: World, brand: Desk) -> None:
    name = f"p{uuid.uuid4().hex}"
    assert (await _put(brand, name, _profile(name)))[0] == 201
    assert world.gateway_of(STRANGER) is world.gateway_of(BRAND)
    async with world.desk(STRANGER) as stranger:
        (await stranger.get(f"/v1/profiles/{name}")).refused(404, "ProfileUnknown")
        assert (await stranger.read("/v1/profiles"))["items"] == []
