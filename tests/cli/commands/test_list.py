"""`ptrnet list`: what there is to use."""

from __future__ import annotations


def test_list_shows_tasks_checkpoints_searches_and_solvers(monkeypatch, checkpoints, ptrnet):
    monkeypatch.setattr("ptrnet_suite.model.checkpoint_files.shipped", lambda: checkpoints)
    ran = ptrnet("list")
    assert ran.code == 0
    for word in ("sorting", "convex_hull", "tsp", "text", "beam:", "fast-tsp", "clustered"):
        assert word in ran.out
    row = next(line for line in ran.out.splitlines() if line.split()[:2] == ["tsp", "tsp"])
    assert "5 to 10" in row
    assert "50.00 %" in row
