"""The inbox holds what comes in against published rules, before anything is mapped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from gateway.connectors.schemas import check
from gateway.connectors.schemas.store import Store
from gateway.database import migrate
from gateway.inbox import service
from gateway.inbox.schemas import InboxView
from ledger.database import connect
from tests.edi.schemas.artefacts import rule, stylesheet
from tests.edi.schemas.conftest import Lay

ORDER = (Path(__file__).parents[3] / "examples/order.xml").read_bytes()
CALM = ORDER.replace(b"Please confirm line by line.", b"")
RULES = stylesheet(
    rule("not(contains(., 'Please'))", "TEST-R001", "fatal")
    + rule("not(contains(., 'Autumn'))", "TEST-R002", "warning")
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = connect(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    migrate(made)
    yield made
    made.dispose()


@pytest.fixture
def rules(tmp_path: Path, lay: Lay) -> Iterator[Store]:
    store = Store(tmp_path / "schemas")
    store.add(lay({"openpeppol/2025.5/PEPPOLBIS-T01.xslt": RULES}))
    check.use(store.folder)
    yield store
    check.use(None)


def receive(engine: Engine, content: bytes) -> InboxView:
    return service.receive(engine, 1, "brand", content, "application/xml")


@pytest.mark.usefixtures("rules")
def test_message_that_breaks_a_rule_is_refused_with_its_name_and_place(engine: Engine) -> None:
    taken = receive(engine, ORDER)
    assert (taken.state, taken.documents) == ("refused", [])
    assert [(each["rule_id"], each["flag"], each["line"]) for each in taken.findings] == [
        ("TEST-R001", "error", 12),
        ("TEST-R002", "warning", 12),
    ]


@pytest.mark.usefixtures("rules")
def test_mended_message_is_ready_with_its_warnings(engine: Engine) -> None:
    refused = receive(engine, ORDER)
    mended = service.mend(engine, 1, refused.id, CALM, "application/xml")
    assert mended.state == "ready"
    assert [each["rule_id"] for each in mended.findings] == ["TEST-R002"]
    assert service.document(engine, 1, mended.id, 0).document_type == "Order"


def test_refused_message_is_replayed_once_the_rules_are_gone(engine: Engine, rules: Store) -> None:
    refused = receive(engine, ORDER)
    rules.remove("published")
    replayed = service.replay(engine, 1, refused.id)
    assert (replayed.state, replayed.findings) == ("ready", [])
