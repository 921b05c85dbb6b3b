"""Generates what follows from the shared tables, and the schemas of documents and of deployments.

With ``--check`` it writes nothing, and fails when one of them is not fresh.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from conversion_page import conversion_list, conversion_page  # noqa: E402

from ledger import lifecycle  # noqa: E402
from ledger.catalogue import Entry, catalogue  # noqa: E402
from ledger.deployment_artifact import Deployment  # noqa: E402
from ledger.document.json_schema import schema_bundle  # noqa: E402
from ledger.document.part import SCHEMA_VERSION  # noqa: E402
from ledger.spec import read_toml  # noqa: E402

AREAS = {
    "registry": "The registry",
    "admission": "Admission of what was signed",
    "account": "Contract accounts",
    "stream": "Streams of actions",
    "order": "Orders and deliveries",
    "agreement": "Agreements",
    "auction": "Auctions",
    "lot": "Lots",
    "deposit": "Deposits",
}
TITLES = {
    "agreement": "Agreement",
    "order": "Order",
    "delivery": "Delivery",
    "lot": "Lot",
}
NOTES = {
    "agreement": (
        "Signing is complete when every seated organisation has signed the same terms; the state "
        "stands as it is until then."
    ),
    "order": "Change proposals carry their lines in the document.",
    "delivery": "A delivery belongs to an order, whose state has a say in each step.",
    "lot": "A lot is one consolidated shipment put out to tender.",
}

LIFECYCLE_FIXTURE = """\
// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice The order and delivery rows of contracts/spec/lifecycle.toml, by scripts/generate.py.
library LifecycleTable {
    /// @param from Bitmap of states.
    /// @param by Bitmap of seats.
    /// @param orderStates Bitmap of the order states in which a delivery's row may be used.
    struct Row {
        uint16 from;
        uint8 to;
        uint8 by;
        uint16 orderStates;
        bool opens;
    }

    function rowOf(uint256 action) internal pure returns (Row memory row) {
ROWS
    }
}
"""


def lifecycle_page() -> str:
    """Write docs/lifecycle.md."""
    parts = [
        "# Lifecycles",
        "",
        "Generated from `contracts/spec/lifecycle.toml` by `scripts/generate.py`. A test proves",
        "the contracts equal to it over every state, action and seat.",
    ]
    for machine in lifecycle.MACHINES:
        parts += ["", *_machine(machine)]
    return "\n".join(parts) + "\n"


def errors_page() -> str:
    """Write docs/errors.md."""
    parts = [
        "# Errors",
        "",
        "Generated from `contracts/spec/errors.toml` by `scripts/generate.py`. A test proves the",
        "table equal to the errors of the contracts' ABIs and the classes of `ledger/errors.py`.",
    ]
    entries = list(catalogue().values())
    for group in dict.fromkeys(entry.group for entry in entries):
        members = [entry for entry in entries if entry.group == group]
        origin = "given by the contracts" if members[0].is_chain else "given off chain"
        parts += ["", f"## {group} ({origin})"]
        for entry in members:
            parts += ["", *_error(entry)]
    return "\n".join(parts) + "\n"


def failures_page() -> str:
    """Write docs/failures.md."""
    table = read_toml("failures.toml")
    count = sum(len(table[area]) for area in AREAS)
    parts = [
        "# Failures",
        "",
        f"{count} ways in which what is sent to the contracts can be wrong, each with its error.",
        "Generated from `contracts/spec/failures.toml` by `scripts/generate.py`. A test takes each",
        "on the real contracts, beside a valid call that differs in this one thing.",
        "[Errors](errors.md) says what the errors mean and what to do about them.",
        "",
        "An error undoes the transaction, unless *IntentRefused* says that only the batch or the",
        "intent is refused, or *ActionRefused* that only so many events of a batch are. A nonce",
        "stays unused, but with *ActionRefused*, and where *(nonce used)* stands.",
    ]
    for area, title in AREAS.items():
        parts += [
            "",
            f"## {title}",
            "",
            "| id | call | what is wrong | error |",
            "|---|---|---|---|",
        ]
        parts += [_failure(area, name, row) for name, row in table[area].items()]
    parts += ["", "## What no input reaches", ""]
    parts += [f"- `{name}`: {reason}" for name, reason in table["unreachable"].items()]
    return "\n".join(parts) + "\n"


def deployment_schema() -> str:
    """Write the JSON Schema of the file that `consign deploy` leaves."""
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schema = dialect | Deployment.model_json_schema()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def document_schema() -> str:
    """Write the JSON Schema of every document type, of the present version."""
    return json.dumps(schema_bundle(), indent=1, ensure_ascii=False) + "\n"


def lifecycle_fixture() -> str:
    """Write the table as the Solidity tests read it."""
    rows = [row for machine in ("order", "delivery") for row in lifecycle.rows(machine)]
    return LIFECYCLE_FIXTURE.replace("ROWS", "\n".join(_fixture_row(row) for row in rows))


PAGES = {
    "docs/lifecycle.md": lifecycle_page,
    "docs/errors.md": errors_page,
    "docs/failures.md": failures_page,
    "contracts/spec/deployment.schema.json": deployment_schema,
    f"contracts/spec/documents/{SCHEMA_VERSION}.json": document_schema,
    "tests/contracts/fixtures/LifecycleTable.sol": lifecycle_fixture,
    "docs/conversion-table.md": conversion_page,
    "docs/conversion.json": conversion_list,
}


def stale_pages() -> list[str]:
    """Name the pages that are not as their tables would have them."""
    return [name for name, write in PAGES.items() if _read(ROOT / name) != write()]


def main(arguments: Sequence[str]) -> int:
    """Generate or check; gives the exit status."""
    parser = argparse.ArgumentParser(description="Generate the pages that follow from the tables.")
    parser.add_argument("--check", action="store_true", help="fail when a page is not fresh")
    if not parser.parse_args(arguments).check:
        for name, write in PAGES.items():
            (ROOT / name).parent.mkdir(exist_ok=True)
            (ROOT / name).write_text(write(), encoding="utf-8")
        return 0
    stale = stale_pages()
    for name in stale:
        print(f"{name} is not fresh: run scripts/generate.py")
    return 1 if stale else 0


def _machine(machine: str) -> list[str]:
    terminal = lifecycle.terminal_states(machine)
    lines = [f"## {TITLES[machine]}", "", NOTES[machine], "", *_diagram(machine), ""]
    lines += ["| number | state | |", "|---|---|---|"]
    for number, state in enumerate(lifecycle.states(machine)):
        remark = "does not exist" if number == 0 else "final" if state in terminal else ""
        lines.append(f"| {number} | {state} | {remark} |")
    for state, rule in lifecycle.derived_states(machine).items():
        lines.append(f"| – | {state} | derived: {rule} |")
    lines += ["", "| id | action | from | to | by | event |", "|---|---|---|---|---|---|"]
    for row in lifecycle.rows(machine):
        by = ", ".join(sorted(row.by, key=_seat_order))
        by += f"; overdue: {', '.join(sorted(row.overdue_by))} too" if row.overdue_by else ""
        action = row.action + (" (names the order)" if row.opens else "")
        origin = ", ".join(row.from_states)
        lines.append(f"| {row.id} | {action} | {origin} | {row.to} | {by} | {row.event} |")
    return lines + _order_states(machine) + _phases(machine)


def _order_states(machine: str) -> list[str]:
    rows = [row for row in lifecycle.rows(machine) if row.order_states is not None]
    if not rows:
        return []
    lines = ["", "| actions | while the order is |", "|---|---|"]
    for states in dict.fromkeys(row.order_states for row in rows):
        actions = ", ".join(row.action for row in rows if row.order_states == states)
        fitting = [name for name in lifecycle.states("order") if name in (states or ())]
        lines.append(f"| {actions} | {', '.join(fitting)} |")
    return lines


def _phases(machine: str) -> list[str]:
    rows = [row for row in lifecycle.rows(machine) if row.phases]
    if not rows:
        return []
    lines = [
        "",
        "An auction is performing until `performBy`, confirming for "
        f"{lifecycle.CONFIRMATION_S // 86_400} days from then on, and overdue afterwards.",
        "",
        "| action | from | while the auction is |",
        "|---|---|---|",
    ]
    for row in rows:
        for state, phases in row.phases:
            lines.append(f"| {row.action} | {state} | {', '.join(phases)} |")
    return lines


def _diagram(machine: str) -> list[str]:
    terminal = lifecycle.terminal_states(machine)
    lines = ["```mermaid", "stateDiagram-v2"]
    for row in lifecycle.rows(machine):
        for origin in row.from_states:
            start = "[*]" if origin == "None" else origin
            lines.append(f"    {start} --> {row.to}: {row.action}")
    ends = [f"    {state} --> [*]" for state in lifecycle.states(machine) if state in terminal]
    return [*lines, *ends, "```"]


def _error(entry: Entry) -> list[str]:
    pairs = zip(entry.types, entry.names, strict=True)
    arguments = ", ".join(f"`{solidity_type} {name}`" for solidity_type, name in pairs)
    lines = [f"### {entry.name}", "", f"HTTP {entry.status}. {entry.sentence}", ""]
    lines += [f"- Arguments: {arguments}"] if arguments else []
    lines += [f"- Selector: `0x{entry.selector.hex()}`"] if entry.is_chain else []
    lines += [f"- Why: {entry.why}", f"- What to do: {entry.remedy}"]
    return lines + (["- Retired: nothing raises it any more."] if entry.is_retired else [])


def _failure(area: str, name: str, row: dict[str, Any]) -> str:
    carried = ", ".join(str(symbol).replace("|", " or ") for symbol in row["arguments"])
    told = row.get("told", "")
    if told == "ActionRefused":
        told += f" ({row['count']} from {row['position']})"
    told = f" *{told}*" if told else ""
    used = " *(nonce used)*" if row.get("nonce") == "used" else ""
    error = f"[{row['error']}](errors.md#{row['error'].lower()})({carried})"
    return f"| {area}.{name} | {row['entry']} | {row['wrong']} | {error}{told}{used} |"


def _fixture_row(row: lifecycle.Row) -> str:
    machine_states = lifecycle.states(row.machine)
    order_states = lifecycle.states("order")
    values = [
        f"0x{sum(1 << machine_states.index(state) for state in row.from_states):04x}",
        str(machine_states.index(row.to)),
        f"0x{sum(1 << lifecycle.SEATS.index(seat) for seat in row.by):02x}",
        f"0x{sum(1 << order_states.index(state) for state in row.order_states or ()):04x}",
        str(row.opens).lower(),
    ]
    return f"        if (action == {row.id}) return Row({', '.join(values)}); // {row.action}"


def _seat_order(seat: str) -> int:
    return lifecycle.SEATS.index(seat) if seat in lifecycle.SEATS else len(lifecycle.SEATS)


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
