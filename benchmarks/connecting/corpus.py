"""What becomes of public documents: read, refused with a place, and given back as they came."""

from __future__ import annotations

import json
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from lxml import etree

from gateway.connectors import detect
from gateway.connectors.edi.edifact import envelope as edifact_envelope
from gateway.connectors.edi.edifact import interchange as edifact
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES as EDIFACT_TYPES
from gateway.connectors.edi.message import Address
from gateway.connectors.edi.sending import Sending
from gateway.connectors.edi.x12 import envelope as x12_envelope
from gateway.connectors.edi.x12 import interchange as x12
from gateway.connectors.edi.x12.message_type import MESSAGE_TYPES as X12_TYPES
from gateway.connectors.message import ConnectorRefused, Finding
from gateway.inbox.reading import Reading, read

ROOT: Final = Path(__file__).resolve().parents[2]
CORPUS: Final = ROOT.parent / "shared/corpus"
LABELS: Final = ROOT / "tests/edi/labels.toml"

FAMILY: Final = {
    detect.UBL: {
        "Order": "order",
        "OrderResponse": "order_response",
        "OrderResponseSimple": "order_response_simple",
        "OrderChange": "order_change",
        "OrderCancellation": "order_cancellation",
        "DespatchAdvice": "despatch_advice",
        "ReceiptAdvice": "receipt_advice",
        "Invoice": "invoice",
        "CreditNote": "credit_note",
    },
    detect.CXML: {
        "OrderRequest": "order_request",
        "ConfirmationRequest": "confirmation_request",
        "ShipNoticeRequest": "ship_notice_request",
        "InvoiceDetailRequest": "invoice_detail_request",
    },
    detect.X12: dict.fromkeys(["850", "855", "856", "860", "861", "863", "865", "830", "810"], ""),
    detect.EDIFACT: dict.fromkeys(
        ["ORDERS", "ORDRSP", "ORDCHG", "DELFOR", "DESADV", "RECADV", "QALITY", "INVOIC"], ""
    ),
    detect.SHOPIFY: {"order": "shopify"},
    detect.WOOCOMMERCE: {"order": "woocommerce"},
}
"""Messages that become orders and what follows them; with the module of those that are XML."""

SIDES: Final[dict[str, tuple[Any, Any, Any]]] = {
    detect.X12: (x12, x12_envelope, X12_TYPES),
    detect.EDIFACT: (edifact, edifact_envelope, EDIFACT_TYPES),
}
_SENDING: Final = Sending(Address("A", "ZZZ"), Address("B", "ZZZ"), 1, datetime(2026, 3, 2))  # noqa: DTZ001


@dataclass(slots=True)
class Tally:
    """What was counted."""

    files: int = 0
    crashes: list[str] = field(default_factory=list)
    unlocated: list[str] = field(default_factory=list)
    slow: list[str] = field(default_factory=list)
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    mapped: Counter[tuple[str, bool]] = field(default_factory=Counter)
    returned: Counter[tuple[str, bool]] = field(default_factory=Counter)
    unmapped: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    @property
    def valid_mapped_ratio(self) -> float | None:
        """Share of valid messages of the order family that became documents."""
        return _share(self.mapped, lambda _: True)

    def roundtrip(self, *groups: str) -> float | None:
        """Share of files of some standards that come back as they came."""
        return _share(self.returned, groups.__contains__)


def _share(counts: Counter[tuple[str, bool]], wanted: Callable[[str], bool]) -> float | None:
    good = sum(count for (group, is_good), count in counts.items() if is_good and wanted(group))
    whole = sum(count for (group, _), count in counts.items() if wanted(group))
    return good / whole if whole else None


def survey() -> Tally:
    """Read every public document as the inbox reads it."""
    tally = Tally()
    labels = _corrected()
    for entry in json.loads((CORPUS / "index.json").read_bytes()):
        name, content = entry["file"], (CORPUS / entry["file"]).read_bytes()
        is_valid = labels.get(name, entry["valid"]) is True
        tally.files += 1
        start = time.process_time()
        try:
            _one(tally, name, content, is_valid)
        except Exception as error:
            tally.crashes.append(f"{name}: {error!r}")
        if time.process_time() - start > 1 + len(content) / 1e6:
            tally.slow.append(name)
    return tally


def _corrected() -> dict[str, bool]:
    listed = tomllib.loads(LABELS.read_text(encoding="utf-8"))["label"]
    return {each["file"]: each["valid"] for each in listed}


def _one(tally: Tally, name: str, content: bytes, is_valid: bool) -> None:
    group = name.partition("/")[0]
    findings: tuple[Finding, ...]
    try:
        reading = read(content, "a partner")
        findings = reading.findings
    except ConnectorRefused as refused:
        reading, findings = None, refused.findings
    is_read = reading is not None and bool(reading.documents)
    is_receipt = reading is not None and bool(reading.receipts)
    outcome = "documents" if is_read else "receipts" if is_receipt else "refused"
    tally.outcomes[group, outcome] += 1
    if outcome == "refused" and not findings:
        tally.unlocated.append(name)
    tally.unlocated.extend(name for each in findings if not _is_located(each))
    kind = _family(content)
    if kind is not None and is_valid:
        is_whole = is_read and not findings
        tally.mapped[kind, is_whole] += 1
        if not is_whole:
            tally.unmapped.append(f"{name}: {findings[0] if findings else ''}")
    if is_read and reading is not None and kind is not None:
        comes_back = _comes_back(content, reading)
        if comes_back is not None:
            tally.returned[reading.kind.standard, comes_back] += 1
            if not comes_back:
                tally.changed.append(name)


def _is_located(finding: Finding) -> bool:
    place = finding.location
    return place.line >= 1 and place.column >= 1 and bool(finding.rule and finding.what_to_do)


def _family(content: bytes) -> str | None:
    try:
        kind = detect.detect(content)
    except ConnectorRefused:
        return None
    is_known = kind.type in FAMILY.get(kind.standard, {})
    if kind.standard in (detect.SHOPIFY, detect.WOOCOMMERCE):
        # Drafts, refunds and lists of orders look alike at the beginning.
        value = json.loads(content)
        is_known = isinstance(value, dict) and ("order" in value or "order_key" in value)
    return f"{kind.standard} {kind.type}" if is_known else None


def _comes_back(content: bytes, reading: Reading) -> bool | None:
    """Tell whether a message is written as it was sent; none where the standard is not written."""
    standard = reading.kind.standard
    if standard in SIDES:
        return all(_segments_come_back(standard, content))
    if standard in (detect.UBL, detect.CXML):
        name = FAMILY[standard][reading.kind.type]
        render = import_module(f"gateway.connectors.{standard}.{name}").render
        return _canonical(render(reading.documents[0])) == _canonical(content)
    return None


def _segments_come_back(standard: str, content: bytes) -> Iterator[bool]:
    interchange, envelope, kinds = SIDES[standard]
    for found in interchange.read(content):
        for message in found.messages:
            kind = kinds.get(message.name)
            document = kind.examine(message).document if kind is not None else None
            written = kind.render(document) if document is not None else message
            sent = envelope.write([written], _SENDING)
            yield interchange.read(sent)[0].messages[0].body == message.body


def _canonical(content: bytes) -> str:
    """Spell XML canonically, without the blanks between elements and the passwords of cXML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(content, parser)
    for secret in root.iter("SharedSecret"):
        secret.text = ""
    return etree.canonicalize(root.getroottree(), strip_text=True, rewrite_prefixes=True)
