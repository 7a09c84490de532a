"""Virtual environments for peers, one each, so that what they pin touches nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

ONE_THREAD = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
}
"""What makes every library that is measured here run on one thread."""


def environment(
    folder: Path, packages: Sequence[str], dependencies: bool = True, shares: bool = False
) -> Path:
    """The Python of a virtual environment with these packages; made when it is not there yet.

    Without `dependencies` nothing but the packages is installed. `shares`: what is missing there
    is taken from the environment that runs this, such as its torch.
    """
    folder = folder.absolute()
    python, ready = folder / "bin" / "python", folder / ".ready"
    if ready.is_file() and ready.read_text(encoding="utf-8").split("\n") == list(packages):
        return python
    print(f"making {folder} with {', '.join(packages)}", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    install = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*install, *([] if dependencies else ["--no-deps"]), *packages], check=True)
    if shares:
        # A .pth file puts the folder behind the environment's own, whose versions thus win.
        shared = f"{sysconfig.get_path('purelib')}\n"
        (site_packages(python) / "shared.pth").write_text(shared, encoding="utf-8")
    ready.write_text("\n".join(packages), encoding="utf-8")
    return python


def site_packages(python: Path) -> Path:
    """Where an environment keeps its packages."""
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(output_of([python, "-c", code]).strip())


def output_of(command: Sequence[str | Path], text: str = "", **variables: str) -> str:
    """What a command says, errors included only when it fails, on one thread.

    text: its input; variables: for its environment. Raises RuntimeError with the end of what it
    said when it fails.
    """
    return finished(command, text, **variables).stdout


def finished(
    command: Sequence[str | Path], text: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """The same with both of its outputs apart."""
    inside = {**os.environ, **ONE_THREAD, **variables}
    words = [str(word) for word in command]
    done = subprocess.run(words, input=text, env=inside, capture_output=True, text=True)
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).splitlines()[-20:])
        raise RuntimeError(f"{words[0]} failed with exit code {done.returncode}:\n{said}")
    return done


def version_of(python: Path, package: str) -> str:
    """The version of a package in an environment."""
    code = "import sys, importlib.metadata as found; print(found.version(sys.argv[1]))"
    return output_of([python, "-c", code, package]).strip()
