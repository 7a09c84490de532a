"""Where the tests' files lie: the checkout, its samples, and the published data beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
ROOT = TESTS.parent
SAMPLES = TESTS / "samples"
SHARED = ROOT.parent / "shared" / "data"
"""Published data beside the checkout, which most clones have not."""

needs_data = pytest.mark.skipif(
    not SHARED.is_dir(), reason=f"the published data is not at {SHARED}"
)
