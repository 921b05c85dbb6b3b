"""The published rules of standards, checked before a message is mapped.

An operator adds artefacts that the standards' publishers give out (`consign schemas add`); none is
part of this software. What is there is used:

============================  =====================================================
UBL, EPCIS as XML             XML Schema
UBL by Peppol, EN 16931       Schematron, compiled to XSLT
cXML                          DTD
EPCIS as JSON-LD              JSON Schema
============================  =====================================================

::

    archive ──files──► recognition ──artefacts──► store   what was added, one folder per package
                                                    │
    message ──► check ──► workers ──► checker ──────┘     processes that keep what they compiled
                                        │
                           xml_schema, schematron, json_schema

Nothing is ever fetched: artefacts that point outside their package are not taken, and the engines
may open no address at all.
"""
