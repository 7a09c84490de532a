"""Notebooks run from top to bottom, and what they keep is what such a run leaves."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from tests.locations import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LARGEST = 400_000
"""Bytes of a notebook: a page of outputs, not an archive."""

MACHINE = r"""(?:^|[\s'"(=])(?:/[A-Za-z_.][\w.-]*){2,}|[A-Z]:\\|0x[0-9a-f]{6,}"""
"""A path from the root on, and an address in memory."""

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def code_of(path: Path) -> list[NotebookNode]:
    """Its code cells, those without a character left out."""
    cells = nbformat.read(path, as_version=4).cells
    return [cell for cell in cells if cell.cell_type == "code" and cell.source.strip()]


def texts_of(cell: NotebookNode) -> list[str]:
    """Everything in a cell's outputs that a reader sees as words."""
    data = [output.get("data", {}) for output in cell.outputs]
    shown = [text for kinds in data for kind, text in kinds.items() if kind.startswith("text/")]
    return shown + [output.text for output in cell.outputs if output.output_type == "stream"]


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.slow
@each_notebook
def test_a_notebook_runs_from_top_to_bottom(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "OMP_NUM_THREADS": "1",
        "PTRNET_NOTEBOOK_BUDGET": "1",
        # Settings and kernels of whoever runs the tests would stand before those of this Python.
        **dict.fromkeys(("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR"), str(tmp_path)),
        "JUPYTER_PREFER_ENV_PATH": "1",
    }.items():
        monkeypatch.setenv(name, value)
    notebook, folder = nbformat.read(path, as_version=4), {"metadata": {"path": str(tmp_path)}}
    # Raises CellExecutionError with the traceback of the cell that fails.
    NotebookClient(notebook, timeout=1200, kernel_name="python3", resources=folder).execute()


@each_notebook
def test_every_cell_was_run_once_in_order(path: Path) -> None:
    counts = [cell.execution_count for cell in code_of(path)]
    assert counts == list(range(1, len(counts) + 1))


@each_notebook
def test_pictures_are_kept(path: Path) -> None:
    outputs = [output for cell in code_of(path) for output in cell.outputs]
    assert any("image/png" in output.get("data", {}) for output in outputs)


@each_notebook
def test_nothing_went_wrong_in_what_is_kept(path: Path) -> None:
    outputs = [output for cell in code_of(path) for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output for output in outputs if output.get("name") == "stderr"]


@each_notebook
def test_what_is_kept_is_small_and_knows_no_folder_of_a_machine(path: Path) -> None:
    assert path.stat().st_size < LARGEST
    words = "\n".join(text for cell in code_of(path) for text in texts_of(cell))
    assert not re.search(MACHINE, words)


@each_notebook
def test_a_variable_of_the_environment_raises_the_budget(path: Path) -> None:
    first = code_of(path)[0].source
    assert 'BUDGET = int(os.environ.get("PTRNET_NOTEBOOK_BUDGET", "1"))' in first
    assert any("BUDGET" in cell.source for cell in code_of(path)[1:])


@each_notebook
def test_the_first_cell_says_in_words_what_is_seen_and_what_it_costs(path: Path) -> None:
    first = nbformat.read(path, as_version=4).cells[0]
    assert first.cell_type == "markdown"
    assert "You will see" in first.source
    assert "CPU seconds" in first.source
