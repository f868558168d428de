"""Libraries that are preloaded into a server to make its world go wrong."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def preloaded(name: str, folder: Path) -> str:
    """Builds one of the libraries in a folder and gives its path; skips the test where there is no C compiler."""
    if shutil.which("cc") is None:
        pytest.skip("there is no C compiler to build what is preloaded with")
    library = folder / f"{name}.so"
    source = Path(__file__).parent / f"{name}.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True, timeout=60)
    return str(library)
