"""Small artefacts of our own, in the forms that publishers use."""

from __future__ import annotations

import json

ORDER_NS = "urn:oasis:names:specification:ubl:schema:xsd:Order-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
T01 = "urn:fdc:peppol.eu:poacc:trns:order:3"

ORDER = f"""<?xml version="1.0" encoding="UTF-8"?>
<Order xmlns="{ORDER_NS}" xmlns:cbc="{CBC}">
  <cbc:CustomizationID>{T01}</cbc:CustomizationID>
  <cbc:ID>A-1</cbc:ID>
  <cbc:Note>short</cbc:Note>
</Order>
"""

ORDER_XSD = f"""<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:cbc="{CBC}"
  targetNamespace="{ORDER_NS}" elementFormDefault="qualified" version="2.1">
  <xsd:import namespace="{CBC}" schemaLocation="../common/basic.xsd"/>
  <xsd:element name="Order"><xsd:complexType><xsd:sequence>
    <xsd:element ref="cbc:UBLVersionID" minOccurs="0"/>
    <xsd:element ref="cbc:CustomizationID"/>
    <xsd:element ref="cbc:ID"/>
    <xsd:element ref="cbc:Note" minOccurs="0" maxOccurs="unbounded"/>
  </xsd:sequence></xsd:complexType></xsd:element>
</xsd:schema>"""

BASIC_XSD = f"""<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="{CBC}">
  <xsd:element name="UBLVersionID" type="xsd:string"/>
  <xsd:element name="CustomizationID" type="xsd:string"/>
  <xsd:element name="ID" type="xsd:string"/>
  <xsd:element name="Note" type="xsd:string"/>
</xsd:schema>"""

CXML_DTD = """<!ENTITY cxml.version "1.2.014">
<!ELEMENT cXML (Header, Request)>
<!ATTLIST cXML version CDATA "1.2.014" payloadID CDATA #REQUIRED>
<!ELEMENT Header EMPTY>
<!ELEMENT Request (OrderRequest)>
<!ELEMENT OrderRequest (Total)>
<!ELEMENT Total (#PCDATA)>
"""

EPCIS_SCHEMA = {
    "$id": "https://example.org/EPCIS-JSON-Schema.json",
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$ref": "#/definitions/epcisDocument",
    "definitions": {
        "epcisDocument": {
            "type": "object",
            "required": ["schemaVersion"],
            "properties": {"creationDate": {"type": "string"}},
        }
    },
}


def stylesheet(body: str, top: str = "") -> str:
    """Write a compiled Schematron whose only template is `body`."""
    return f"""<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
  xmlns:svrl="http://purl.oclc.org/dsdl/svrl" xmlns:cbc="{CBC}">{top}
  <xsl:template match="/"><svrl:schematron-output>{body}</svrl:schematron-output></xsl:template>
</xsl:stylesheet>"""


def rule(test: str, rule_id: str, flag: str) -> str:
    """Write a rule about every note, in the way compiled Schematron reports."""
    return f"""<xsl:for-each select="//cbc:Note[not({test})]">
      <svrl:failed-assert id="{rule_id}" flag="{flag}" location="/*:Order[namespace-uri()='{ORDER_NS}'][1]/*:Note[namespace-uri()='{CBC}'][{{count(preceding-sibling::cbc:Note) + 1}}]">
        <svrl:text>[{rule_id}]-A note MUST be right.</svrl:text>
      </svrl:failed-assert></xsl:for-each>"""  # noqa: E501


RULES = stylesheet(
    rule("string-length(.) &lt; 9", "TEST-R001", "fatal")
    + rule("string-length(.) &gt; 1", "TEST-R002", "warning")
)

PACKAGE = {
    "xsd/maindoc/UBL-Order-2.1.xsd": ORDER_XSD,
    "xsd/common/basic.xsd": BASIC_XSD,
    "openpeppol/2025.5/xslt/PEPPOLBIS-T01.xslt": RULES,
    "cxml/cXML.dtd": CXML_DTD,
    "epcis/EPCIS-JSON-Schema.json": json.dumps(EPCIS_SCHEMA),
    "README.json": "{}",
}
"""Path to content: one artefact of each kind."""
