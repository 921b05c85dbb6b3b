"""Named errors of vaults.

::

    VaultError
    ├── CidInvalid      not a CIDv1 of raw bytes under SHA-256, in base32
    ├── BlockMissing    the vault does not hold the block
    ├── BlockCorrupt    what the vault holds is not what the CID names
    ├── BlockTooLarge   above the size the vault takes
    └── AskerUnproven   a request for blocks does not prove which member asks
"""

from __future__ import annotations

from typing import Any


class VaultError(Exception):
    """A block cannot be stored or fetched.

    Parameters
    ----------
    detail : str
        A sentence for people.
    **context : Any
        The offending CIDs and sizes, for programs.
    """

    def __init__(self, detail: str, **context: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.context: dict[str, Any] = context

    @property
    def name(self) -> str:
        """Name of the error, the same in every catalogue."""
        return type(self).__name__


class CidInvalid(VaultError):
    """The text is not a CIDv1 of raw bytes under SHA-256, in base32."""


class BlockMissing(VaultError):
    """The vault does not hold the block."""


class BlockCorrupt(VaultError):
    """What the vault holds is not what the CID names."""


class BlockTooLarge(VaultError):
    """The block is larger than the vault takes."""


class AskerUnproven(VaultError):
    """A request for blocks does not prove which member asks."""
