"""Numbers of low precision, where they are fast."""

from __future__ import annotations

import pytest
import torch

from ptrnet_suite.runtime import precision


@pytest.mark.parametrize(("flags", "fast"), [({"avx2"}, False), ({"avx2", "amx_bf16"}, True)])
def test_bfloat16_is_used_where_the_processor_has_it(
    flags: set[str], fast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision, "processor", lambda: ("some processor", flags))
    assert precision.fast_bfloat16(torch.device("cpu")) is fast
    assert not precision.fast_bfloat16(torch.device("mps"))
