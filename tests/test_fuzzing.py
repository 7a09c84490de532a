"""No input makes a reader do more than read it or refuse it, in one sentence."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.broken_inputs import mutated
from tests.fuzzing import READERS, check_seed, whole
from tests.reading import MOST_BYTES, try_input

resource = pytest.importorskip("resource")
SEEDS = st.integers(0, 2**63)


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def expect_no_finding(name: str, folder, examples: int) -> None:
    """Reads so many broken inputs of a reader."""
    before = peak()

    # A smaller seed is no simpler input, so that there is nothing to shrink.
    @settings(
        max_examples=examples,
        deadline=None,
        phases=[Phase.explicit, Phase.reuse, Phase.generate],
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(SEEDS)
    def read(seed: int) -> None:
        outcome = check_seed(name, seed, folder)
        assert not outcome.is_finding, outcome

    read()
    assert peak() - before < MOST_BYTES


@pytest.mark.parametrize("name", READERS)
def test_whole_inputs_are_accepted(name, tmp_path):
    for data in whole(name):
        assert try_input(READERS[name], data, tmp_path).verdict == "accepted"


@pytest.mark.parametrize("name", READERS)
def test_hundreds_of_broken_inputs_are_read_or_refused(name, tmp_path):
    expect_no_finding(name, tmp_path, 100)


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_thousands_of_broken_inputs_are_read_or_refused(name, tmp_path):
    expect_no_finding(name, tmp_path, 3000)


def test_a_seed_makes_one_input_and_most_are_broken(tmp_path):
    for name in READERS:
        inputs = [mutated(whole(name), seed) for seed in range(60)]
        assert inputs == [mutated(whole(name), seed) for seed in range(60)]
        verdicts = [try_input(READERS[name], data, tmp_path).verdict for data in inputs]
        assert {"accepted", "refused"} <= set(verdicts), name
        assert len({bytes(data) for data in inputs}) > 30, name
