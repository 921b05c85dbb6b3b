"""`consign keys`: encryption keys replaced, documents given to other keys, and erased."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, Final, ParamSpec

import typer
from rich.console import Console

from gateway.key_desk import KeyDesk, key_desk
from gateway.rotation import retire as destroy_old_keys
from gateway.rotation import rotate as replace_key
from gateway.settings import SettingsInvalid
from ledger.catalogue import LedgerError
from ledger.document.encryption_key import is_hybrid, public_bytes
from ledger.document.errors import DocumentError
from ledger.errors import DeploymentFileInvalid, KeystoreUnreadable, RpcRefused, Unreachable
from ledger.identifier import parse_agreement, parse_order
from ledger.vault import VaultError

REFUSED: Final = 1
COULD_NOT: Final = 2
_COULD_NOT: Final = (Unreachable, RpcRefused, KeystoreUnreadable, DeploymentFileInvalid)
DEFAULT_HOME: Final = Path(".consign/up/gateways/brand")
CODES: Final = "Exit code 0: done. 1: refused, or nothing to be done. 2: it could not begin."
PLAIN: Final[Any] = {"highlight": False, "soft_wrap": True}

P = ParamSpec("P")
HomeOption = Annotated[Path, typer.Option("--home", help="Folder of the gateway.")]
OrganisationOption = Annotated[
    int | None, typer.Option("--organisation", help="Which of the folder's organisations.")
]

keys = typer.Typer(
    help="An organisation's encryption keys, and what they open.", no_args_is_help=True
)
console = Console()


class _NothingDone(Exception):
    """There was nothing to be done."""


def _coded(command: Callable[P, None]) -> Callable[P, None]:
    """Say what went wrong in a sentence, and end with its exit code."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except _NothingDone as nothing:
            console.print(str(nothing), **PLAIN)
            raise typer.Exit(REFUSED) from None
        except LedgerError as refused:
            console.print(f"[red]{refused.name}:[/red] {refused} {refused.remedy}", **PLAIN)
            raise typer.Exit(COULD_NOT if isinstance(refused, _COULD_NOT) else REFUSED) from None
        except (DocumentError, VaultError) as refused:
            console.print(f"[red]{refused.name}:[/red] {refused.detail}", **PLAIN)
            raise typer.Exit(REFUSED) from None
        except (SettingsInvalid, OSError) as problem:
            console.print(f"[red]Could not:[/red] {problem}", **PLAIN)
            raise typer.Exit(COULD_NOT) from None

    return run


@keys.command(epilog=f"Example: consign keys show --home .consign/up/gateways/brand\n\n{CODES}")
@_coded
def show(home: HomeOption = DEFAULT_HOME, organisation: OrganisationOption = None) -> None:
    """List the encryption keys held, and what lies sealed for them."""
    with key_desk(home, organisation) as desk:
        for epoch, key in desk.host.encryption_keys.items():
            public = public_bytes(key)
            kind = "ML-KEM-768 + X25519" if is_hybrid(public) else "X25519"
            console.print(f"epoch {epoch:<4} {kind:<20} 0x{public.hex()}", **PLAIN)
        console.print(f"{len(desk.cids())} documents are sealed for them.", **PLAIN)


@keys.command(epilog=f"Example: consign keys rotate --organisation 1 --hybrid\n\n{CODES}")
@_coded
def rotate(
    home: HomeOption = DEFAULT_HOME,
    organisation: OrganisationOption = None,
    hybrid: Annotated[
        bool, typer.Option("--hybrid", help="A key that quantum computers do not break either.")
    ] = False,
) -> None:
    """Replace the encryption key: from the next block on, documents are sealed to the new one."""
    rotation = asyncio.run(replace_key(home, organisation, is_hybrid=hybrid))
    console.print(f"epoch {rotation.epoch}: 0x{rotation.public_key.hex()}", **PLAIN)
    console.print(f"Keep a copy of {rotation.file}: nobody else can open what comes.", **PLAIN)


