"""State of a run: what is written comes back, and what is no state is refused in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file

from ptrnet_suite.errors import InputError
from ptrnet_suite.training.state_file import HEADER, read_state, write_state

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.text() | st.integers(), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(PLAIN)
@settings(max_examples=60, deadline=None)
def test_what_is_written_comes_back(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    path = tmp_path_factory.getbasetemp() / "state.safetensors"
    write_state(path, value)
    assert repr(read_state(path)) == repr(value)


def test_tensors_come_back_bit_by_bit_also_those_that_share_memory(tmp_path: Path) -> None:
    whole = torch.tensor([[0.1, float("nan")], [-0.0, float("inf")]])
    parts = {0: whole, "row": whole[1], "low": whole.bfloat16(), "seen": torch.tensor([True])}
    write_state(tmp_path / "state", [parts, (torch.tensor(3),)])
    again, (three,) = read_state(tmp_path / "state")
    for name, tensor in parts.items():
        assert again[name].dtype == tensor.dtype
        assert (
            again[name].numpy(force=True).tobytes() == tensor.numpy(force=True).tobytes()
            if (tensor.dtype != torch.bfloat16)
            else bool(torch.equal(again[name].isnan(), tensor.isnan()))
        )
    assert three.shape == ()


@pytest.mark.parametrize("value", [object(), {1.5: 2}, {"a": {3j}}])
def test_what_could_not_come_back_is_refused_before_anything_is_written(
    tmp_path: Path, value: Any
) -> None:
    with pytest.raises(InputError, match="a run's state"):
        write_state(tmp_path / "state", value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kept", [0, 1, 7, 8, 50, -1])
def test_a_file_that_is_cut_is_told_in_one_sentence(tmp_path: Path, kept: int) -> None:
    path = tmp_path / "state"
    write_state(path, {"weight": torch.ones(9)})
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(InputError, match="no state of a run, or damaged") as told:
        read_state(path)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "{",
        "[1]",
        "[" * 100_000,
        '{"tensor": "absent"}',
        '{"tensor": ["absent"]}',
        '{"items": [[["unhashable"], 1]]}',
        '{"items": [["alone"]]}',
        '{"list": 3}',
        '{"list": [], "tuple": []}',
        json.dumps({"list": {"list": []}}),
    ],
)
def test_a_header_that_no_run_wrote_is_told_in_one_sentence(
    tmp_path: Path, header: str | None
) -> None:
    metadata = {} if header is None else {HEADER: header}
    save_file({"weight": torch.ones(1)}, tmp_path / "state", metadata)
    with pytest.raises(InputError, match="no state of a run, or damaged"):
        read_state(tmp_path / "state")
