"""Read the contracts into the form that Slither takes, with the compiler that the project uses.

Run by the Python of build/assurance/venv. Slither needs the syntax tree and the interfaces of the
contracts but no bytecode, which is what takes a compiler its time.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from crytic_compile import CryticCompile
from crytic_compile.compilation_unit import CompilationUnit
from crytic_compile.compiler.compiler import CompilerVersion
from crytic_compile.platform.solc_standard_json import (
    SolcStandardJson,
    parse_standard_json_output,
)
from crytic_compile.platform.standard import generate_standard_export

ROOT = Path(__file__).resolve().parent.parent
EXPORT = ROOT / "build/assurance/contracts_export.json"
OUR_FOLDERS = ("contracts", "contracts/interfaces", "contracts/lib")
NO_CODE = {"object": "", "sourceMap": "", "linkReferences": {}}


class CompileFailed(Exception):
    """The compiler refuses the contracts; the message is its report."""


class Contracts(SolcStandardJson):
    """The contracts that are deployed, and all that they import."""

    def compile(self, crytic_compile: CryticCompile, **_: Any) -> None:
        """Ask the compiler and keep its answer."""
        compiler = json.loads((ROOT / "contracts/compiler.json").read_text())
        unit = CompilationUnit(crytic_compile, "contracts")
        unit.compiler_version = CompilerVersion(
            "solc",
            version=compiler["version"],
            optimized=compiler["settings"]["optimizer"]["enabled"],
            via_ir=compiler["settings"]["viaIR"],
        )
        parse_standard_json_output(ask_compiler(compiler["settings"]), unit)


def main() -> int:
    """Write what Slither's command reads."""
    try:
        contracts = CryticCompile(Contracts())
    except CompileFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    EXPORT.write_text(json.dumps(generate_standard_export(contracts)))
    return 0


def our_sources() -> list[str]:
    """List the sources that are deployed; doubles and the support of tests are not."""
    found = (path for folder in OUR_FOLDERS for path in (ROOT / folder).glob("*.sol"))
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def ask_compiler(settings: dict[str, Any]) -> dict[str, Any]:
    """Ask for syntax trees and interfaces.

    Raises
    ------
    CompileFailed
        If the compiler finds an error.
    """
    question = {
        "language": "Solidity",
        "sources": {path: {"content": (ROOT / path).read_text()} for path in our_sources()},
        "settings": settings | {"outputSelection": {"*": {"*": ["abi"], "": ["ast"]}}},
    }
    asked = subprocess.run(
        [ROOT / "build/solc", "--standard-json"],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(asked.stdout)
    errors = [e["formattedMessage"] for e in answer.get("errors", []) if e["severity"] == "error"]
    if errors:
        raise CompileFailed("\n".join(errors))
    for contracts in answer["contracts"].values():
        for contract in contracts.values():
            contract["evm"] = {"bytecode": NO_CODE, "deployedBytecode": NO_CODE}
    return answer


if __name__ == "__main__":
    sys.exit(main())
