"""cXML messages that tests start from."""

from __future__ import annotations

from lxml import etree

HEADER = b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.063/%s.dtd">
<cXML payloadID="77@fjellgrat" timestamp="2026-03-02T09:00:00+01:00" xml:lang="en">
  <Header>
    <From><Credential domain="DUNS"><Identity>%s</Identity></Credential></From>
    <To><Credential domain="DUNS"><Identity>%s</Identity></Credential></To>
    <Sender><Credential domain="NetworkID"><Identity>hub</Identity>
      <SharedSecret>s3cret</SharedSecret></Credential><UserAgent>ERP 9</UserAgent></Sender>
  </Header>
  <Request deploymentMode="production">%s</Request>
</cXML>
"""
BUYER, SELLER = b"315000001", b"515000002"

ORDER = HEADER % (
    b"cXML",
    BUYER,
    SELLER,
    b"""<OrderRequest>
    <OrderRequestHeader orderID="FJ-2026-00417" orderDate="2026-03-02T09:00:00+01:00" type="new"
        requisitionID="R-5">
      <Total><Money currency="EUR">1290.0</Money></Total>
      <ShipTo><Address addressID="7080" addressIDDomain="GLN"><Name xml:lang="no">Lager Nord</Name>
        <PostalAddress name="dock"><DeliverTo>Ramp 4</DeliverTo><Street>Havnegata 1</Street>
          <City>Oslo</City><PostalCode>0150</PostalCode>
          <Country isoCountryCode="NO">Norge</Country></PostalAddress></Address></ShipTo>
      <BillTo><Address><Name xml:lang="en">Fjellgrat Outdoor</Name></Address></BillTo>
      <PaymentTerm payInNumberOfDays="30"/>
      <Comments xml:lang="en">Handle with care.</Comments>
      <Extrinsic name="costCenter">C-7</Extrinsic>
    </OrderRequestHeader>
    <ItemOut quantity="20.0" lineNumber="1" requestedDeliveryDate="2026-07-03">
      <ItemID><SupplierPartID>TIN-M</SupplierPartID><BuyerPartID>4711</BuyerPartID></ItemID>
      <ItemDetail><UnitPrice><Money currency="EUR">64.50</Money></UnitPrice>
        <Description xml:lang="en">Hardshell jacket</Description>
        <Description xml:lang="de">Jacke</Description>
        <UnitOfMeasure>C62</UnitOfMeasure>
        <Classification domain="UNSPSC">53101804</Classification>
        <LeadTime>12</LeadTime></ItemDetail>
      <Distribution><Accounting name="a"/></Distribution>
    </ItemOut>
  </OrderRequest>""",
)

CONFIRMATION = HEADER % (
    b"Fulfill",
    SELLER,
    BUYER,
    b"""<ConfirmationRequest>
    <ConfirmationHeader confirmID="CA-881" type="except" noticeDate="2026-03-05T10:00:00Z">
      <Total><Money currency="EUR">1290.00</Money></Total><Comments>Thank you.</Comments>
    </ConfirmationHeader>
    <OrderReference orderID="FJ-2026-00417" orderDate="2026-03-02">
      <DocumentReference payloadID="77@fjellgrat"/></OrderReference>
    <ConfirmationItem quantity="20" lineNumber="1"><UnitOfMeasure>C62</UnitOfMeasure>
      <ConfirmationStatus quantity="20" type="accept"><UnitOfMeasure>C62</UnitOfMeasure>
      </ConfirmationStatus></ConfirmationItem>
    <ConfirmationItem quantity="100" lineNumber="2"><UnitOfMeasure>C62</UnitOfMeasure>
      <ConfirmationStatus quantity="60" type="accept" deliveryDate="2026-07-03">
        <UnitOfMeasure>C62</UnitOfMeasure></ConfirmationStatus>
      <ConfirmationStatus quantity="30" type="backordered" deliveryDate="2026-08-03">
        <UnitOfMeasure>C62</UnitOfMeasure></ConfirmationStatus>
      <ConfirmationStatus quantity="10" type="reject"><UnitOfMeasure>C62</UnitOfMeasure>
        <Comments>Sold out.</Comments></ConfirmationStatus></ConfirmationItem>
    <ConfirmationItem quantity="5" lineNumber="3"><UnitOfMeasure>C62</UnitOfMeasure>
      <ConfirmationStatus quantity="5" type="reject"><UnitOfMeasure>C62</UnitOfMeasure>
      </ConfirmationStatus></ConfirmationItem>
  </ConfirmationRequest>""",
)

SHIP_NOTICE = HEADER % (
    b"Fulfill",
    SELLER,
    BUYER,
    b"""<ShipNoticeRequest>
    <ShipNoticeHeader shipmentID="S2-123" noticeDate="2026-06-30T18:00:00+02:00"
        shipmentDate="2026-06-30T08:30:00+02:00" deliveryDate="2026-07-03" operation="new">
      <Comments>All in one truck.</Comments></ShipNoticeHeader>
    <ShipControl><CarrierIdentifier domain="SCAC">FDE</CarrierIdentifier>
      <CarrierIdentifier domain="companyName">Nordfrakt</CarrierIdentifier>
      <ShipmentIdentifier>8202 8261</ShipmentIdentifier></ShipControl>
    <ShipNoticePortion><OrderReference orderID="FJ-1"><DocumentReference payloadID="1@f"/>
      </OrderReference>
      <ShipNoticeItem quantity="600" lineNumber="1"><ItemID><SupplierPartID>TIN-M</SupplierPartID>
        </ItemID><UnitOfMeasure>C62</UnitOfMeasure><Packaging><PackagingCode>P</PackagingCode>
        </Packaging></ShipNoticeItem></ShipNoticePortion>
    <ShipNoticePortion><OrderReference orderID="FJ-2"><DocumentReference payloadID="2@f"/>
      </OrderReference>
      <ShipNoticeItem quantity="5" lineNumber="1"><UnitOfMeasure>KGM</UnitOfMeasure>
      </ShipNoticeItem></ShipNoticePortion>
  </ShipNoticeRequest>""",
)

INVOICE = HEADER % (
    b"InvoiceDetail",
    SELLER,
    BUYER,
    b"""<InvoiceDetailRequest>
    <InvoiceDetailRequestHeader invoiceID="B-100" invoiceDate="2026-07-05T08:00:00Z"
        purpose="standard" operation="new">
      <InvoiceDetailHeaderIndicator/><InvoiceDetailLineIndicator/>
      <InvoicePartner><Contact role="remitTo"><Name xml:lang="pt">Banco</Name></Contact>
      </InvoicePartner>
      <InvoicePartner><Contact role="from"><Name xml:lang="pt">Costura</Name></Contact>
      </InvoicePartner>
      <Period startDate="2026-06-01" endDate="2026-06-30"/><Comments>June</Comments>
    </InvoiceDetailRequestHeader>
    <InvoiceDetailOrder><InvoiceDetailOrderInfo><OrderReference orderID="FJ-1">
        <DocumentReference payloadID="1@f"/></OrderReference></InvoiceDetailOrderInfo>
      <InvoiceDetailItem invoiceLineNumber="1" quantity="10"><UnitOfMeasure>C62</UnitOfMeasure>
        <UnitPrice><Money currency="EUR">64.50</Money></UnitPrice>
        <InvoiceDetailItemReference lineNumber="1"><ItemID><SupplierPartID>TIN-M</SupplierPartID>
          </ItemID><Description xml:lang="en">Jacket</Description></InvoiceDetailItemReference>
        <SubtotalAmount><Money currency="EUR">645.00</Money></SubtotalAmount>
      </InvoiceDetailItem></InvoiceDetailOrder>
    <InvoiceDetailSummary><SubtotalAmount><Money currency="EUR">645.00</Money></SubtotalAmount>
      <Tax><Money currency="EUR">148.35</Money><Description xml:lang="en">VAT</Description>
        <TaxDetail category="vat" percentageRate="23"><TaxableAmount>
          <Money currency="EUR">645.00</Money></TaxableAmount><TaxAmount>
          <Money currency="EUR">148.35</Money></TaxAmount></TaxDetail></Tax>
      <GrossAmount><Money currency="EUR">793.35</Money></GrossAmount>
      <NetAmount><Money currency="EUR">793.35</Money></NetAmount>
      <DueAmount><Money currency="EUR">793.35</Money></DueAmount></InvoiceDetailSummary>
  </InvoiceDetailRequest>""",
)


def canonical(message: bytes) -> str:
    """Spell a message canonically, without the secrets of its sender."""
    root = etree.fromstring(message)
    for secret in root.iter("SharedSecret"):
        secret.text = None
    return str(etree.canonicalize(root, strip_text=True))
