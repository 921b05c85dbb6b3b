"""Write down every mutant of the contracts that the mutators of slither-mutate make.

Run by the Python of build/assurance/venv. Its own driver compiles the whole project and runs the
whole suite anew for each mutant; scripts/mutate.py judges the same mutants a hundred times faster.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from crytic import ROOT, Contracts, our_sources
from crytic_compile import CryticCompile
from slither import Slither
from slither.exceptions import SlitherException
from slither.tools.mutator.__main__ import _get_mutators
from slither.tools.mutator.mutators import LIR

MUTANTS = ROOT / "build/assurance/mutants.json"
UNUSED = {"testing_command": "", "testing_directory": "", "solc_remappings": None, "timeout": 0}


def main() -> int:
    """Write the mutants of all that is deployed; interfaces have no code to change."""
    slither = Slither(CryticCompile(Contracts()))
    wanted = {str(ROOT / path) for path in our_sources() if "/interfaces/" not in path}
    found = {
        (mutant["file"], mutant["start"], mutant["end"], mutant["new"]): mutant
        for unit in slither.compilation_units
        for contract in unit.contracts
        if contract.source_mapping.filename.absolute in wanted
        for mutant in mutants_of(unit, contract)
    }
    MUTANTS.write_text(json.dumps([found[key] for key in sorted(found)], indent=1) + "\n")
    print(f"mutate  {len(found)} mutants")
    return 0


def mutants_of(unit: Any, contract: Any) -> Iterator[dict[str, Any]]:
    """Yield what each mutator would change in one contract; places are in bytes."""
    for mutator in _get_mutators(None):
        for part in parts_of(contract):
            # This list of the module would else grow, with values of other variables' types.
            LIR.literal_replacements.clear()
            made = mutator(
                unit,
                contract_instance=part,
                verbose=False,
                output_folder=Path(),
                dont_mutate_line=[],
                **UNUSED,
            )
            try:
                by_file = made._mutate().get("patches", {})
            except (SlitherException, IndexError) as failure:
                print(f"mutate  no {mutator.NAME} in {part.name}: {failure}", file=sys.stderr)
                continue
            for path, patches in by_file.items():
                for patch in patches:
                    yield mutant(mutator.NAME, path, patch)


def mutant(mutator: str, path: str, patch: dict[str, Any]) -> dict[str, Any]:
    """Return one mutant in our words."""
    return {
        "file": Path(path).relative_to(ROOT).as_posix(),
        "mutator": mutator,
        "line": patch["line_number"],
        "start": patch["start"],
        "end": patch["end"],
        "old": patch["old_string"],
        "new": patch["new_string"],
    }


class Part:
    """A contract or a function of which only a part is seen.

    A mutator that gives up at one expression gives up a whole contract; so it gets little at once.
    """

    def __init__(self, whole: Any, **instead: Any) -> None:
        self._whole = whole
        self.__dict__.update(instead)

    def __getattr__(self, name: str) -> Any:
        """Answer for what is seen as it is."""
        return getattr(self._whole, name)


def parts_of(contract: Any) -> Iterator[Part]:
    """Yield the contract once for each statement and each variable."""
    for variable in contract.state_variables_declared:
        yield Part(
            contract, state_variables_declared=[variable], functions_and_modifiers_declared=[]
        )
    for function in contract.functions_and_modifiers_declared:
        seen = [{"nodes": [node], "local_variables": []} for node in function.nodes]
        seen += [{"nodes": [], "local_variables": [one]} for one in function.local_variables]
        for one in seen:
            yield Part(
                contract,
                name=function.canonical_name,
                state_variables_declared=[],
                functions_and_modifiers_declared=[Part(function, **one)],
            )


if __name__ == "__main__":
    sys.exit(main())
