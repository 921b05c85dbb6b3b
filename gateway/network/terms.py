"""Terms of the agreements that the local network's members make."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gateway.client import Desk

TODAY = datetime.now(UTC).date().isoformat()


def agreement_terms(number: str, seated: dict[str, Desk], text: str) -> dict[str, Any]:
    """The terms of an agreement as a document."""
    return {
        "document_type": "AgreementTerms",
        "schema_version": 2,
        "id": number,
        "issue_date": TODAY,
        "agreement_party": [
            {"organisation_id": desk.organisation, "role": role, "party": {"name": desk.name}}
            for role, desk in seated.items()
        ],
        "document_currency_code": "EUR",
        "tolerance_over_percent": "3",
        "tolerance_under_percent": "3",
        "inspection_days": 10,
        "terms": [text],
    }
