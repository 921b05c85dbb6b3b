"""Documents: typed contents, their salted commitments, and the sealed blocks that carry them."""

from __future__ import annotations

from ledger.document.schema import DOCUMENT_MODELS, json_schemas, parse_document

__all__ = ["DOCUMENT_MODELS", "json_schemas", "parse_document"]
