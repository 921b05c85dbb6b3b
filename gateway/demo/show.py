"""How the demonstration looks: one line a fact, then a table."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from gateway.client import Desk


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was recorded, as it is shown."""

    subject: str
    who: str
    what: str
    signer: str
    transaction: str
    gas: int


@dataclass(slots=True)
class Show:
    """Prints facts as they happen and remembers them for the table at the end."""

    console: Console
    facts: list[Fact] = field(default_factory=list)

    def chapter(self, title: str) -> None:
        """Announce what comes next."""
        self.console.print(f"\n[bold]{title}[/bold]")

    def say(self, text: str) -> None:
        """Tell something that is no ledger fact."""
        self.console.print(f"  [dim]·[/dim] {text}")

    async def recorded(self, desk: Desk, answer: dict[str, Any], subject: str, what: str) -> None:
        """Show a fact that a gateway has just recorded for one of its members."""
        intent = await desk.get(f"/v1/intents/{answer['intent']}")
        self.fact(
            Fact(
                subject=subject,
                who=desk.name,
                what=what,
                signer=str(intent["signer"]),
                transaction=str(intent["transaction"]),
                gas=int(intent["gas_used"]),
            )
        )

    def fact(self, fact: Fact) -> None:
        """Show one fact."""
        self.facts.append(fact)
        self.console.print(
            f"  [green]✓[/green] [bold]{fact.who}[/bold] {fact.what}  "
            f"[dim]{fact.subject} · signed by {_short(fact.signer)} · "
            f"tx {_short(fact.transaction)} · {fact.gas:,} gas[/dim]",
            highlight=False,
        )

    def table(self) -> None:
        """Print what happened, one row a subject."""
        table = Table(title="What happened", title_justify="left")
        for column in ("Subject", "Facts", "Signed by", "Gas"):
            table.add_column(column, justify="right" if column in ("Facts", "Gas") else "left")
        subjects = dict.fromkeys(fact.subject for fact in self.facts)
        for subject in subjects:
            facts = [fact for fact in self.facts if fact.subject == subject]
            signers = dict.fromkeys(fact.who for fact in facts)
            gas = sum({fact.transaction: fact.gas for fact in facts}.values())
            table.add_row(subject, str(len(facts)), ", ".join(signers), f"{gas:,}")
        total = sum({fact.transaction: fact.gas for fact in self.facts}.values())
        table.add_section()
        table.add_row("all", str(len(self.facts)), "", f"{total:,}")
        self.console.print()
        self.console.print(table)


def _short(hexadecimal: str) -> str:
    return f"{hexadecimal[:8]}…{hexadecimal[-4:]}"
