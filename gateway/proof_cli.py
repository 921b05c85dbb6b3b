"""`consign proof`: what a document says and where it was recorded, proven to anybody.

A gateway makes proofs of its own documents; checking one needs this program and nothing else.
"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer
from rich.console import Console

from gateway.archive_cli import COULD_NOT_LOOK, DOES_NOT_HOLD, PLAIN
from gateway.desk_cli import ask, sign_in
from gateway.naming import names_of
from gateway.settings import Settings, SettingsInvalid
from ledger.archive.proof import hash_at
from ledger.catalogue import LedgerError
from ledger.client import Client
from ledger.deployment import Deployment
from ledger.document.errors import ProofError, ProofMalformed
from ledger.document.proof import FieldProof, verify
from ledger.errors import Unreachable
from ledger.inclusion import INCLUSION_BYTES_MAX, Inclusion, Recorded, verify_recorded
from ledger.lifecycle import row_of, step_row

CODES: Final = "Exit code 0: it holds. 1: it does not. 2: it could not be looked at."

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The proof.")]

proof = typer.Typer(
    help="Proofs of single fields of a document, and of the block that recorded it.",
    no_args_is_help=True,
)
proof.callback()(sign_in)
console = Console()


@dataclass(frozen=True, slots=True)
class _Anchor:
    """What the reader of a proof trusts."""

    commitment: bytes | None
    block_hash: bytes | None
    contracts: tuple[str, ...] | None


@proof.command(
    "make",
    epilog="Example: consign proof --as brand make 0x… /order_line/0/quantity/value /id --block "
    "--out quantity.proof",
)
def make(
    ctx: typer.Context,
    commitment: Annotated[str, typer.Argument(help="Commitment of the document.")],
    fields: Annotated[
        list[str] | None,
        typer.Argument(help="JSON pointers; one that ends in a slash shows all below it."),
    ] = None,
    out: Annotated[Path, typer.Option("--out", help="Where to write it.")] = Path("document.proof"),
    block: Annotated[
        bool, typer.Option("--block", help="Prove the batch and block as well.")
    ] = False,
) -> None:
    """Have your gateway prove fields of a document, and nothing else of it."""
    body = {"fields": fields or [], "block": block}
    made = ask(ctx, lambda desk: desk.post(f"/v1/documents/{commitment}/proofs", body))
    content = bytes.fromhex(made["proof"][2:])
    out.write_bytes(content)
    console.print(f"{out}: {len(content):,} bytes. It shows:", **PLAIN)
    _print(_read(content))


@proof.command("show", epilog="Example: consign proof show quantity.proof")
def show(file: FileArgument) -> None:
    """Say what a proof claims, without checking it."""
    try:
        found = _read(_content(file))
        _print(found)
    except (ProofError, OSError) as problem:
        _fail(problem)


@proof.command("verify", epilog=f"Example: consign proof verify FILE --commitment 0x…\n\n{CODES}")
def check(
    file: FileArgument,
    commitment: Annotated[
        str | None, typer.Option(help="Commitment that the document must have.")
    ] = None,
    block_hash: Annotated[
        str | None, typer.Option(help="Hash of the block, from somebody you trust.")
    ] = None,
    node: Annotated[
        str | None, typer.Option(help="Your own node: asked for one block, and nothing else.")
    ] = None,
    archive: Annotated[
        Path | None, typer.Option(help="Archive whose head you have checked.")
    ] = None,
    home: Annotated[
        Path | None, typer.Option("--home", help="Gateway whose network it has to be of.")
    ] = None,
    contract: Annotated[
        str | None, typer.Option(help="Address of the contract that has to have recorded it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer for programs.")] = False,
) -> None:
    """Check a proof offline; say what you trust: a commitment, or a block."""
    trusted = _digest(commitment, "--commitment"), _digest(block_hash, "--block-hash")
    try:
        found = _read(_content(file))
        anchor = _Anchor(
            trusted[0],
            trusted[1] or _block_hash(found, node, archive),
            _contracts(home, contract),
        )
        began_s = time.perf_counter()
        recorded = _verify(found, anchor)
        took_ms = round(1000 * (time.perf_counter() - began_s), 2)
    except ProofError as wrong:
        console.print(f"✗ {wrong.name}: {wrong.detail}", style="red", **PLAIN)
        raise typer.Exit(DOES_NOT_HOLD) from None
    except (LedgerError, SettingsInvalid, OSError) as problem:
        _fail(problem)
    if as_json:
        typer.echo(json.dumps(_plain(found, recorded) | {"verify_ms": took_ms}))
        return
    _print(found)
    _say(recorded, anchor)
    console.print(f"[dim]Checked in {took_ms} ms.[/dim]", **PLAIN)


def _read(content: bytes) -> FieldProof | Inclusion:
    if content[:1] == b"\2":
        return Inclusion.from_bytes(content)
    return FieldProof.from_bytes(content)


def _content(file: Path) -> bytes:
    if file.stat().st_size > INCLUSION_BYTES_MAX:
        raise ProofMalformed("The file is too large for a proof.")
    return file.read_bytes()


def _verify(found: FieldProof | Inclusion, anchor: _Anchor) -> Recorded | None:
    if isinstance(found, FieldProof):
        if anchor.commitment is None:
            _ask_for("--commitment, which this proof of fields leads to")
        verify(found, anchor.commitment)
        return None
    if anchor.block_hash is None:
        _ask_for("--block-hash, --node or --archive, to which this proof leads")
    if anchor.commitment not in (None, found.commitment):
        raise ProofMalformed("The proof is of another document than the one that was named.")
    return verify_recorded(found, anchor.block_hash, anchor.contracts)


def _block_hash(
    found: FieldProof | Inclusion, node: str | None, archive: Path | None
) -> bytes | None:
    """Ask a node, or an archive, which block it has at that height."""
    if isinstance(found, FieldProof) or (node is None and archive is None):
        return None
    number = found.block.number
    if archive is not None:
        return hash_at(archive, number)
    assert node is not None
    return asyncio.run(_ask_node(node, number))


async def _ask_node(url: str, number: int) -> bytes:
    async with Client(url) as client:
        (answer,) = await client.batch([("eth_getBlockByNumber", (hex(number), False))])
    if answer is None:
        raise Unreachable(url=url, problem=f"it has no block {number}")
    return bytes.fromhex(answer["hash"][2:])


def _contracts(home: Path | None, contract: str | None) -> tuple[str, ...] | None:
    if contract is not None:
        return (contract,)
    if home is None:
        return None
    settings = Settings.load(home)
    deployment = Deployment.load(settings.path(settings.chain.deployment))
    return (deployment.order_ledger, deployment.pool_auction)


def _print(found: FieldProof | Inclusion) -> None:
    """Show what is claimed; it may come from anybody, so nothing of it reaches the terminal raw."""
    if isinstance(found, Inclusion):
        block = found.block
        console.print(f"Document 0x{found.commitment.hex()}", **PLAIN)
        console.print(f"in block {block.number}, 0x{block.hash.hex()}", **PLAIN)
    fields = found if isinstance(found, FieldProof) else found.fields
    for each in fields.fields if fields else ():
        pointer, value = json.dumps(each.pointer)[1:-1], json.dumps(each.value)
        console.print(f"{pointer}: {value}", markup=False, **PLAIN)


def _say(recorded: Recorded | None, anchor: _Anchor) -> None:
    if recorded is None:
        console.print("[green]It holds:[/green] the document says so.", **PLAIN)
        return
    when = datetime.fromtimestamp(recorded.timestamp, UTC)
    console.print(
        f"Recorded by organisation {recorded.organisation} at {when:%Y-%m-%d %H:%M:%S} UTC, "
        f"{recorded.position + 1} of {recorded.positions}: {_what(recorded)}.",
        **PLAIN,
    )
    if recorded.is_refused:
        console.print(
            "[yellow]The ledger refused this event of the batch:[/yellow] the document was there, "
            "and had no effect.",
            **PLAIN,
        )
    if anchor.contracts is None:
        console.print(
            f"[yellow]It holds if the network's contract is {recorded.contract}:[/yellow] "
            "compare, with --home or --contract.",
            **PLAIN,
        )
        return
    console.print("[green]It holds.[/green]", **PLAIN)


def _what(recorded: Recorded) -> str:
    if not recorded.machine:
        return "nothing came of it"
    names = names_of(recorded.machine, recorded.agreement, recorded.number, None)
    subject = names.get(recorded.machine, recorded.machine)
    if recorded.action is None:
        return subject
    find = step_row if recorded.machine == "agreement" else row_of
    try:
        return f"{find(recorded.action).action} {subject}"
    except KeyError:
        # Anybody's contract may tell of actions that nobody knows.
        return f"action {recorded.action} {subject}"


def _plain(found: FieldProof | Inclusion, recorded: Recorded | None) -> dict[str, Any]:
    fields = found if isinstance(found, FieldProof) else found.fields
    shown = {each.pointer: each.value for each in fields.fields} if fields else {}
    told = {} if recorded is None else {key: _spelled(v) for key, v in asdict(recorded).items()}
    commitment = {} if isinstance(found, FieldProof) else {"commitment": _spelled(found.commitment)}
    return {"fields": shown, **commitment, **told}


def _spelled(value: Any) -> Any:
    return "0x" + value.hex() if isinstance(value, bytes) else value


def _digest(text: str | None, option: str) -> bytes | None:
    if text is None:
        return None
    try:
        digest = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        digest = b""
    if len(digest) != 32:
        raise typer.BadParameter("a digest has 64 hexadecimal digits", param_hint=option)
    return digest


def _ask_for(what: str) -> NoReturn:
    console.print(f"[red]Could not look:[/red] say {what}.", **PLAIN)
    raise typer.Exit(COULD_NOT_LOOK)


def _fail(problem: Exception) -> NoReturn:
    console.print(f"Could not look: {problem}", style="red", **PLAIN)
    raise typer.Exit(COULD_NOT_LOOK) from None
