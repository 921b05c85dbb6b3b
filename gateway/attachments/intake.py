"""Taking in a file while it arrives."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from gateway.deps import Gateway
from ledger.attachment.name import safe_name
from ledger.attachment.register import keep_upload
from ledger.attachment.sealer import FileSealer
from ledger.database import in_thread, writing
from ledger.document.part import FileDescription

_TOGETHER_BYTES: Final = 1024 * 1024
"""How much of a file is handed on at once: a change of thread costs more than a small part."""


async def take_in(
    gateway: Gateway,
    organisation: int,
    parts: AsyncIterator[bytes],
    file_name: str,
    mime_code: str,
) -> FileDescription:
    """Encrypt a file into the vault while it arrives; gives what a document is to say of it.

    Raises
    ------
    AttachmentError
        If it is not taken; nothing of it stays.
    """
    sealer = FileSealer(gateway.vault, mime_code, gateway.settings.gateway.attachment_bytes_max)
    try:
        name = safe_name(file_name, mime_code)
        waiting = bytearray()
        async for part in parts:
            waiting += part
            if len(waiting) >= _TOGETHER_BYTES:
                await in_thread(sealer.write, bytes(waiting))
                waiting.clear()
        await in_thread(sealer.write, bytes(waiting))
    except BaseException:
        await in_thread(sealer.abandon)
        raise
    return await in_thread(_keep, gateway, organisation, sealer, name, mime_code)


def _keep(
    gateway: Gateway, organisation: int, sealer: FileSealer, name: str, mime_code: str
) -> FileDescription:
    file = sealer.finish()
    try:
        with writing(gateway.engine) as session:
            return keep_upload(session, organisation, file, name, mime_code)
    except BaseException:
        gateway.vault.delete_all([file.cid, *file.chunks])
        raise
