"""Install the tools that examine the contracts, in a virtual environment of their own.

Slither and Halmos bring dozens of packages, some older than the project's. Only the targets that
run them call this, after `make setup`.
"""

import fcntl
import sys

from bootstrap import (
    BUILD,
    ROOT,
    SetupFailed,
    Step,
    install_locked,
    make_venv,
    run_step,
)

VENV = BUILD / "assurance/venv"
LOCK = ROOT / "requirements-assurance.lock"


def main() -> int:
    """Install what the lock names, unless that is done."""
    version = "{}.{}".format(*sys.version_info)
    step = Step("assurance", VENV / "stamp", lambda: [version, LOCK], install_tools)
    try:
        with (BUILD / "setup.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
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
