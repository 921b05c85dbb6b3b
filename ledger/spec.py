"""Where the shared tables of `contracts/spec` are, and how they are read."""

import json
import tomllib
from pathlib import Path
from typing import Any, Final

SPEC: Final = Path(__file__).resolve().parents[1] / "contracts" / "spec"


def read_toml(name: str) -> dict[str, Any]:
    """Read one TOML table of the specification, for example ``lifecycle.toml``."""
    return tomllib.loads((SPEC / name).read_text(encoding="utf-8"))


def read_json(name: str) -> dict[str, Any]:
    """Read one JSON table of the specification, for example ``intents.json``."""
    table: dict[str, Any] = json.loads((SPEC / name).read_text(encoding="utf-8"))
    return table
