"""What X12 and EDIFACT are otherwise split with: pydifact, and loops one writes in an afternoon."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "build/bench/pydifact"
REQUIREMENT: Final = "pydifact==0.2.3"


def pydifact() -> Callable[[str], int] | None:
    """Install pydifact beside the build, and give its tokenizer; none where it cannot be had."""
    if not (FOLDER / "pydifact").is_dir():
        uv = [str(ROOT / ".venv/bin/uv"), "pip", "install", "--quiet", "--no-deps"]
        target = ["--python", sys.executable, "--target", str(FOLDER), REQUIREMENT]
        if subprocess.run([*uv, *target], capture_output=True, check=False).returncode != 0:
            return None
    sys.path.append(str(FOLDER))
    from pydifact.parser import Parser  # type: ignore[import-not-found]

    def split(text: str) -> int:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return sum(1 for _ in Parser().parse(text))

    return split


def walk(text: str, element: str, terminator: str, release: str = "") -> int:
    """Split as a loop over characters does."""
    segments, piece, elements, is_released = 0, "", [], False
    for character in text:
        if is_released or (character != release and character not in (element, terminator)):
            piece += character
            is_released = False
        elif character == release:
            is_released = True
        elif character == element:
            elements.append(piece)
            piece = ""
        else:
            segments, piece, elements = segments + 1, "", []
    return segments
