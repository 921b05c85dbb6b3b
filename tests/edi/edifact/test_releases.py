"""Directories D.93A to D.21B and EANCOM: the same message says the same, however it is spelled."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateway.connectors.edi.edifact.interchange import read
from gateway.connectors.edi.edifact.message_type import MESSAGE_TYPES
from gateway.connectors.edi.profile import PartnerProfile
from gateway.connectors.message import ConnectorRefused
from ledger.document.part import Document

HERE = Path(__file__).parent
CASES = sorted(path.stem for path in HERE.glob("*_demo.edi"))
DIRECTORIES = (
    "D:93A:UN",
    "D:95B:UN",
    "D:96A:UN:EAN008",
    "D:97A:UN",
    "D:99B:UN",
    "D:01B:UN:EAN010",
    "D:12A:UN",
    "D:21B:UN",
)

SPELLINGS = {
    "a number with version and revision": ("order", "PO-4711+9", "PO-4711:2:1+9"),
    "a part of a country with its name": ("order", "+HB+28195", "+HB:::Bremen+28195"),
    "several means of communication at once": ("order", "1234:TE'\nCOM+ada", "1234:TE+ada"),
    "a kind of description that is a composite": ("order", "IMD+F++", "IMD+F+DSC::9+"),
    "an early unit of pieces": ("order", "21:1000:PCE", "21:1000:PCS"),
    "a later unit of pieces": ("order", "21:1000:PCE", "21:1000:H87"),
    "a GTIN of a later code list": ("order", "4098765000011:EN", "4098765000011:SRV"),
    "a number of the buyer's own": ("order", "B-9:IN", "B-9:BP::92"),
    "a price of a kind and a list": ("order", "AAA:9.75", "AAA:9.75:CA:NTP"),
    "a day of two-digit year": ("order", "137:20261101:102", "137:261101:101"),
    "a day that begins with its day": ("order", "137:20261101:102", "137:01112026:4"),
    "a currency with its rate": ("order", "CUX+2:EUR:9", "CUX+2:EUR:9:1+3:USD:9+1.08"),
    "a currency of a quotation": ("order", "CUX+2:EUR:9", "CUX+2:EUR:4"),
    "a text of a code list": ("order", "FTX+AAI+++", "FTX+AAI+1+X::92+"),
    "a term of delivery of a code list": ("order", "TOD+3++DAP", "TOD+3+PP+DAP::106:at works"),
    "a name in two lines": ("order", "NAD+SU+4098765000004::9++Seller AS",
                            "NAD+SU+4098765000004::9++Seller AS:Sales"),
    "a name without structure": ("order", "+Seller AS'", "Seller AS'"),
    "a total of the message": ("order", "MOA+79:519.88", "MOA+86:519.88"),
    "a tax with its basis": ("invoice", "TAX+7+VAT+++:::7+S'\nMOA", "TAX+7+VAT++1+:::7+S'\nMOA"),
    "an amount with its currency": ("invoice", "MOA+9:474.25", "MOA+9:474.25:EUR:4"),
}  # fmt: skip


def _stripped(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _stripped(each) for name, each in value.items() if name != "extras"}
    return [_stripped(each) for each in value] if isinstance(value, list | tuple) else value


def _document(text: str, profile: PartnerProfile) -> Document:
    message = read(text.encode())[0].messages[0]
    kind = MESSAGE_TYPES[message.name]
    document: Document = kind.parse(message, profile)
    written = kind.render(document, profile)
    assert (written.body, written.version) == (message.body, message.version)
    return document


def _versioned(text: str, version: str) -> str:
    head, _, rest = text.partition("UNH+1+")
    name, _, tail = rest.partition(":")
    return f"{head}UNH+1+{name}:{version}'{tail.partition(chr(39))[2]}"


@pytest.mark.parametrize("directory", DIRECTORIES)
@pytest.mark.parametrize("case", CASES)
def test_message_says_the_same_in_every_directory(case: str, directory: str) -> None:
    text = (HERE / f"{case}.edi").read_text(encoding="utf-8")
    plain = PartnerProfile()
    was, now = (_document(each, plain) for each in (text, _versioned(text, directory)))
    assert _stripped(now.model_dump()) == _stripped(was.model_dump())


@pytest.mark.parametrize("case", SPELLINGS)
def test_spelling_of_another_directory_says_the_same(case: str) -> None:
    name, was, becomes = SPELLINGS[case]
    text = (HERE / f"{name}_demo.edi").read_text(encoding="utf-8")
    assert was in text
    changed = text.replace(was, becomes, 1)
    removed = was.count("'") - becomes.count("'")
    for line in text.splitlines():
        if line.startswith("UNT+"):
            count = int(line.split("+")[1])
            changed = changed.replace(f"UNT+{count}+", f"UNT+{count - removed}+")
    plain = PartnerProfile()
    before, after = (_document(each, plain) for each in (text, changed))
    assert _stripped(after.model_dump()) == _stripped(before.model_dump())


@pytest.mark.parametrize("version", ["D:1:UN", "S:93A:UN", "D:96D:UN", "2:912:UN", ""])
def test_directory_that_is_none_is_refused(version: str) -> None:
    text = _versioned((HERE / "order_demo.edi").read_text(encoding="utf-8"), version)
    with pytest.raises(ConnectorRefused, match="directory of a message"):
        _document(text, PartnerProfile())


@pytest.mark.parametrize(
    ("written", "zone", "expected"),
    [
        ("202611010930:203", "", None),
        ("202611010930:203", "+01:00", "09:30:00+01:00"),
        ("20261101093015:204", "-05:00", "09:30:15-05:00"),
        ("2611010930:201", "Z", "09:30:00Z"),
        ("202611010930?+01:303", "", "09:30:00+01:00"),
        ("202611010930UTC:303", "+01:00", "09:30:00Z"),
        ("202611010930CET:303", "+02:00", None),
        ("20261101093015GMT:304", "", "09:30:15Z"),
        ("202611010930?+0530:205", "", "09:30:00+05:30"),
        ("2611010930-05:301", "", "09:30:00-05:00"),
        ("20261101:102", "Z", None),
    ],
)
def test_time_has_the_zone_that_it_names_or_that_of_the_partner(
    written: str, zone: str, expected: str | None
) -> None:
    text = (HERE / "order_demo.edi").read_text(encoding="utf-8")
    changed = text.replace("DTM+137:20261101:102", f"DTM+137:{written}")
    order = _document(changed, PartnerProfile(zone=zone))
    assert (order.issue_date, order.issue_time) == ("2026-11-01", expected)


@pytest.mark.parametrize(
    ("time", "zone", "written"),
    [
        ("09:30:00+01:00", "+01:00", "202611010930:203"),
        ("09:30:15Z", "Z", "20261101093015:204"),
        ("09:30:00+01:00", "", "202611010930+01:303"),
        ("09:30:15Z", "+01:00", "20261101093015UTC:304"),
        ("09:30:00-03:30", "", "202611010930-0330:205"),
    ],
)
def test_time_is_written_with_its_zone_unless_the_partner_knows_it(
    time: str, zone: str, written: str
) -> None:
    text = (HERE / "order_demo.edi").read_text(encoding="utf-8")
    order = _document(text, PartnerProfile()).model_copy(update={"issue_time": time, "extras": ()})
    kind, profile = MESSAGE_TYPES["ORDERS"], PartnerProfile(zone=zone)
    message = kind.render(order, profile)
    assert message.body[1][1].replace("\x1f", ":") == f"137:{written}"
    assert kind.parse(message, profile).issue_time == time
