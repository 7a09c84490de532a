"""Answers beside the nearest of their references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.metric import MetricValues
from ptrnet_tasks.text.encoding import known
from ptrnet_tasks.text.metrics import MEASURES, compare, nearest
from ptrnet_tasks.text.vocabulary import Vocabulary


def scores(
    instances: Instances, answers: Sequence[str], target: Vocabulary, measures: Sequence[str]
) -> Mapping[str, MetricValues]:
    """Each of the measures; none where no references are known."""
    if instances.solutions is None:
        return {}
    compared = compare(
        [target.units(answer) for answer in answers],
        [[target.units(text) for text in references] for references in known(instances)],
        target.joiner,
        target.case == "keep",
    )
    return {MEASURES[name].metric.name: MEASURES[name].score(compared) for name in measures}


def nearest_reference(
    answer: str, references: Sequence[str], target: Vocabulary
) -> tuple[int, Sequence[str]]:
    """Fewest edits to a reference, and its units."""
    return nearest(target.units(answer), [target.units(text) for text in references])


def described(instances: Instances, index: int, answer: str, target: Vocabulary) -> str:
    """`WORD -> PH ON ES`, and the nearest reference where the answer is none of them."""
    told = f"{instances.inputs[index]} -> {answer}"
    if instances.solutions is None:
        return told
    edits, reference = nearest_reference(answer, instances.solutions[index], target)
    return told if edits == 0 else f"{told} (reference: {target.joiner.join(reference)})"
