"""Members of the network as the chain knows them."""

from sqlmodel import Field, SQLModel

from ledger.model.column import Digest


class Organisation(SQLModel, table=True):
    """A member: who it is, how to reach it, and the key to which documents are sealed."""

    __tablename__ = "organisation"

    number: int = Field(primary_key=True)
    roles: int
    is_suspended: bool = False
    name: str
    endpoint: str
    encryption_epoch: int = 0
    encryption_key: bytes | None = Field(default=None, sa_type=Digest)


class OrganisationKey(SQLModel, table=True):
    """A key of a member; zero permissions mean that it was revoked."""

    __tablename__ = "organisation_key"

    organisation: int = Field(primary_key=True)
    address: str = Field(primary_key=True, max_length=42)
    permissions: int
    expires_at: int = 0
