"""Judge mutants of the contracts: small changes of the code, each of which a test should notice.

The mutants are slither-mutate's; scripts/judge.js compiles and tests them. Verdicts are kept in
build/assurance/verdicts.jsonl, a line for each mutant, so that a run may be stopped and continued.
A verdict holds as long as the contracts that the mutant belongs to stay as they are; what survived
is judged again when the tests change. docs/mutation.md says why survivors may live.
"""

import argparse
import hashlib
import json
import random
import re
import select
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from appeal import TestsBroken, appeal

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "build/assurance"
TOOLS = FOLDER / "venv/bin"
VERDICTS = FOLDER / "verdicts.jsonl"
JUSTIFIED = ROOT / "docs/mutation.md"
TESTS = (
    "tests/contracts/**/*.sol",
    "tests/agreement/*.py",
    "contracts/test-support/*",
    "contracts/mocks/*",
)
ANSWER_S_MAX = 300.0
# The compiler's memory grows with what it has compiled.
ANSWERS_MAX = 250
SCORE_MIN = 0.95


@dataclass(frozen=True)
class Mutant:
    """One change of one file; `start` and `end` count bytes."""

    file: str
    mutator: str
    line: int
    start: int
    end: int
    old: str
    new: str
    # Survives edits elsewhere in the file: docs/mutation.md names mutants by it.
    mark: str = ""

    def content(self) -> str:
        """Return the whole file as changed."""
        text = (ROOT / self.file).read_bytes()
        return (text[: self.start] + self.new.encode() + text[self.end :]).decode()


class JudgeLost(Exception):
    """The judge ended or did not answer."""


class Judge:
    """A process that compiles and tests; see scripts/judge.js."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [ROOT / ".venv/bin/node", ROOT / "scripts/judge.js"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.answers = 0
        self.sources: dict[str, list[str]] = self._read()["sources"]

    def ask(self, file: str, content: str) -> dict[str, Any]:
        """Return the verdict on a changed file.

        Raises
        ------
        JudgeLost
            If there is none in time.
        """
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"file": file, "content": content}) + "\n")
        self._process.stdin.flush()
        self.answers += 1
        return self._read()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        ready, _, _ = select.select([self._process.stdout], [], [], ANSWER_S_MAX)
        line = self._process.stdout.readline() if ready else ""
        if not line:
            self.end()
            raise JudgeLost
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def main() -> int:
    """Judge what is asked for and print the score."""
    options = parse_arguments()
    subprocess.run([TOOLS / "python", ROOT / "scripts/mutants.py"], cwd=ROOT, check=True)
    mutants = [m for m in read_mutants() if any(part in m.file for part in options.files or [""])]
    if options.sample:
        mutants = random.Random(options.seed).sample(mutants, min(options.sample, len(mutants)))
    try:
        judge = Judge()
        check_judge(judge)
        verdicts = judge_all(mutants, judge)
    except JudgeLost:
        print("mutate  the judge is lost; see what it said above", file=sys.stderr)
        return 2
    except TestsBroken as broken:
        print(f"mutate  this fails without any mutant: {broken}", file=sys.stderr)
        return 2
    return report(mutants, verdicts, is_whole=not options.sample)


def parse_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", help="parts of the paths of the contracts to change")
    parser.add_argument("--sample", type=int, help="judge no more mutants than this, by chance")
    parser.add_argument("--seed", type=int, default=1, help="of the chance")
    return parser.parse_args()


def read_mutants() -> Iterator[Mutant]:
    """Yield all mutants; those that do the same to the same line are told apart by their order."""
    seen: Counter[str] = Counter()
    for made in json.loads((FOLDER / "mutants.json").read_text()):
        mutant = Mutant(**made)
        line = (ROOT / mutant.file).read_text().splitlines()[mutant.line - 1].strip()
        same = f"{mutant.file}\0{mutant.mutator}\0{line}\0{mutant.old}\0{mutant.new}"
        seen[same] += 1
        yield Mutant(**made | {"mark": digest(same, str(seen[same]))[:8]})


def check_judge(judge: Judge) -> None:
    """Make sure that the judge tells a change that matters from one that does not.

    Raises
    ------
    SystemExit
        If it does not.
    """
    file = "contracts/OrgRegistry.sol"
    text = (ROOT / file).read_text()
    broken = re.sub(r"(external\b[^;{]*\{)", r"\1 revert();", text)
    harmless = re.sub(r"\}\s*$", "function calledByNobody() external {}\n}\n", text)
    for content, expected in ((broken, "killed"), (harmless, "survived"), (text, "equivalent")):
        answer = judge.ask(file, content)
        if answer["verdict"] != expected:
            raise SystemExit(f"mutate  the judge calls {answer['verdict']} what is {expected}")


def judge_all(mutants: list[Mutant], judge: Judge) -> dict[str, dict[str, Any]]:
    """Return the verdict on each mutant by its mark, from memory or from the judge."""
    tests = digest_of_files(path for pattern in TESTS for path in ROOT.glob(pattern))
    contexts = {file: digest_of_context(file, judge) for file in {m.file for m in mutants}}
    known = dict(read_verdicts(tests))
    verdicts = {}
    with VERDICTS.open("a") as book:
        for i, mutant in enumerate(mutants, 1):
            key = digest(contexts[mutant.file], str(mutant.start), str(mutant.end), mutant.new)
            if key not in known:
                if judge.answers >= ANSWERS_MAX:
                    judge.end()
                    judge = Judge()
                judge, answer = ask_or_restart(judge, mutant)
                known[key] = answer
                line = {"key": key, "tests": tests} | asdict(mutant) | answer
                book.write(json.dumps(line) + "\n")
                book.flush()
                show(mutant, answer, f"{i}/{len(mutants)}")
            verdicts[mutant.mark] = known[key]
    judge.end()
    return verdicts


def ask_or_restart(judge: Judge, mutant: Mutant) -> tuple[Judge, dict[str, Any]]:
    """Return a verdict; a mutant with which the tests do not end is killed, and the judge anew."""
    try:
        answer = judge.ask(mutant.file, mutant.content())
    except JudgeLost:
        return Judge(), {"verdict": "killed", "by": "no end"}
    by = appeal(answer.pop("code", {}))
    return judge, answer | ({"verdict": "killed", "by": by} if by else {})


def read_verdicts(tests: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the verdicts that still hold."""
    if VERDICTS.exists():
        for line in VERDICTS.read_text().splitlines():
            verdict = json.loads(line)
            if verdict["verdict"] != "survived" or verdict["tests"] == tests:
                yield verdict["key"], verdict


