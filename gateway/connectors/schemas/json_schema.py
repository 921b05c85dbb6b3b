"""JSON Schema, by jsonschema; references are resolved inside the schema only."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from jsonschema import ValidationError
from jsonschema.exceptions import SchemaError, best_match
from jsonschema.validators import validator_for
from referencing import Registry

from gateway.connectors.json.reader import JsonText
from gateway.connectors.message import shortened
from gateway.connectors.schemas.finding import FINDINGS_MAX, RuleFinding, RulesUnusable, named

_ADVICE: Final = "Write the message as the schema of its standard has it."


class JsonSchema:
    """A schema that was read and is sound.

    Parameters
    ----------
    path : Path
        Its file.

    Raises
    ------
    RulesUnusable
        If it is no schema.
    """

    def __init__(self, path: Path) -> None:
        try:
            schema = json.loads(path.read_bytes())
            kind = validator_for(schema)
            kind.check_schema(schema)
        except (SchemaError, ValueError, OSError) as error:
            raise RulesUnusable(f"{path.name}: {shortened(str(error))}") from None
        # A registry of one's own knows no way to fetch anything.
        self._validator = kind(schema, registry=Registry())

    def findings(self, text: JsonText) -> list[RuleFinding]:
        """Hold a message against the schema."""
        found: dict[tuple[str, str], RuleFinding] = {}
        for error in self._validator.iter_errors(text.value):
            finding = _finding(best_match([error]) or error, text)
            found.setdefault((finding.location.path, finding.rule), finding)
            if len(found) == FINDINGS_MAX:
                break
        return sorted(found.values(), key=lambda each: (each.location.line, each.location.column))


def _finding(error: ValidationError, text: JsonText) -> RuleFinding:
    rule_id = f"json-schema-{error.validator}"
    is_whole = isinstance(error.instance, dict | list)
    return RuleFinding(
        named(rule_id, error.message),
        text.locate(error.absolute_path),
        "" if is_whole else shortened(str(error.instance)),
        _ADVICE,
        rule_id,
    )
