"""What belongs to others looks as if it did not exist, at every path."""

import re
from typing import Any

from tests.e2e.gateway.story import act, confirm
from tests.e2e.gateway.world import RIVAL, STRANGER, Desk, World
from tests.unit.gateway import papers

PUBLIC = {"/healthz", "/readyz", "/docs/errors"}
MEMBERS = {"/v1/organisations", "/v1/organisations/{number}"}
"""The list of members is for every member."""


async def test_every_path_hides_another_organisations_things(
    world: World, brand: Desk, supplier: Desk, agreement: str
) -> None:
    order = await confirm(brand, supplier, agreement)
    despatched = await supplier.record(
        f"/v1/orders/{order}/deliveries/despatch", act(papers.despatch(l1="1"))
    )
    timeline = (await brand.read(f"/v1/orders/{order}/timeline"))["items"]
    names = {
        "commitment": timeline[0]["commitment"],
        "intent": despatched["intent"],
        "agreement": agreement,
        "order": order,
        "delivery": despatched["delivery"],
    }
    paths = (await brand.read("/openapi.json"))["paths"]
    for alias in (STRANGER, RIVAL):
        async with world.desk(alias) as desk:
            for path, methods in paths.items():
                for method in methods:
                    await _require_hidden(desk, method, path, names)


async def _require_hidden(desk: Desk, method: str, path: str, names: dict[str, str]) -> None:
    noun = path.split("/")[2] if path.count("/") > 1 else ""
    if path in PUBLIC | MEMBERS or noun not in _NOUNS:
        return
    spelled = path.replace("{id}", names[_NOUNS[noun]])
    spelled = spelled.replace("{commitment}", names["commitment"])
    for action in _ACTIONS[noun] if "{action}" in spelled else [""]:
        chosen = re.sub(r"\{action\}", action, spelled)
        if method == "post":
            answer = await desk.post(chosen, _BODIES.get(path, lambda _: {})(names))
            assert answer.status == 404, (chosen, answer.content)
            continue
        if path == "/v1/events":
            continue
        answer = await desk.get(chosen)
        if "{" in path:
            assert answer.status == 404, (chosen, answer.content)
        else:
            assert answer.status == 200
            assert not any(name.encode() in answer.content for name in names.values())


_NOUNS = {
    "agreements": "agreement",
    "orders": "order",
    "deliveries": "delivery",
    "documents": "commitment",
    "intents": "intent",
}
_ACTIONS = {
    "agreements": ["sign", "amend", "give-notice"],
    "orders": ["acknowledge", "confirm", "withdraw", "fulfil", "dispute", "despatch"],
    "deliveries": ["receive", "settle", "pass"],
}
_INTENT = {
    "action": "acknowledge",
    "number": 1,
    "deadline": 2**40,
    "nonce": "1",
    "signature": "0x" + "1b" * 65,
}
_BODIES: dict[str, Any] = {
    "/v1/agreements": lambda _: {
        "seats": {"buyer": 2**32 - 1, "seller": 2**32 - 2},
        "notice_days": 1,
        "terms": papers.terms(1, 2),
    },
    "/v1/orders": lambda names: {"agreement": names["agreement"], "document": papers.order()},
    "/v1/intents": lambda names: {"agreement": names["agreement"], **_INTENT},
    "/v1/orders/{id}/deliveries/{action}": lambda _: act(papers.despatch(l1="1")),
    "/v1/deliveries/{id}/quality-reports": lambda _: act(papers.report(("1", "1", "pass"))),
}


async def test_stranger_of_the_same_gateway_hears_nothing_of_others(
    world: World, brand: Desk, supplier: Desk, agreement: str
) -> None:
    await confirm(brand, supplier, agreement)
    async with world.desk(STRANGER) as stranger:
        headers = {"Last-Event-ID": "0"}
        async with stranger.session.get("/v1/events", headers=headers) as stream:
            heard = b""
            while b"OrganisationAdmitted" not in heard and b"EndpointSet" not in heard:
                heard += await stream.content.readany()
            assert agreement.encode() not in heard
