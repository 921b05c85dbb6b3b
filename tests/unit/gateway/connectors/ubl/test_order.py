"""UBL orders: what maps where, what is refused where, and what comes back."""

from __future__ import annotations

import pytest
from lxml import etree

from gateway.connectors.message import InvalidUblOrder
from gateway.connectors.ubl import order
from ledger.document.part import Extra

LINE_1 = b'<cbc:Quantity unitCode="C62">1200</cbc:Quantity>'
PRICE_1 = b'<cbc:PriceAmount currencyID="EUR">64.50</cbc:PriceAmount>'
ITEM_1 = "/Order/cac:OrderLine[1]/cac:LineItem"


def replaced(content: bytes, old: bytes, new: bytes) -> bytes:
    assert old in content
    return content.replace(old, new, 1)


def extras_of(content: bytes) -> dict[str, str]:
    parsed = order.parse(content)
    every = [*parsed.extras, *(extra for line in parsed.order_line for extra in line.extras)]
    return {extra.path: extra.value for extra in every}


def test_example_order_maps_to_typed_fields(example: bytes) -> None:
    parsed = order.parse(example)
    first = parsed.order_line[0]
    assert (parsed.id, parsed.issue_date, parsed.document_currency_code) == (
        "FJ-2026-00417",
        "2026-03-02",
        "EUR",
    )
    assert parsed.buyer_customer_party.display_name == "Fjellgrat Outdoor"
    assert parsed.seller_supplier_party.postal_address is not None
    assert parsed.seller_supplier_party.postal_address.city_name == "Guimarães"
    assert first.price is not None
    assert (first.quantity.value, first.quantity.unit_code) == ("1200", "C62")
    assert (first.price.price_amount.value, first.price.price_amount.currency_id) == ("64.5", "EUR")
    assert first.requested_delivery_period is not None
    assert first.requested_delivery_period.end_date == "2026-06-26"
    assert first.delivery == ()
    assert first.item.standard_item_identification is not None
    assert first.item.standard_item_identification.scheme_id == "0160"


