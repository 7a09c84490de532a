"""Who knows the answers: the rule that made a string, the dictionary, or nobody."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.reference import Reference
from ptrnet_tasks.text.letter_baseline import pronounce
from ptrnet_tasks.text.readings import readings_of
from ptrnet_tasks.text.sources.g2p import look_up, sample_words
from ptrnet_tasks.text.sources.generated import RULES
from ptrnet_tasks.text.sources.lexicon import PHONES, is_arpabet, unstressed
from ptrnet_tasks.text.vocabulary import Vocabulary


def generated(problem: str, source: Vocabulary, size: int, count: int, seed: int) -> Instances:
    """Texts of a problem that has a rule, or words of the dictionary, without answers.

    Raises InputError for a problem that is not generated and for a size that it cannot have.
    """
    if size < 1 or count < 1:
        raise InputError(f"size {size} and count {count}: accepted are whole numbers from 1 on")
    if problem == "g2p":
        return sample_words(size, count, seed)
    if problem not in RULES:
        raise InputError(
            f"text of problem {problem!r} is not generated; accepted are files of pairs"
        )
    return Instances(RULES[problem].sample(source, size, count, np.random.default_rng(seed)))


def labelled(
    instances: Instances, problem: str, source: Vocabulary, target: Vocabulary
) -> Instances:
    """The instances with solutions; those that are there stay.

    Raises InputError for a word that is not in the dictionary, and where nobody knows.
    """
    found = referenced(instances, problem, source, target)
    if problem == "g2p" and instances.solutions is None:
        pairs = zip(instances.inputs, found.solutions or (), strict=True)
        missing = next((word for word, known in pairs if not known), None)
        if missing is not None:
            raise InputError(
                f"{missing.upper()!r} is not in the CMU dictionary; accepted are its words"
            )
    return found


def referenced(
    instances: Instances, problem: str, source: Vocabulary, target: Vocabulary
) -> Instances:
    """The instances with the solutions that are known of them; those that are there stay.

    For g2p a note says which words the dictionary has. Raises InputError where nobody knows any.
    """
    if instances.solutions is not None:
        return instances
    if problem == "g2p":
        if not is_arpabet(target.alphabet):
            raise InputError(
                f"{instances.source} has no phones, and those of this model are not the CMU "
                "dictionary's; accepted is 'word<TAB>phones'"
            )
        stress = any(phone != unstressed(phone) for phone in target.alphabet)
        return look_up(instances, readings_of(instances), stress)
    if problem not in RULES:
        raise InputError(f"{instances.source} has no targets; accepted is 'source<TAB>target'")
    answers = true_answers(instances, problem, source, target)
    return instances.with_solutions([[answer] for answer in answers])


def true_answers(
    instances: Instances, problem: str, source: Vocabulary, target: Vocabulary
) -> list[str]:
    """What the problem's rule makes of each source."""
    rule = RULES[problem]
    return [rule.answer(text, source, target) for text in instances.inputs]


def references(problem: str, source: Vocabulary, target: Vocabulary) -> Mapping[str, Reference]:
    """The rule itself; for g2p a baseline without a network; nothing for files."""
    if problem in RULES:
        rule = partial(true_answers, problem=problem, source=source, target=target)
        return {"rule": Reference("rule", f"the {problem} itself", rule, exact=True)}
    if problem == "g2p" and set(target.alphabet) <= set(PHONES):
        description = "most frequent phone of each letter between its neighbours in cmudict:train"
        return {"letter_majority": Reference("letter_majority", description, pronounce)}
    return {}
