"""Short names of runs."""

from __future__ import annotations

from pathlib import Path

from ptrnet_suite.reporting.run_labels import short_labels


def test_files_have_the_shortest_names_that_tell_them_apart(tmp_path: Path) -> None:
    def labels(*names: str) -> list[str]:
        return short_labels([tmp_path / name for name in names])

    assert labels("runs/a/best.safetensors", "runs/b/best.safetensors") == ["a", "b"]
    assert labels("g2p.safetensors", "runs/b/last.safetensors") == ["g2p", "b"]
    assert labels("one/x.safetensors", "two/x.safetensors") == ["one/x", "two/x"]
    assert labels("a/seed1/best.safetensors", "b/seed1/best.safetensors") == ["a", "b"]
    assert labels("r/a/x/seed1/best.safetensors", "r/b/y/seed1/best.safetensors") == ["a/x", "b/y"]
    paths = [tmp_path / "a.safetensors", tmp_path / "b" / ".." / "a.safetensors"]
    assert short_labels(paths) == [str(path) for path in paths]
