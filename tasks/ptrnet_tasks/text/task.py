"""Text to text: a word to its phones, a string backwards, or whatever pairs a file holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, final

import numpy as np

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.constraint import Constraint
from ptrnet_suite.task.constraints import UntilEnd
from ptrnet_suite.task.formats import Formats
from ptrnet_suite.task.metric import Metric, MetricValues
from ptrnet_suite.task.presenter import Presenter
from ptrnet_suite.task.reference import Reference
from ptrnet_suite.task.spec import Spec
from ptrnet_tasks.text import rules
from ptrnet_tasks.text.copying import check_copying, decode_copies
from ptrnet_tasks.text.encoding import (
    all_of,
    batch_of,
    check_tokens,
    encoded,
    is_streamed,
    resplit,
)
from ptrnet_tasks.text.formats import TextFormats
from ptrnet_tasks.text.metrics import MEASURES
from ptrnet_tasks.text.presenter import TextPresenter
from ptrnet_tasks.text.problems import FILE_METRICS, PROBLEMS, check_choice
from ptrnet_tasks.text.readings import readings_of
from ptrnet_tasks.text.scoring import scores
from ptrnet_tasks.text.sources import named_data
from ptrnet_tasks.text.sources.lexicon import without_stress
from ptrnet_tasks.text.sources.pairs import counted
from ptrnet_tasks.text.vocabularies import (
    SubwordOptions,
    additions,
    check_phones_apart,
    continued,
    learnt,
    make_sides,
    with_own_phones,
)
from ptrnet_tasks.text.vocabulary import Case, Level, Vocabulary

MOST_TOKENS = 65536
"""Most that an answer may have: a model that never chooses END writes as many."""


@final
class Text(Task):
    """Parallel text: inputs are strings, solutions lists of accepted strings, answers strings.

    An example of problem g2p: `ABSOLVES` has the solutions `AE B Z AA L V Z` and
    `AH B Z AA L V Z`.

    problem: a key of `problems.PROBLEMS`.
    source_vocabulary, target_vocabulary: tokens by id; `<unk>` and `</s>` stand or are put first.
    source_level, target_level: `characters`, `tagged`, `words` or `subwords`.
    case: `keep`, `lower` or `upper`, for both sides; target_case: of the target alone. Left out,
    g2p has capitals, save phones that are not the CMU dictionary's.
    smallest_count: how often training data must hold a token for the vocabulary to take it in.
    longest: most tokens that an answer may have, END included.
    subword_size, shared_subwords: most subwords of a side, and whether both sides have the same.
    subword_dropout: share of merges that training leaves out at random, BPE-dropout.
    source_subwords, target_subwords: what was learnt, base64; left out, training data is asked.
    copying: whether tokens of the source may be copied, also such as the target does not know.
    What is left out (None) comes from the problem. Raises InputError for an unknown value.
    """

    name = "text"
    summary = "text to text: graphemes to phonemes, translation, SCAN, reverse, any pairs"
    example = "HELLO -> HH AH L OW"

    def __init__(
        self,
        problem: str = "reverse",
        source_vocabulary: Sequence[str] | None = None,
        target_vocabulary: Sequence[str] | None = None,
        source_level: Level | None = None,
        target_level: Level | None = None,
        case: Case | None = None,
        smallest_count: int = 1,
        longest: int = 200,
        subword_size: int = 4000,
        shared_subwords: bool = False,
        subword_dropout: float = 0.0,
        source_subwords: str = "",
        target_subwords: str = "",
        copying: bool = False,
        target_case: Case | None = None,
    ) -> None:
        check_choice("problem", problem, PROBLEMS)
        self.problem, self._defaults = problem, PROBLEMS[problem]
        if smallest_count < 1:
            accepted = "accepted are whole numbers from 1 on"
            raise InputError(f"smallest_count is {smallest_count}; {accepted}")
        if not 1 <= longest <= MOST_TOKENS:
            accepted = f"accepted are whole numbers from 1 to {MOST_TOKENS}"
            raise InputError(f"longest is {longest}; {accepted}")
        self.smallest_count, self.longest = smallest_count, longest
        self.subwords = SubwordOptions(
            subword_size, shared_subwords, subword_dropout, source_subwords, target_subwords
        )
        tokens, levels = (source_vocabulary, target_vocabulary), (source_level, target_level)
        sides = make_sides(self._defaults, tokens, levels, case, target_case)
        self.sides = self.subwords.split(sides)
        given = (target_vocabulary, case, target_case)
        self._keeps_case = False
        self._finds_phones = self._defaults.layout == "lexicon" and given == (None, None, None)
        self.copying = copying
        if copying:
            check_copying(*self.sides)

    @property
    def source_vocabulary(self) -> Vocabulary:
        """What it reads."""
        return self.sides.source

    @property
    def target_vocabulary(self) -> Vocabulary:
        """What it writes."""
        return self.sides.target

    @classmethod
    def from_training_data(cls, instances: Instances, **options: Any) -> Text:
        """The task of these options, its vocabularies extended by what the data holds.

        Raises InputError as the constructor does.
        """
        return cls(**options)._learnt(instances)

    def _learnt(self, instances: Instances) -> Text:
        sides = with_own_phones(self.sides, instances) if self._finds_phones else self.sides
        if self._keeps_case:
            check_phones_apart(sides.target, instances)
        task = Text(**self.options())
        task.sides = learnt(sides, instances, self.smallest_count, self.subwords)
        return task

    def fitted(self, sources: Sequence[str]) -> Text:
        """The task with its vocabularies extended by what all sources hold."""
        if not sources:
            return self
        # As they are written: what is to be learnt from them is not yet known.
        data = all_of([self._as_written(name) for name in sources])
        return self._learnt(data)

    def continued(self, earlier: Task) -> Text:
        """The task with an earlier one's vocabularies, its own further tokens behind them.

        Raises InputError for texts at other levels, in another case or with other subwords.
        """
        if not isinstance(earlier, Text):
            raise InputError(f"{earlier.name} is another task than {self.name}")
        task = Text(**self.options())
        task.sides = continued(self.sides, earlier.sides, self._finds_phones)
        shared = bool(task.sides.subword_sides) and earlier.subwords.shared
        task._keeps_case = self._finds_phones
        task.subwords = replace(self.subwords, shared=shared)
        return task

    def additions_to(self, earlier: Task) -> str:
        return additions(self.sides, earlier.sides) if isinstance(earlier, Text) else ""

    # The problem decides what is measured, so the class cannot know it.
    @property
    def metrics(self) -> tuple[Metric, ...]:  # type: ignore[override]
        """The problem's metrics; the first decides which checkpoint is best."""
        return tuple(MEASURES[name].metric for name in self._measures())

    @property
    def spec(self) -> Spec:
        words, choices = len(self.source_vocabulary), len(self.target_vocabulary)
        return Spec("tokens", words, "vocabulary", choices, ends=True, copies=self.copying)

    def options(self) -> dict[str, Any]:
        source, target = self.sides
        return {
            "problem": self.problem,
            "source_vocabulary": source.listed,
            "target_vocabulary": target.listed,
            "source_level": source.level,
            "target_level": target.level,
            "case": source.case,
            "smallest_count": self.smallest_count,
            "longest": self.longest,
            "copying": self.copying,
            **({} if target.case == source.case else {"target_case": target.case}),
            **self.subwords.options(self.sides),
        }

    @property
    def formats(self) -> Formats:
        return TextFormats(self.sides, self._defaults.layout, self.copying)

    @property
    def presenter(self) -> Presenter:
        return TextPresenter(self.spec, self.sides)

    def constraint(self) -> Constraint:
        return UntilEnd(self.longest, self._defaults.ratio)

    def generate(
        self, size: int, count: int, seed: int, distribution: str = "uniform"
    ) -> Instances:
        """Texts of `size` letters or digits; for g2p, words of `size` letters of cmudict:valid.

        Raises InputError for a problem that has no generator, and for a size without texts.
        """
        check_choice("distribution", distribution, self.distributions)
        return rules.generated(self.problem, self.source_vocabulary, size, count, seed)

    def label(self, instances: Instances) -> Instances:
        """Adds the true answers: the rule's, or the dictionary's for g2p.

        Solutions that are there stay. Raises InputError for a word that is not in the dictionary.
        """
        return rules.labelled(instances, self.problem, *self.sides)

    def referenced(self, instances: Instances) -> Instances:
        """The instances with their known answers; for g2p those of the words in the dictionary.

        Raises InputError where none is known.
        """
        return rules.referenced(instances, self.problem, *self.sides)

    def source(self, name: str) -> Instances:
        """A file, `cmudict:train|valid|test` or `FILE:train|valid|test`, with targets.

        Raises InputError for another name and for sources without known targets.
        """
        written = self._as_written(name)
        lexicon = self._defaults.layout == "lexicon"
        return without_stress(written, self.target_vocabulary) if lexicon else written

    def _as_written(self, name: str) -> Instances:
        return self.label(named_data.named(name, self._defaults.layout))

    def counted(self, instances: Instances) -> Instances:
        return counted(instances)

    def files(self, name: str) -> Sequence[Path]:
        return named_data.files_of(name)

    def lengths(self, instances: Instances) -> np.ndarray:
        """Tokens of each source, `(count,)`."""
        ids = instances.columns.get("source_ids")
        texts = list(readings_of(instances))
        return np.array([*map(len, ids or self.source_vocabulary.encode(texts))])

    def prepare(self, instances: Instances) -> Instances:
        """The instances, checked, with ids in the columns `source_ids` and `target_ids`.

        `batch` takes ids from there, so training encodes once; what is streamed from a file it
        encodes anew each time. Raises InputError as `check`.
        """
        if is_streamed(instances):
            check_tokens(instances, *self.sides)
            return instances
        self.formats.check(instances)
        return encoded(instances, *self.sides, self.copying)

    def batch(self, instances: Instances, rng: np.random.Generator | None = None) -> Batch:
        """Token ids; the target is the first reference, or with `rng` one drawn for each."""
        if rng is not None and self.subwords.dropout > 0:
            split = resplit(instances, *self.sides, self.subwords.dropout, rng)
            return batch_of(split, None)
        labelled = instances.solutions is not None
        if ("target_ids" if labelled else "source_ids") not in instances.columns:
            instances = encoded(instances, *self.sides, self.copying)
        return batch_of(instances, rng)

    def answers(self, instances: Instances, choices: Sequence[np.ndarray]) -> list[str]:
        """The texts that the choices say; blank for an input that could not be read."""
        pairs = zip(choices, readings_of(instances), strict=True)
        return [self._answer(row, text) if text.strip() else "" for row, text in pairs]

    def _answer(self, choices: np.ndarray, text: str) -> str:
        if not self.copying:
            return self.target_vocabulary.decode(choices)
        source = self.source_vocabulary.tokenise(text)
        return decode_copies(choices, source, self.target_vocabulary)

    def evaluate(self, instances: Instances, answers: Sequence[str]) -> Mapping[str, MetricValues]:
        """Scores against the known references of each instance; none without references."""
        return scores(instances, answers, self.target_vocabulary, self._measures())

    def references(self) -> Mapping[str, Reference]:
        return rules.references(self.problem, *self.sides)

    def _measures(self) -> tuple[str, ...]:
        return self._defaults.metrics or FILE_METRICS[self.target_vocabulary.level]