@pytest.mark.parametrize(
    ("old", "new", "path", "rule"),
    [
        (LINE_1, LINE_1.replace(b"1200", b"-1"), f"{ITEM_1}/cbc:Quantity", "zero or more"),
        (LINE_1, LINE_1.replace(b"1200", b"NaN"), f"{ITEM_1}/cbc:Quantity", "zero or more"),
        (LINE_1, LINE_1.replace(b"1200", b"INF"), f"{ITEM_1}/cbc:Quantity", "zero or more"),
        (LINE_1, LINE_1.replace(b"1200", b"1e3"), f"{ITEM_1}/cbc:Quantity", "exact decimal"),
        (LINE_1, LINE_1.replace(b"1200", b"1,200"), f"{ITEM_1}/cbc:Quantity", "exact decimal"),
        (LINE_1, LINE_1.replace(b"1200", b"9" * 41), f"{ITEM_1}/cbc:Quantity", "40 characters"),
        (LINE_1, LINE_1.replace(b"1200", b""), f"{ITEM_1}/cbc:Quantity", "exact decimal"),
        (LINE_1, b"<cbc:Quantity>5</cbc:Quantity>", f"{ITEM_1}/cbc:Quantity", "unitCode"),
        (LINE_1, LINE_1.replace(b"C62", b"pieces"), f"{ITEM_1}/cbc:Quantity", "Recommendation 20"),
        (LINE_1, b"", ITEM_1, "LineItem has cbc:Quantity"),
        (LINE_1, LINE_1 * 2, f"{ITEM_1}/cbc:Quantity[2]", "at most once"),
        (PRICE_1, b"", f"{ITEM_1}/cac:Price", "Price has cbc:PriceAmount"),
        (
            PRICE_1,
            PRICE_1.replace(b' currencyID="EUR"', b""),
            f"{ITEM_1}/cac:Price/cbc:PriceAmount",
            "currencyID",
        ),
        (PRICE_1, PRICE_1.replace(b"EUR", b"euro"), f"{ITEM_1}/cac:Price/cbc:PriceAmount", "4217"),
        (b"2026-03-02", b"2026-02-30", "/Order/cbc:IssueDate", "calendar"),
        (b"2026-03-02", b"02.03.2026", "/Order/cbc:IssueDate", "calendar"),
        (b"2026-03-02", b"2026-03-02T10:00:00", "/Order/cbc:IssueDate", "calendar"),
        (b"09:14:00+01:00", b"25:00:00", "/Order/cbc:IssueTime", "time of day"),
        (b"<cbc:ID>FJ-2026-00417</cbc:ID>", b"", "/Order", "Order has cbc:ID"),
        (b"<cbc:ID>FJ-2026-00417</cbc:ID>", b"<cbc:ID/>", "/Order/cbc:ID", "1 to 256"),
        (b"<cbc:ID>2</cbc:ID>", b"<cbc:ID>1</cbc:ID>", "LineItem/cbc:ID", "number of its own"),
        (
            b"<cbc:PartialDeliveryIndicator>true",
            b"<cbc:PartialDeliveryIndicator>yes",
            f"{ITEM_1}/cbc:PartialDeliveryIndicator",
            "true or false",
        ),
        (b"<cbc:EndDate>2026-06-26<", b"<cbc:EndDate>2026-06-14<", "Period", "before it starts"),
        (b"<cbc:Note>Sizes", b"<cbc:Nota/><cbc:Note>Sizes", "cbc:Nota", "no element of OrderLine"),
        (b"<cbc:Note>Sizes", b"stray<cbc:Note>Sizes", "/Order/cac:OrderLine[1]", "Text stands"),
        (b"Sizes S to XXL", b"<b>Sizes</b>", "/Order/cac:OrderLine[1]/cbc:Note", "text only"),
        (
            b"<cbc:UBLVersionID>2.1</cbc:UBLVersionID>",
            b"<cbc:ProfileID>p</cbc:ProfileID><cbc:UBLVersionID>2.1</cbc:UBLVersionID>",
            "/Order/cbc:UBLVersionID",
            "stands before cbc:ProfileID",
        ),
        (b"<cac:SellerSupplierParty>", b"<cac:SellerSupplierParty/><cac:X>", "", ""),
    ],
)
def test_broken_order_is_refused_with_rule_and_place(
    example: bytes, old: bytes, new: bytes, path: str, rule: str
) -> None:
    content = replaced(example, old, new)
    if b"<cac:X>" in new:
        content = replaced(content, b"</cac:SellerSupplierParty>", b"</cac:X>")
        path, rule = "/Order/cac:SellerSupplierParty", "SellerSupplierParty has cac:Party"
    with pytest.raises(InvalidUblOrder) as refused:
        order.parse(content)
    finding = next(each for each in refused.value.findings if rule in each.rule)
    assert finding.location.path.endswith(path)
    assert finding.what_to_do
    at = content.decode().splitlines()[finding.location.line - 1]
    assert at[finding.location.column - 1] == "<"


def test_everything_wrong_is_reported_at_once_in_document_order(example: bytes) -> None:
    content = replaced(example, b"2026-03-02", b"yesterday")
    content = replaced(content, LINE_1, LINE_1.replace(b"1200", b"-5"))
    content = replaced(content, b'unitCode="C62">10300<', b'unitCode="">10300<')
    with pytest.raises(InvalidUblOrder) as refused:
        order.parse(content)
    findings = refused.value.findings
    assert [each.found for each in findings] == ["yesterday", "-5", 'unitCode=""']
    lines = [each.location.line for each in findings]
    assert lines == sorted(lines)
    assert refused.value.name == "InvalidUblOrder"
    assert refused.value.context["findings"][0]["path"] == "/Order/cbc:IssueDate"


def test_hopeless_order_is_refused_with_a_bounded_list(example: bytes) -> None:
    wrong = example.replace(b"CommonBasicComponents-2", b"CommonBasicComponents-9")
    with pytest.raises(InvalidUblOrder) as refused:
        order.parse(wrong)
    assert 10 < len(refused.value.findings) <= 101


