"""What callers are shown of their intents."""

from __future__ import annotations

from typing import Final

from pydantic import ConfigDict, Field, TypeAdapter

from gateway.answer import ProblemView, RecordedView
from gateway.body import Body

_DIGEST: Final = r"^0x[0-9a-f]{64}$"
_ZERO: Final = "0x" + "00" * 32


class IntentView(RecordedView):
    """A wish and what became of it."""

    action: str
    signer: str | None = Field(description="Address that signed; absent until it is signed.")
    digest: str | None = Field(description="EIP-712 digest of what was signed.")
    transaction: str | None
    block: int | None
    gas_used: int | None = Field(description="Of the whole transaction, once it is in a block.")
    problem: ProblemView | None = Field(default=None, description="Why it was refused.")


class SignedIntentBody(Body):
    """One action on an order or delivery, signed by the caller's own key (EIP-712 `Intent`)."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "agreement": "A1-7",
                    "action": "acknowledge",
                    "number": 12,
                    "deadline": 1772326800,
                    "nonce": "115792089237316195423570985008687907853",
                    "signature": "0x" + "1b" * 65,
                }
            ]
        },
    )

    agreement: str
    action: str = Field(description="Its name in the lifecycle table.")
    number: int = Field(ge=0, lt=2**32, description="Order or delivery, as the action says.")
    order: int = Field(default=0, ge=0, lt=2**32, description="Of a new delivery.")
    deadline: int = Field(ge=0, lt=2**64, description="Unix seconds of chain time.")
    nonce: str = Field(pattern=r"^[0-9]{1,78}$", description="Decimal, used never before.")
    document: str = Field(default=_ZERO, pattern=_DIGEST)
    manifest: str = Field(default=_ZERO, pattern=_DIGEST)
    signature: str = Field(pattern=r"^0x([0-9a-f]{2}){1,4096}$")


SIGNED_INTENT: Final = TypeAdapter(SignedIntentBody)
