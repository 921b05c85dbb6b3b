"""Whatever a partner's habits are: what is written for it is read from it as it was."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.connectors.edi.edifact import envelope as edifact_envelope
from gateway.connectors.edi.extras import bare
from gateway.connectors.edi.message import Address
from gateway.connectors.edi.profile import PLAIN
from gateway.connectors.edi.sending import Sending
from gateway.connectors.edi.x12 import envelope as x12_envelope
from gateway.connectors.profile.partner import Partner
from gateway.inbox.interchange import EDIFACT, X12, Syntax
from ledger.document.order import Order

EDI = Path(__file__).parents[2] / "edi"
EXAMPLES = 500 if os.environ.get("DEEP") else 20
AT = datetime(2026, 11, 2, 9, 15)  # noqa: DTZ001
SENDING = Sending(Address("ACME", "ZZ"), Address("WE", "ZZ"), 7, AT)
DAYS = ("%d%m%Y", "%m%d%Y", "%d.%m.%Y", "%Y-%m-%d", "%y%m%d")
WRITE: dict[str, Any] = {"x12": x12_envelope.write, "edifact": edifact_envelope.write}
CODES = {"x12": ("N1", ("BY", "SE", "ST")), "edifact": ("NAD", ("BY", "SU", "DP"))}

own = st.text("QXZ", min_size=3, max_size=6)


@st.composite
def partners(draw: st.DrawFn, syntax: str) -> Partner:
    """Draw the habits of a partner."""
    marks = draw(st.permutations("|!%&=;"))
    names = ("element", "component") if syntax == "x12" else ("element", "component", "release")
    tag, codes = CODES[syntax]
    words = draw(st.lists(own, min_size=4, max_size=4, unique=True))
    return Partner(
        "acme",
        "1",
        zone=draw(st.sampled_from(["", "Z", "-06:00"])),
        charset=draw(st.sampled_from(["", "utf-8", "gb18030"])),
        dates=tuple(draw(st.lists(st.sampled_from(DAYS), max_size=1))),
        delimiters=dict(zip(names, marks, strict=False)) if draw(st.booleans()) else {},
        units={words[3]: "EA"},
        codes={tag: {"1": dict(zip(words, codes, strict=False))}} if draw(st.booleans()) else {},
    )


def _without_envelope(order: Order) -> Order:
    """Leave out endpoints, which are those of the envelope, and times, which are of a zone."""
    none = {"endpoint_id": None, "endpoint_scheme": None}
    return order.model_copy(
        update={
            "issue_time": None,
            "buyer_customer_party": order.buyer_customer_party.model_copy(update=none),
            "seller_supplier_party": order.seller_supplier_party.model_copy(update=none),
        }
    )


def _hold(syntax: Syntax, name: str, kind: str, partner: Partner) -> None:
    content = (EDI / name / "order_demo.edi").read_bytes()
    mapping = syntax.types[kind]
    (sent,) = syntax.read(content, "")[0].messages
    order = bare(mapping.parse(sent, PLAIN))
    written = WRITE[name]([mapping.render(order, partner)], SENDING, partner)
    (back,) = syntax.read(written, partner.charset)[0].messages
    assert _without_envelope(bare(mapping.parse(back, partner))) == _without_envelope(order)


@settings(max_examples=EXAMPLES)
@given(partners("x12"))
def test_an_x12_order_is_read_as_it_was_written_for_a_partner(partner: Partner) -> None:
    _hold(X12, "x12", "850", partner)


@settings(max_examples=EXAMPLES)
@given(partners("edifact"))
def test_an_edifact_order_is_read_as_it_was_written_for_a_partner(partner: Partner) -> None:
    _hold(EDIFACT, "edifact", "ORDERS", partner)
