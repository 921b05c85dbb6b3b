"""One action as callers send it: a JSON body, or a line among thousands."""

from __future__ import annotations

from typing import Final, Self

from pydantic import ConfigDict, Field, TypeAdapter, model_validator

from gateway.body import Body, DocumentJson

UINT32_MAX: Final = 2**32 - 1
_DIGEST: Final = r"^0x[0-9a-f]{64}$"


class WishBody(Body):
    """An action on an order or delivery, with its document, or with what commits to it."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"agreement": "A1-7", "action": "acknowledge", "number": 12},
                {"agreement": "A1-7", "action": "issue", "commitment": "0x" + "1b" * 32},
            ]
        },
    )

    agreement: str
    action: str = Field(description="Its name in the lifecycle table, or spelled with hyphens.")
    number: int | None = Field(
        default=None,
        ge=0,
        le=UINT32_MAX,
        description="Order or delivery, as the action says; left out for a new one.",
    )
    order: int | None = Field(
        default=None, ge=0, le=UINT32_MAX, description="The order of a new delivery."
    )
    document: DocumentJson | None = Field(
        default=None, description="Sealed for every party of the agreement."
    )
    commitment: str | None = Field(
        default=None, pattern=_DIGEST, description="Of a document that was sealed elsewhere."
    )
    cid: str | None = Field(
        default=None,
        max_length=64,
        description="Where the block of the commitment's document lies. Without one the document "
        "travels outside of the network: nobody fetches it.",
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if self.document is not None and self.commitment is not None:
            raise ValueError("brings a document and a commitment: send one of them")
        if self.cid is not None and self.commitment is None:
            raise ValueError("brings a cid without its commitment")
        return self


WISH: Final = TypeAdapter(WishBody)
