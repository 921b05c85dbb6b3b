"""What is held, under the agreement's policy and the stricter ones of an organisation."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.errors import DocumentHeld
from gateway.policy import service
from gateway.policy.schemas import DecisionBody
from gateway.settings import OrganisationSettings
from ledger.embedded import EmbeddedChain
from ledger.identifier import OrderId
from ledger.number import AgreementNumber
from tests.unit.gateway import papers
from tests.unit.gateway.policy.test_disputer import Trade, trading


def hosting(trade: Trade, **policy: Any) -> Any:
    """The brand's gateway, as far as policies ask for it."""
    key = Path("key.json")
    brand = OrganisationSettings(number=1, signing=key, encryption=(key,), **policy)
    return SimpleNamespace(
        engine=trade.buyer.engine, settings=SimpleNamespace(organisation=(brand,))
    )


def statuses(gateway: Any, **about: Any) -> list[str]:
    chosen = {"status": None, "agreement": None, "order": None, "cursor": None, "limit": 1}
    found: list[str] = []
    while True:
        page = service.list_findings(gateway, 1, **(chosen | about))
        found += [item.status for item in page.items]
        if page.next is None:
            return found
        about["cursor"] = page.next


async def test_an_organisation_may_be_stricter_than_its_agreement(
    shared_chain: EmbeddedChain, tmp_path: Path
) -> None:
    terms = papers.terms(1, 2) | {"reference_policy": "accept"}
    async with trading(shared_chain, tmp_path, terms) as trade:
        number = await trade.confirmed("9", lambda cid: None)
        await trade.is_answer(number, "opened")
        order = OrderId(AgreementNumber(trade.agreement), number)
        assert statuses(hosting(trade)) == ["noted"]
        service.require_released(hosting(trade), 1, order, "request_change", None)
        assert await trade.disputer(hold_findings=True).look() == 0

        strict = hosting(trade, hold_findings=True)
        assert statuses(strict, status="held", order=str(order)) == ["held"]
        assert statuses(strict, status="noted") == []
        with pytest.raises(DocumentHeld):
            service.require_released(strict, 1, order, "request_change", None)
        service.require_released(strict, 1, order, "dispute", None)
        assert statuses(hosting(trade, dispute_findings=True)) == ["disputing"]

        (item,) = service.list_findings(
            strict, 1, status=None, agreement=None, order=None, cursor=None, limit=9
        ).items
        body = DecisionBody(by="Jane Doe", reason="It was meant so.")
        before = trade.buyer.queries.last_sequence()
        assert service.accept(strict, 1, item.id, body).status == "accepted"
        (told,) = trade.buyer.queries.notices(1, before)
        assert (told.body["status"], told.body["reason"]) == ("accepted", body.reason)
        service.require_released(strict, 1, order, "request_change", None)
        # What a person accepted is not disputed by the gateway.
        assert await trade.disputer(dispute_findings=True).look() == 0