def digest_of_context(file: str, judge: Judge) -> str:
    """Hash all of ours that is compiled together with a file."""
    together = {path for paths in judge.sources.values() if file in paths for path in paths}
    ours = [ROOT / path for path in together if (ROOT / path).exists()]
    return digest_of_files([ROOT / "contracts/compiler.json", ROOT / file, *ours])


def digest_of_files(paths: Iterable[Path]) -> str:
    """Hash files by path and content."""
    files = sorted({path for path in paths if path.is_file()})
    return digest(*(f"{path.relative_to(ROOT)}\0{path.read_text()}" for path in files))


def digest(*parts: str) -> str:
    """Hash some texts."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def show(mutant: Mutant, answer: dict[str, Any], progress: str) -> None:
    """Print one verdict."""
    where = f"{mutant.file}:{mutant.line} {mutant.mutator}"
    print(f"{progress:>9}  {answer['verdict']:<10} {where}  {answer.get('by', '')}", flush=True)


def report(mutants: list[Mutant], verdicts: dict[str, dict[str, Any]], *, is_whole: bool) -> int:
    """Print the survivors and the score; a whole run must reach it and justify who survived."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    justified = JUSTIFIED.read_text() if JUSTIFIED.exists() else ""
    unjustified = 0
    for mutant in mutants:
        verdict = verdicts[mutant.mark]["verdict"]
        counts[mutant.file][verdict] += 1
        if verdict == "survived" and f"`{mutant.mark}`" not in justified:
            unjustified += 1
            print(f"\n{mutant.mark} {mutant.mutator} {mutant.file}:{mutant.line}")
            print(f"- {mutant.old}\n+ {mutant.new}")
    total: Counter[str] = sum(counts.values(), Counter())
    print("\n| contract | killed | survived | equivalent | do not compile | score |")
    print("|---|---|---|---|---|---|")
    for name, row in [*sorted(counts.items()), ("all", total)]:
        cells = [row[v] for v in ("killed", "survived", "equivalent", "invalid")]
        print(f"| {name} | {' | '.join(map(str, cells))} | {score(row):.1%} |")
    return 1 if is_whole and (unjustified or score(total) < SCORE_MIN) else 0


def score(counts: Counter[str]) -> float:
    """Return the part of the valid mutants that was killed."""
    return counts["killed"] / max(1, counts["killed"] + counts["survived"])


if __name__ == "__main__":
    sys.exit(main())
