"""Checks run in processes of their own: one that fails or hangs is told, and holds up nobody."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.connectors.detect import Kind
from gateway.connectors.message import ConnectorRefused, Finding, Location
from gateway.connectors.schemas import check
from gateway.connectors.schemas import workers as workers_module
from gateway.connectors.schemas.check import checked
from gateway.connectors.schemas.finding import PublishedRuleBroken
from gateway.connectors.schemas.store import Store
from gateway.connectors.schemas.workers import Workers
from gateway.inbox.reading import read
from tests.edi.schemas.artefacts import ORDER, PACKAGE, stylesheet
from tests.edi.schemas.conftest import Lay

DAY = "2026-11-23"
UBL_ORDER = Kind("ubl", "Order")
T01 = "openpeppol/2025.5/xslt/PEPPOLBIS-T01.xslt"
ENDLESS = stylesheet(
    '<xsl:value-of select="count(for $i in 1 to 1000000, $j in 1 to 1000000 return $i[. = -$j])"/>'
)


@pytest.fixture
def in_use(store: Store) -> Iterator[None]:
    check.use(store.folder)
    yield
    check.use(None)


def test_messages_are_checked_side_by_side(store: Store) -> None:
    texts = [ORDER.replace("short", "s" * length) for length in (1, 5, 12)] * 4
    workers = Workers(store.folder)
    with ThreadPoolExecutor(4) as threads:
        found = threads.map(lambda text: workers.check(text.encode(), UBL_ORDER, DAY), texts)
        ids = [[each.rule_id for each in answer] for answer in found]
    workers.close()
    assert ids == [["TEST-R002"], [], ["TEST-R001"]] * 4


def test_check_that_hangs_is_ended_and_told(store: Store, lay: Lay) -> None:
    store.remove("published")
    store.add(lay({**PACKAGE, T01: ENDLESS}))
    workers = Workers(store.folder, count=1, seconds_max=3.0)
    [found] = workers.check(ORDER.encode(), UBL_ORDER, DAY)
    assert (found.rule_id, found.flag) == ("check-unfinished", "error")
    # The next message finds a process of its own.
    store.remove("published")
    assert workers.check(ORDER.encode(), UBL_ORDER, DAY) == ()
    workers.close()


def test_artefact_that_is_broken_is_told_and_replaced(store: Store, lay: Lay) -> None:
    store.remove("published")
    store.add(lay({**PACKAGE, T01: stylesheet('<xsl:value-of select="undefined()"/>')}))
    workers = Workers(store.folder, count=1)
    [found] = workers.check(ORDER.encode(), UBL_ORDER, DAY)
    assert found.rule_id == "artefact-unusable"
    assert "PEPPOLBIS-T01" in found.found
    store.remove("published")
    assert workers.check(ORDER.encode(), UBL_ORDER, DAY) == ()
    workers.close()


def test_process_is_replaced_after_many_checks(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers_module, "CHECKS_MAX", 2)
    workers, content = Workers(store.folder, count=1), ORDER.replace("short", "s").encode()
    found = [workers.check(content, UBL_ORDER, DAY) for _ in range(5)]
    workers.close()
    assert [each.rule_id for answer in found for each in answer] == ["TEST-R002"] * 5


@pytest.mark.usefixtures("in_use")
def test_refused_message_tells_what_publisher_and_connector_find() -> None:
    with pytest.raises(PublishedRuleBroken) as refused:
        read(ORDER.replace("short", "much too long").encode(), "a partner")
    rules = [each.rule for each in refused.value.findings]
    assert rules[0] == "TEST-R001: A note MUST be right."
    assert any("cbc:IssueDate" in each for each in rules[1:])


@pytest.mark.usefixtures("in_use")
def test_warning_accompanies_the_document() -> None:
    content = ORDER.replace("short", "s").encode()
    result, warnings = checked(content, UBL_ORDER, lambda: "understood")
    assert result == "understood"
    assert [each.rule_id for each in warnings] == ["TEST-R002"]


@pytest.mark.usefixtures("in_use")
def test_message_that_the_connector_alone_refuses_is_refused_by_it() -> None:
    def refuse() -> None:
        raise ConnectorRefused([Finding("No.", Location(1, 1), "", "Do not.")])

    with pytest.raises(ConnectorRefused) as refused:
        checked(ORDER.encode(), UBL_ORDER, refuse)
    assert not isinstance(refused.value, PublishedRuleBroken)


def test_without_artefacts_nothing_is_checked(tmp_path: Path) -> None:
    check.use(tmp_path / "absent")
    assert checked(b"<broken", UBL_ORDER, lambda: 1) == (1, ())
    check.use(None)
