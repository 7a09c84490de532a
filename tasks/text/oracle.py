"""Who knows the answers: the rule that made a string, the dictionary, or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from ptrnet_suite.data import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task import Reference
from tasks.text.g2p import look_up
from tasks.text.generated import TRUE_ANSWER
from tasks.text.letter_baseline import pronounce
from tasks.text.vocabulary import Vocabulary


def labelled(
    instances: Instances, problem: str, source: Vocabulary, target: Vocabulary
) -> Instances:
    """The instances with solutions; those that are there stay.

    Raises InputError for a word that is not in the dictionary, and where nobody knows.
    """
    if instances.solutions is not None:
        return instances
    if problem == "g2p":
        return look_up(instances)
    if problem not in TRUE_ANSWER:
        raise InputError(f"{instances.source} has no targets; accepted is 'source<TAB>target'")
    answers = true_answers(instances, problem, source, target)
    return instances.with_solutions([[answer] for answer in answers])


def true_answers(
    instances: Instances, problem: str, source: Vocabulary, target: Vocabulary
) -> list[str]:
    """What the problem's rule makes of each source."""
    rule = TRUE_ANSWER[problem]
    return [target.join(rule(source.tokenise(text))) for text in instances.inputs]


def references(problem: str, source: Vocabulary, target: Vocabulary) -> Mapping[str, Reference]:
    """The rule itself; for g2p a baseline without a network; nothing for files."""
    if problem in TRUE_ANSWER:
        rule = partial(true_answers, problem=problem, source=source, target=target)
        return {"rule": Reference("rule", f"the {problem} itself", rule, exact=True)}
    if problem == "g2p":
        told = "most frequent phone of each letter between its neighbours, from cmudict:train"
        return {"letter_majority": Reference("letter_majority", told, pronounce)}
    return {}
