"""Compile the contracts and write build/contracts.json, the one file that Python reads them from.

py-solc-x drives the compiler that npm installed, through a small wrapper that speaks like the
native one. Settings are those of contracts/compiler.json, which Hardhat shares.
"""

import argparse
import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import solcx
from solcx.exceptions import SolcError

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
OUTPUTS = [
    "abi",
    "evm.bytecode.object",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
    "storageLayout",
]

# npm's compiler writes its version without a label, knows no --allow-paths, mixes remarks that
# begin with >>> into its answer, gives up on a pipe that is not full yet, and ends before a pipe
# has taken all of its answer: hence the files.
WRAPPER = """\
#!/bin/sh
case "$1" in
  --version) printf 'Version: '; exec {node} {solc} --version ;;
esac
cd {root} || exit 1
files=$(mktemp -d) && trap 'rm -rf "$files"' EXIT || exit 1
cat >"$files/question"
{node} {solc} --standard-json --base-path . --include-path node_modules \\
  <"$files/question" >"$files/answer" || exit 1
sed '/^>>>/d' "$files/answer"
"""


def main() -> int:
    """Compile, and print either what was written or why not."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    try:
        artifact = compile_contracts()
    except (SolcError, ValueError) as error:
        print(error.args[0] if error.args else error, file=sys.stderr)
        return 1
    write_artifact(artifact)
    print(f"{len(artifact['contracts'])} contracts in build/contracts.json")
    return 0


def compile_contracts() -> dict[str, Any]:
    """Compile every contract below contracts/ but the support of tests.

    Raises
    ------
    SolcError
        If the compiler refuses; its first argument is the compiler's own report.
    ValueError
        If two contracts bear one name, or the installed compiler is not the pinned one.
    """
    compiler = json.loads((ROOT / "contracts/compiler.json").read_text())
    answer = solcx.compile_standard(
        {
            "language": "Solidity",
            "sources": dict(read_sources()),
            "settings": compiler["settings"]
            | {"outputSelection": {"*": {"*": OUTPUTS, "": ["ast"]}}},
        },
        solc_binary=write_wrapper(compiler["version"]),
    )
    for note in answer.get("errors", []):
        if note.get("sourceLocation", {}).get("file", "").startswith("contracts/"):
            print(note["formattedMessage"], file=sys.stderr)
    variables = dict(collect_variables(answer["sources"]))
    return {
        "compiler": compiler,
        "contracts": dict(sorted(collect_contracts(answer["contracts"], variables))),
        "enums": dict(sorted(collect_enums(answer["sources"]))),
    }


def read_sources() -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each source by its path from the root."""
    for path in sorted((ROOT / "contracts").rglob("*.sol")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith("contracts/test-support/"):
            yield name, {"content": path.read_text()}


def write_wrapper(version: str) -> Path:
    """Write the program that stands for the native compiler."""
    package = ROOT / "node_modules/solc"
    installed = json.loads((package / "package.json").read_text())["version"]
    if installed != version:
        raise ValueError(f"npm installed solc {installed}, contracts/compiler.json wants {version}")
    places = {"node": ROOT / ".venv/bin/node", "solc": package / "solc.js", "root": ROOT}
    BUILD.mkdir(exist_ok=True)
    wrapper = BUILD / "solc"
    wrapper.write_text(WRAPPER.format_map({k: shlex.quote(str(v)) for k, v in places.items()}))
    wrapper.chmod(0o755)
    return wrapper


def collect_contracts(
    by_source: dict[str, Any], variables: dict[int, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield our own contracts by name."""
    seen: dict[str, str] = {}
    for source, contracts in by_source.items():
        if not source.startswith("contracts/"):
            continue
        for name, contract in contracts.items():
            if name in seen:
                raise ValueError(f"{name} is declared in {seen[name]} and in {source}")
            seen[name] = source
            deployed = contract["evm"]["deployedBytecode"]
            yield (
                name,
                {
                    "sourceName": source,
                    "abi": contract["abi"],
                    "bytecode": "0x" + contract["evm"]["bytecode"]["object"],
                    "deployedBytecode": "0x" + deployed["object"],
                    # Where the constructor writes each immutable into the code, a word each time.
                    "immutables": {
                        variables[int(variable)]: [place["start"] for place in places]
                        for variable, places in deployed.get("immutableReferences", {}).items()
                    },
                    "storageLayout": list(flatten_layout(contract["storageLayout"])),
                },
            )


def flatten_layout(layout: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every variable, and behind a struct its members as ``variable.member``."""
    for variable in layout["storage"]:
        yield variable
        for member in layout["types"][variable["type"]].get("members", []):
            slot = int(variable["slot"]) + int(member["slot"])
            yield member | {"label": f"{variable['label']}.{member['label']}", "slot": str(slot)}


def collect_variables(sources: dict[str, Any]) -> Iterator[tuple[int, str]]:
    """Yield the name of every immutable by the number that the compiler knows it by."""
    for unit in sources.values():
        for node in walk(unit["ast"]):
            if node.get("mutability") == "immutable":
                yield node["id"], node["name"]


def collect_enums(sources: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield the members of our own enums, in order, by canonical name."""
    for source, unit in sources.items():
        if source.startswith("contracts/"):
            for node in walk(unit["ast"]):
                if node.get("nodeType") == "EnumDefinition":
                    yield node["canonicalName"], [member["name"] for member in node["members"]]


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every node of a syntax tree."""
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for child in node:
            yield from walk(child)


def write_artifact(artifact: dict[str, Any]) -> None:
    """Put the artifact in place at once, so that no reader meets half a file."""
    fresh = BUILD / "contracts.json.new"
    fresh.write_text(json.dumps(artifact, indent=1) + "\n")
    fresh.replace(BUILD / "contracts.json")


if __name__ == "__main__":
    sys.exit(main())
