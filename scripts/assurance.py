"""Install the tools that examine the contracts, apart from all others.

Slither and Halmos bring dozens of packages, some older than the project's, and Forge is large. Only
the targets that run them call this, after `make setup`.
"""

import fcntl
import sys

from bootstrap import (
    BUILD,
    ROOT,
    SetupFailed,
    Step,
    install_locked,
    install_modules,
    make_venv,
    run_step,
)

VENV = BUILD / "assurance/venv"
LOCK = ROOT / "requirements-assurance.lock"
NODE = ROOT / "assurance"


def main() -> int:
    """Install what the locks name, unless that is done."""
    version = "{}.{}".format(*sys.version_info)
    found = [NODE / "package.json", NODE / "package-lock.json"]
    steps = [
        Step("assurance", VENV / "stamp", lambda: [version, LOCK], install_tools),
        Step("forge", NODE / "node_modules/.stamp", lambda: found, lambda: install_modules(NODE)),
    ]
    try:
        with (BUILD / "setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for step in steps:
                run_step(step)
    except SetupFailed as failure:
        print(f"\nsetup  {failure}", file=sys.stderr)
        return 1
    return 0


def install_tools() -> None:
    """Make the environment and fill it."""
    VENV.parent.mkdir(parents=True, exist_ok=True)
    make_venv(VENV)
    install_locked(LOCK, VENV)


if __name__ == "__main__":
    sys.exit(main())
