"""What callers are shown of organisations."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from gateway.answer import View


class OrganisationView(View):
    """A member of the network."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "number": 1,
                    "name": "Aurora Outdoor",
                    "roles": ["brand"],
                    "is_suspended": False,
                    "endpoint": "http://127.0.0.1:8101",
                    "encryption_epoch": 1,
                    "encryption_key": "0x" + "2f" * 32,
                    "is_hosted_here": True,
                }
            ]
        },
    )

    number: int
    name: str
    roles: list[str]
    is_suspended: bool
    endpoint: str = Field(description="Base address of the gateway that serves its blocks.")
    encryption_epoch: int
    encryption_key: str | None = Field(
        description="What documents are sealed to: an X25519 public key, or the SHA-256 of a "
        "hybrid key's bundle, whose last byte is 0x80 or above."
    )
    is_hosted_here: bool