def test_order_without_lines_or_parties_is_refused() -> None:
    with pytest.raises(InvalidUblOrder) as refused:
        order.parse(b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>')
    rules = {finding.rule for finding in refused.value.findings}
    assert rules == {
        "Order has cbc:ID.",
        "Order has cbc:IssueDate.",
        "Order has cac:BuyerCustomerParty.",
        "Order has cac:SellerSupplierParty.",
        "Order has cac:OrderLine.",
    }


def test_unmapped_elements_and_spellings_ride_along_and_come_back(example: bytes) -> None:
    content = replaced(example, LINE_1, LINE_1.replace(b"1200", b"01200.0"))
    content = replaced(content, b"2026-03-02", b"2026-03-02Z")
    content = replaced(content, b"09:14:00+01:00", b"09:14:00")
    content = replaced(
        content,
        b"<cac:Contract>",
        b'<cac:AdditionalDocumentReference><cbc:ID/><cbc:UUID schemeID="a b">u</cbc:UUID>'
        b"</cac:AdditionalDocumentReference><cac:Contract>",
    )
    content = replaced(content, b"<cbc:Note>Autumn", b"<cbc:Note/><cbc:Note>Autumn")
    extras = extras_of(content)
    assert extras["ubl:/OrderLine/cac:LineItem/cbc:Quantity"] == "01200.0"
    assert extras["ubl:/Order/cbc:IssueDate"] == "2026-03-02Z"
    assert extras["ubl:/Order/cbc:IssueTime"] == "09:14:00"
    assert extras["ubl:/Order/cbc:Note"] == ""
    assert "a b" in extras["ubl:/Order/cac:AdditionalDocumentReference"]
    parsed = order.parse(content)
    assert parsed.order_line[0].quantity.value == "1200"
    assert same_content(order.render(parsed), content)


def test_time_without_zone_is_no_time_of_the_document(example: bytes) -> None:
    assert order.parse(example).issue_time == "09:14:00+01:00"
    content = replaced(example, b"09:14:00+01:00", b"09:14:00")
    assert order.parse(content).issue_time is None


def test_base_quantity_without_unit_has_the_unit_of_its_line(example: bytes) -> None:
    old = b'<cbc:BaseQuantity unitCode="C62">100</cbc:BaseQuantity>'
    content = replaced(example, old, b"<cbc:BaseQuantity>100</cbc:BaseQuantity>")
    parsed = order.parse(content)
    price = parsed.order_line[2].price
    assert price is not None
    assert price.base_quantity is not None
    assert (price.base_quantity.value, price.base_quantity.unit_code) == ("100", "C62")
    assert same_content(order.render(parsed), content)


def test_several_tax_totals_all_come_back(example: bytes) -> None:
    total = b'<cac:TaxTotal><cbc:TaxAmount currencyID="%s">5.00</cbc:TaxAmount></cac:TaxTotal>'
    both = total % b"EUR" + total % b"SEK"
    at = b"<cac:AnticipatedMonetaryTotal>"
    content = replaced(example, at, both + at)
    parsed = order.parse(content)
    assert parsed.tax_total is not None
    assert parsed.tax_total.tax_amount.currency_id == "EUR"
    assert same_content(order.render(parsed), content)


def test_deliveries_in_parts_stay_parts(example: bytes) -> None:
    part = (
        b'<cac:Delivery><cbc:Quantity unitCode="C62">%d</cbc:Quantity><cac:RequestedDeliveryPeriod>'
        b"<cbc:EndDate>2026-07-0%d</cbc:EndDate></cac:RequestedDeliveryPeriod></cac:Delivery>"
    )
    at = b"<cac:Price>"
    content = replaced(example, at, part % (500, 1) + part % (700, 2) + at)
    line = order.parse(content).order_line[0]
    assert line.requested_delivery_period is not None
    assert [each.quantity.value for each in line.delivery if each.quantity] == ["500", "700"]
    assert same_content(order.render(order.parse(content)), content)


def test_large_attachment_rides_along_in_pieces(example: bytes) -> None:
    payload = b"QUJD" * 30_000
    attachment = (
        b"<cac:AdditionalDocumentReference><cbc:ID>TP-2210</cbc:ID><cac:Attachment>"
        b'<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf">'
        + payload
        + b"</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
    )
    content = replaced(example, b"<cac:Contract>", attachment + b"<cac:Contract>")
    parsed = order.parse(content)
    assert sum(extra.path.endswith("BinaryObject") for extra in parsed.extras) == 8
    assert same_content(order.render(parsed), content)


def test_extensions_ride_along_whole(example: bytes) -> None:
    extension = (
        b'<ext:UBLExtensions xmlns:ext="urn:oasis:names:specification:ubl:schema:xsd:'
        b'CommonExtensionComponents-2"><ext:UBLExtension><ext:ExtensionContent>'
        b'<f:x xmlns:f="urn:f" a="1">mixed <f:y/> text</f:x>'
        b"</ext:ExtensionContent></ext:UBLExtension></ext:UBLExtensions>"
    )
    content = replaced(example, b"<cbc:UBLVersionID>", extension + b"<cbc:UBLVersionID>")
    assert same_content(order.render(order.parse(content)), content)


def test_text_survives_characters_that_xml_escapes(example: bytes) -> None:
    content = replaced(
        example, b"Autumn", b"A &amp; B &lt;c&gt; <![CDATA[<d>&]]> &#x1F9E5; \xc3\xa9"
    )
    parsed = order.parse(content)
    assert parsed.note[0].startswith("A & B <c> <d>& \U0001f9e5 é")
    assert order.parse(order.render(parsed)) == parsed


def test_comment_inside_a_value_does_not_cut_it(example: bytes) -> None:
    content = replaced(example, b"FJ-2026-00417", b"FJ-2026<!-- cut -->-00417")
    assert order.parse(content).id == "FJ-2026-00417"


def test_repeating_without_end_is_refused(example: bytes) -> None:
    note = b"<cbc:Note>n</cbc:Note>"
    content = replaced(
        example, b"<cbc:DocumentCurrencyCode>", note * 1_001 + b"<cbc:DocumentCurrencyCode>"
    )
    with pytest.raises(InvalidUblOrder, match="at most 1000 times"):
        order.parse(content)


def test_lines_without_end_are_refused_before_they_are_all_read(example: bytes) -> None:
    start, end = example.index(b"  <cac:OrderLine>"), example.rindex(b"</Order>")
    content = example[:start] + b"<cac:OrderLine/>" * 10_001 + example[end:]
    with pytest.raises(InvalidUblOrder) as refused:
        order.parse(content)
    assert len(refused.value.findings) == 100


def same_content(left: bytes, right: bytes) -> bool:
    """Compare two messages as trees, whatever their blanks between elements and prefixes."""

    def tree(element: etree._Element) -> object:
        text = element.text or ""
        children = [tree(child) for child in element]
        return (
            element.tag,
            sorted(element.items()),
            text.strip() if children else text,
            children,
        )

    parser = etree.XMLParser(remove_comments=True, remove_pis=True)
    return tree(etree.fromstring(left, parser)) == tree(etree.fromstring(right, parser))


def test_foreign_extras_are_no_business_of_ubl(example: bytes) -> None:
    parsed = order.parse(example)
    more = parsed.model_copy(
        update={"extras": (*parsed.extras, Extra(path="csv:Vendor", value="x"))}
    )
    assert order.render(more) == order.render(parsed)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_instructions_ride_along_and_come_back(example: bytes, encoding: str) -> None:
    text = example.decode().partition("?>")[2]
    sent = f"<?xml-stylesheet href='a.xsl'?>{text}".replace("<cbc:ID>", "<?b c?><?b d?><cbc:ID>", 1)
    parsed = order.parse(sent.encode(encoding))
    assert [extra.value for extra in parsed.extras[-3:]] == ["href='a.xsl'", "c", "d"]
    rendered = order.render(parsed)
    assert rendered.count(b"<?") == 4
    assert order.parse(rendered) == parsed


def test_element_of_the_wrong_namespace_beside_the_right_one_is_refused(example: bytes) -> None:
    twin = example.replace(b"<cbc:IssueDate>", b"<cac:ID/><cbc:ID>2</cbc:ID><cbc:IssueDate>", 1)
    with pytest.raises(InvalidUblOrder) as refused:
        order.parse(twin)
    rules = [finding.rule for finding in refused.value.findings]
    assert rules == [
        "In Order, cac:ID stands before cbc:ID.",
        "cbc:ID stands at most once here.",
    ]


def test_what_stands_out_of_place_is_not_missed_as_well(example: bytes) -> None:
    moved = example.replace(b"<cbc:ID>FJ-2026-00417</cbc:ID>", b"", 1).replace(
        b"<cac:Contract>", b"<cbc:ID>FJ-2026-00417</cbc:ID><cac:Contract>", 1
    )
    with pytest.raises(InvalidUblOrder) as refused:
        order.parse(moved)
    [finding] = refused.value.findings
    assert finding.rule.startswith("In Order, cbc:ID stands before")


def test_unknown_attributes_are_the_same_when_read_again(example: bytes) -> None:
    strange = LINE_1.replace(b'unitCode="C62"', b'zone="1" unitCode=" C62" area="2"')
    parsed = order.parse(replaced(example, LINE_1, strange))
    assert order.parse(order.render(parsed)) == parsed