@keys.command(
    epilog="Examples: consign keys rewrap --organisation 1\n\n"
    f"consign keys rewrap --to 9 --order A1-1-O1 --out for-9\n\n{CODES}"
)
@_coded
def rewrap(
    home: HomeOption = DEFAULT_HOME,
    organisation: OrganisationOption = None,
    to: Annotated[
        int | None, typer.Option("--to", help="Member that is to read; oneself by default.")
    ] = None,
    agreement: Annotated[str | None, typer.Option(help="Only documents of an agreement.")] = None,
    order: Annotated[str | None, typer.Option(help="Only documents of an order.")] = None,
    everything: Annotated[
        bool, typer.Option("--everything", help="Give another member all there is.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder to write the rewraps to, for the member.")
    ] = None,
) -> None:
    """Give a member's current key what was sealed before: a new key, a lost one, an auditor's."""
    with key_desk(home, organisation) as desk:
        if to is None or to == desk.host.number:
            made = desk.rewrap_to_newest()
        else:
            if not (agreement or order or everything):
                raise _NothingDone("Say what it is to read: --order, --agreement or --everything.")
            made = desk.rewrap_for(to, _chosen(desk, agreement, order))
        if not made:
            raise _NothingDone("There is nothing that the key was not given before.")
        _hand_out(desk, made, out)


@keys.command(epilog=f"Example: consign keys accept for-9/bafkrei….rewrap\n\n{CODES}")
@_coded
def accept(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Rewraps, as given.")],
    home: HomeOption = DEFAULT_HOME,
    organisation: OrganisationOption = None,
) -> None:
    """Take in what somebody rewrapped for the organisation; it is read from then on."""
    with key_desk(home, organisation) as desk:
        count = sum(asyncio.run(desk.accept(file.read_bytes())) for file in files)
        console.print(f"{count} documents can be opened now.", **PLAIN)


@keys.command(epilog=f"Example: consign keys retire --organisation 1\n\n{CODES}")
@_coded
def retire(
    home: HomeOption = DEFAULT_HOME,
    organisation: OrganisationOption = None,
    lose: Annotated[
        bool, typer.Option("--lose", help="Even if documents can never be opened again then.")
    ] = False,
) -> None:
    """Destroy every key but the newest, once it opens all that the others do."""
    with key_desk(home, organisation) as desk:
        desk.rewrap_to_newest()
        desk.require_newest()
        if not lose:
            desk.require_all_rewrapped()
    gone = destroy_old_keys(home, organisation)
    if not gone:
        raise _NothingDone("There is only the newest key.")
    for path in gone:
        console.print(f"destroyed {path}", **PLAIN)
    console.print("Copies of these files elsewhere are yours to destroy.", **PLAIN)


@keys.command(
    epilog=f"Example: consign keys shred 0x2f…1c --home .consign/up/gateways/brand\n\n{CODES}"
)
@_coded
def shred(
    commitments: Annotated[
        list[str], typer.Argument(metavar="COMMITMENT...", help="Documents, as the chain has them.")
    ],
    home: HomeOption = DEFAULT_HOME,
    force: Annotated[
        bool, typer.Option("--force", help="Even what is not ended needs it.")
    ] = False,
) -> None:
    """Erase documents here for good; commitments and proofs made before stay good."""
    named = [_commitment(each) for each in commitments]
    with key_desk(home, None) as desk:
        gone = desk.shred(named, is_forced=force)
    if not gone:
        raise _NothingDone("None of them is here.")
    console.print(f"{len(gone)} documents are erased here. Others keep their own.", **PLAIN)


def _chosen(desk: KeyDesk, agreement: str | None, order: str | None) -> list[str]:
    number = None if agreement is None else parse_agreement(agreement)
    return desk.cids(number, None if order is None else parse_order(order))


def _hand_out(desk: KeyDesk, cids: Iterable[str], folder: Path | None) -> None:
    for cid in cids:
        console.print(cid, **PLAIN)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{cid}.rewrap").write_bytes(desk.vault.get(cid))


def _commitment(text: str) -> bytes:
    digits = text.removeprefix("0x")
    try:
        commitment = bytes.fromhex(digits)
    except ValueError:
        commitment = b""
    if len(commitment) != 32:
        raise typer.BadParameter(f"{text} is no commitment: 64 hexadecimal digits after 0x")
    return commitment
