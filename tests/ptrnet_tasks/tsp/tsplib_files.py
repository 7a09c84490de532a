"""TSPLIB files that are written by hand."""

from __future__ import annotations

from pathlib import Path


def file_of(folder: Path, text: str, name: str = "small.tsp") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def explicit(layout: str, numbers: list[int], size: int) -> str:
    return (
        f"NAME : a\nTYPE : TSP\nDIMENSION : {size}\nEDGE_WEIGHT_TYPE : EXPLICIT\n"
        f"EDGE_WEIGHT_FORMAT : {layout}\nEDGE_WEIGHT_SECTION\n"
        # Published files break lines anywhere.
        + "\n".join(" ".join(map(str, numbers[at : at + 7])) for at in range(0, len(numbers), 7))
        + "\nEOF\n"
    )
