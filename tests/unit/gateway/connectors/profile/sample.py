"""Small messages and tables of a partner with habits."""

from __future__ import annotations

ISA = (
    "ISA*00*          *00*          *ZZ*ACME           *ZZ*WE             "
    "*261102*0915*U*00401*000000081*0*P*>~"
)
ROWS = "4711;1;23.11.2026;Tuch;1.250,50;Stk;rot\n4711;2;24.11.2026;Faden;12;Stk;blau\n"


def order(
    *,
    day: str = "20261123",
    unit: str = "EA",
    ref: str = "REF*CR*A7~",
    seller: str = "SE",
    more: str = "",
    mark: str = "*",
    number: str = "PO-1",
    control: str = "000000081",
) -> bytes:
    """Write an 850 with one line."""
    body = (
        f"BEG*00*SA*{number}**{day}~{ref}{more}N1*BY*Acme*92*1~N1*{seller}*Us*92*2~"
        f"PO1*1*5*{unit}*2.5**BP*X-1~CTT*1~"
    )
    count = body.count("~") + 2
    text = (
        f"{ISA.replace('000000081', control)}GS*PO*ACME*WE*20261102*0915*8*X*004010~"
        f"ST*850*0001~{body}SE*{count}*0001~GE*1*8~IEA*1*{control}~"
    )
    return text.replace("*", mark).replace("~", "~\n").encode()


def table(rows: str = ROWS) -> bytes:
    """Write a table with a title above its header."""
    return f"Orders of Acme;;;;;;\n\nPO;Pos;Datum;Artikel;Menge;Einheit;Farbe\n{rows}".encode()
