"""What each partner does its own way: read from a file, chosen for a message, learned, tried.

::

    acme.toml ──partner.read_partner──► Partner ──┐
    samples ──learning.learn──► acme.toml         ├── choice.Partners.choose(sender, address)
                                                  ▼
    bytes ── the connectors of X12, EDIFACT, CSV and Excel ──► documents, and back

A `Partner` is the `PartnerProfile` that X12 and EDIFACT ask, with the names it is known by and the
tables it sends.
"""
