"""Conversions as callers are shown them."""

from __future__ import annotations

import base64
from typing import Any, Literal

from pydantic import Field

from gateway.answer import View
from gateway.conversion.conversion import Conversion, Converted

Target = Literal["x12", "edifact", "ubl", "cxml", "epcis", "shopify", "woocommerce", "json"]
"""The standards of `gateway.conversion.form.STANDARDS`."""


class LossView(View):
    """One thing of the document that the message does not hold."""

    pointer: str = Field(examples=["/order_line/0/note/1"], description="JSON pointer.")
    reason: Literal["no_place", "changed", "added", "foreign"]
    said: str = Field(description="What the document says, shortened.")
    written: str = Field(description="What the message says in its place, shortened.")
    detail: str


class ConvertedView(View):
    """One document of the message, written anew."""

    document_type: str
    id: str = Field(description="The sender's own number of it.")
    standard: str
    type: str = Field(examples=["850"], description="The standard's own name of the message.")
    media_type: str
    content: str = Field(description="The message, in base64.")
    losses: list[LossView] = Field(description="Everything that it does not hold.")


class ConversionView(View):
    """What became of a message in another standard."""

    standard: str = Field(description="Of the message as it was sent.")
    type: str
    converted: list[ConvertedView]
    findings: list[dict[str, Any]] = Field(
        description="What is wrong with messages of the same interchange that became nothing."
    )


def view(conversion: Conversion) -> ConversionView:
    """Describe a conversion."""
    return ConversionView(
        standard=conversion.source.standard,
        type=conversion.source.type,
        converted=[_converted(each) for each in conversion.converted],
        findings=[each.as_dict() for each in conversion.findings],
    )


def _converted(converted: Converted) -> ConvertedView:
    return ConvertedView(
        document_type=type(converted.document).__name__,
        id=converted.document.id,
        standard=converted.form.standard,
        type=converted.form.type,
        media_type=converted.form.media_type,
        content=base64.b64encode(converted.content).decode("ascii"),
        losses=[LossView.model_validate(each.as_json()) for each in converted.losses],
    )
