"""Numbers of low precision, where they are asked for."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.precision import matrix_products


def test_products_are_in_the_precision_named_and_weights_come_back_to_the_last_bit() -> None:
    layer, inputs = nn.Linear(3, 2).requires_grad_(False), torch.randn(5, 3)
    before = layer.weight.clone()
    with matrix_products("bfloat16", "cpu", [layer]):
        assert layer.weight.dtype == torch.bfloat16
        assert layer(inputs).dtype == torch.bfloat16
    assert torch.equal(layer.weight, before)
    with matrix_products("float32", "cpu", [layer]):
        assert layer(inputs).dtype == torch.float32


def test_another_precision_is_refused() -> None:
    with pytest.raises(InputError, match="'int8' is not known"), matrix_products("int8", "cpu"):
        pass
