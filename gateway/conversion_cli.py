"""`consign convert`: a file of one standard in another, with the list of what is lost."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

if TYPE_CHECKING:
    from gateway.connectors.edi.message import Address
    from gateway.connectors.profile.partner import Partner
    from gateway.conversion.conversion import Conversion, Converted
    from gateway.conversion.form import Manner

IN_FULL, WITH_LOSS, REFUSED = 0, 1, 2

EPILOG: Final = (
    "Examples: consign convert order.edi --to ubl\n\n"
    "consign convert order.xml --to x12 --from ZZ:BUYER --for ZZ:SELLER --losses losses.json\n\n"
    "Exit code 0: all of it was written. 1: written, but for what the list says. 2: not written."
)

_told = Console(stderr=True)


def convert(
    file: Annotated[Path, typer.Argument(help="A message of any standard that is read.")],
    to: Annotated[
        str, typer.Option("--to", help="x12, edifact, ubl, cxml, epcis, shopify ..., json.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="File to write, or folder; standard output.")
    ] = None,
    losses: Annotated[
        Path | None, typer.Option("--losses", help="File for the list of what is lost, as JSON.")
    ] = None,
    read_by: Annotated[
        Path | None, typer.Option("--read-by", help="Profile of the partner who sent it.")
    ] = None,
    profile: Annotated[
        Path | None, typer.Option("--profile", help="Profile of the partner who will read it.")
    ] = None,
    sender: Annotated[
        str | None, typer.Option("--from", help="Sender of the interchange, as ZZ:NUMBER.")
    ] = None,
    receiver: Annotated[
        str | None, typer.Option("--for", help="Receiver of the interchange, as ZZ:NUMBER.")
    ] = None,
    control: Annotated[
        int, typer.Option("--control", min=1, max=999_999_999, help="Number of the interchange.")
    ] = 1,
) -> None:
    """Write a message in another standard, and list what that standard cannot hold."""
    from gateway.connectors.message import ConnectorRefused
    from gateway.conversion.form import STANDARDS, Manner

    if to not in STANDARDS:
        _told.print(f"[red]{to} is no standard here.[/red] There are: {', '.join(STANDARDS)}.")
        raise typer.Exit(REFUSED)
    ends = (_address(sender), _address(receiver))
    try:
        manner = Manner(datetime.now(UTC), _partner(profile), *ends, control)
        conversion = _converted(file, to, manner, _partner(read_by))
    except (ConnectorRefused, OSError) as error:
        findings = error.findings if isinstance(error, ConnectorRefused) else (error,)
        for each in findings:
            _told.print(str(each), style="red", highlight=False, markup=False, soft_wrap=True)
        raise typer.Exit(REFUSED) from None
    _give_out(conversion, out)
    raise typer.Exit(_tell(conversion, losses))


def _partner(profile: Path | None) -> Partner:
    from gateway.connectors.profile.partner import NOBODY, read_partner

    return NOBODY if profile is None else read_partner(profile.read_bytes())


def _converted(file: Path, to: str, manner: Manner, sender: Partner) -> Conversion:
    """Convert a file that is of a partner."""
    from gateway.connectors.profile.choice import Partners
    from gateway.conversion.conversion import convert as converted

    known = Partners((sender,) if sender.name else ())
    return converted(file.read_bytes(), to, manner, sender.name, known)


def _give_out(conversion: Conversion, out: Path | None) -> None:
    """Write to one file, or where a folder is named, one file per document."""
    if out is not None and out.is_dir():
        for nth, each in enumerate(conversion.converted, start=1):
            (out / f"{nth}-{each.form.type}.{each.form.standard}").write_bytes(each.content)
        return
    content = b"".join(each.content for each in conversion.converted)
    if out is not None:
        out.write_bytes(content)
    else:
        typer.get_binary_stream("stdout").write(content)


def _tell(conversion: Conversion, losses: Path | None) -> int:
    """List what is lost, and what of the interchange was refused."""
    told = [_as_json(each) for each in conversion.converted]
    if losses is not None:
        losses.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for each in conversion.converted:
        for loss in each.losses if losses is None else ():
            said = f"{loss.said!r}" if loss.said else ""
            line = f"{each.document.id} {loss.pointer}: {loss.as_json()['detail']} {said}"
            _told.print(line, highlight=False, markup=False, soft_wrap=True)
    for finding in conversion.findings:
        _told.print(str(finding), style="red", highlight=False, markup=False, soft_wrap=True)
    is_whole = not conversion.findings and not any(each.losses for each in conversion.converted)
    return IN_FULL if is_whole else WITH_LOSS


def _as_json(converted: Converted) -> dict[str, object]:
    return {
        "document_type": type(converted.document).__name__,
        "id": converted.document.id,
        "standard": converted.form.standard,
        "type": converted.form.type,
        "losses": [each.as_json() for each in converted.losses],
    }


def _address(text: str | None) -> Address | None:
    from gateway.connectors.profile.partner import address_of

    return None if text is None else address_of(text)
