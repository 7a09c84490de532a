"""How answers are scored against the nearest of their references, or all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.task.metric import MetricValues
from ptrnet_tasks.text.encoding import known
from ptrnet_tasks.text.metrics import MEASURES, compare
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
