"""Text to text: a word to its phones, a string backwards, or whatever pairs a file holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, final

import numpy as np

from ptrnet_suite.constraints import Constraint, UntilEnd
from ptrnet_suite.data import Batch, Instances
from ptrnet_suite.errors import InputError
from ptrnet_suite.task import BenchCase, Metric, Reference, Score, Spec, Task
from tasks.text import drawing, g2p, named_data, oracle
from tasks.text.encoding import batch_of, encoded, known, together
from tasks.text.files import read_pairs, write_pairs
from tasks.text.generated import TRUE_ANSWER, sample_tokens
from tasks.text.metrics import MEASURES, compare, nearest
from tasks.text.problems import FILE_METRICS, PROBLEMS, check_choice
from tasks.text.vocabulary import Case, Level, Vocabulary

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@final
class Text(Task):
    """Parallel text: inputs are strings, solutions lists of accepted strings, answers strings.

    An example of problem g2p: `ABSOLVES` has the solutions `AE B Z AA L V Z` and
    `AH B Z AA L V Z`.

    problem: `reverse`, `copy`, `g2p`, or `files` for any pairs of texts.
    source_vocabulary, target_vocabulary: tokens by id; `<unk>` and `</s>` stand or are put first.
    source_level, target_level: `characters` or `words`.
    case: `keep`, `lower` or `upper`, for both sides.
    smallest_count: how often training data must hold a token for the vocabulary to take it in.
    longest: most tokens that an answer may have, END included.
    What is left out (None) comes from the problem. Raises InputError for an unknown value.
    """

    name = "text"
    summary = "text to text: graphemes to phonemes, reverse, copy, any tab-separated pairs"
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
    ) -> None:
        check_choice("problem", problem, PROBLEMS)
        defaults = PROBLEMS[problem]
        source_level = source_level or defaults.source_level
        target_level = target_level or defaults.target_level
        case = case or defaults.case
        check_choice("source_level", source_level, ("characters", "words"))
        check_choice("target_level", target_level, ("characters", "words"))
        check_choice("case", case, ("keep", "lower", "upper"))
        for name, value in (("smallest_count", smallest_count), ("longest", longest)):
            if value < 1:
                raise InputError(f"{name} is {value}; accepted are whole numbers from 1 on")
        self.problem, self._defaults = problem, defaults
        self.smallest_count, self.longest = smallest_count, longest
        source = defaults.source if source_vocabulary is None else source_vocabulary
        target = defaults.target if target_vocabulary is None else target_vocabulary
        closed = defaults.closed
        self.source_vocabulary = Vocabulary.of("source", source, source_level, case, closed)
        self.target_vocabulary = Vocabulary.of("target", target, target_level, case, closed)

    @classmethod
    def from_training_data(cls, instances: Instances, **options: Any) -> Text:
        """The task of these options, its vocabularies extended by the tokens of the data.

        Raises InputError as the constructor does.
        """
        bare = cls(**options)
        targets = chain.from_iterable(known(instances))
        source = bare.source_vocabulary.extended(instances.inputs, bare.smallest_count)
        target = bare.target_vocabulary.extended(targets, bare.smallest_count)
        found = {"source_vocabulary": source.tokens, "target_vocabulary": target.tokens}
        return cls(**{**bare.options(), **found})

    def fitted(self, sources: Sequence[str]) -> Text:
        """The task with its vocabularies extended by the tokens of all sources."""
        if not sources:
            return self
        data = together([self.source(name) for name in sources])
        return Text.from_training_data(data, **self.options())

    # The problem decides what is measured, so the class cannot know it.
    @property
    def metrics(self) -> tuple[Metric, ...]:  # type: ignore[override]
        """The problem's metrics; the first decides which checkpoint is best."""
        return tuple(MEASURES[name].metric for name in self._measures())

    @property
    def spec(self) -> Spec:
        words, choices = len(self.source_vocabulary), len(self.target_vocabulary)
        return Spec("tokens", words, "vocabulary", choices, ends=True)

    def options(self) -> dict[str, Any]:
        return {
            "problem": self.problem,
            "source_vocabulary": list(self.source_vocabulary.tokens),
            "target_vocabulary": list(self.target_vocabulary.tokens),
            "source_level": self.source_vocabulary.level,
            "target_level": self.target_vocabulary.level,
            "case": self.source_vocabulary.case,
            "smallest_count": self.smallest_count,
            "longest": self.longest,
        }

    def constraint(self) -> Constraint:
        return UntilEnd(self.longest, self._defaults.ratio)

    def generate(
        self, size: int, count: int, seed: int, distribution: str = "uniform"
    ) -> Instances:
        """Strings of `size` letters; for g2p, words of `size` letters of cmudict:valid.

        Raises InputError for `files`, which has no generator, and for a size without words.
        """
        check_choice("distribution", distribution, self.distributions)
        if size < 1 or count < 1:
            raise InputError(f"size {size} and count {count}: accepted are whole numbers from 1 on")
        if self.problem == "g2p":
            return g2p.sample_words(size, count, seed)
        if self.problem not in TRUE_ANSWER:
            raise InputError(
                "text of problem 'files' is not generated; accepted are files of pairs"
            )
        rows = sample_tokens(self.source_vocabulary.alphabet, size, count, seed)
        return Instances([self.source_vocabulary.join(row) for row in rows])

    def label(self, instances: Instances) -> Instances:
        """Adds the true answers: the rule's, or the dictionary's for g2p.

        Solutions that are there stay. Raises InputError for a word that is not in the dictionary.
        """
        return oracle.labelled(instances, *self._sides())

    def source(self, name: str) -> Instances:
        """A file, `cmudict:train|valid|test` or `FILE:train|valid|test`, with targets.

        Raises InputError for another name and for sources without known targets.
        """
        return self.label(named_data.named(name))

    def prepare(self, instances: Instances) -> Instances:
        """The instances, checked, with ids in the columns `source_ids` and `target_ids`.

        `batch` takes ids from there, so training encodes once. Raises InputError as `check`.
        """
        self.check(instances)
        return encoded(instances, self.source_vocabulary, self.target_vocabulary)

    def batch(self, instances: Instances, rng: np.random.Generator | None = None) -> Batch:
        """Token ids; the target is the first reference, or with `rng` one drawn for each."""
        labelled = instances.solutions is not None
        if ("target_ids" if labelled else "source_ids") not in instances.columns:
            instances = encoded(instances, self.source_vocabulary, self.target_vocabulary)
        return batch_of(instances, rng)

    def answers(self, instances: Instances, choices: Sequence[np.ndarray]) -> list[str]:
        return [self.target_vocabulary.decode(row) for row in choices]

    def evaluate(self, instances: Instances, answers: Sequence[str]) -> Mapping[str, Score]:
        """Scores against the nearest reference of each instance; none without references."""
        if instances.solutions is None:
            return {}
        tokens = self.target_vocabulary.tokenise
        compared = compare(
            [tokens(answer) for answer in answers],
            [[tokens(text) for text in references] for references in known(instances)],
            self.target_vocabulary.join(("", "")),
        )
        measures = [MEASURES[name] for name in self._measures()]
        return {measure.metric.name: measure.score(compared) for measure in measures}

    def references(self) -> Mapping[str, Reference]:
        return oracle.references(*self._sides())

    def read(self, path: Path) -> Instances:
        """Reads `source<TAB>target` lines of a file with any suffix; raises InputError."""
        return read_pairs(path)

    def write(self, instances: Instances, path: Path) -> None:
        write_pairs(instances, path)

    def check(self, instances: Instances) -> None:
        """Raises InputError for no instance, an empty text and one with unknown characters."""
        if not len(instances):
            raise InputError(f"{instances.source} holds no text; accepted is one text or more")
        targets = list(chain.from_iterable(known(instances)))
        for side, texts in (("source", instances.inputs), ("target", targets)):
            for text in texts:
                if not isinstance(text, str) or not text.strip():
                    raise InputError(f"{side} {text!r} is empty or no text; accepted is a text")
        self.source_vocabulary.check(instances.inputs)
        self.target_vocabulary.check(targets)

    def describe(self, instances: Instances, index: int, answer: str) -> str:
        """`WORD -> PH ON ES`, and the nearest reference where the answer is none of them."""
        told = f"{instances.inputs[index]} -> {answer}"
        if instances.solutions is None:
            return told
        edits, reference = self._nearest(answer, instances.solutions[index])
        joined = self.target_vocabulary.join(reference)
        return told if edits == 0 else f"{told} (reference: {joined})"

    def plot(
        self,
        instances: Instances,
        index: int,
        answer: str,
        reference: str | Sequence[str] | None = None,
        ax: Axes | None = None,
    ) -> Axes:
        """Source, answer and the nearest reference, token under token, with edits marked."""
        tokens = None
        if reference is not None:
            references = [reference] if isinstance(reference, str) else reference
            tokens = self._nearest(answer, references)[1]
        source = self.source_vocabulary.tokenise(instances.inputs[index])
        return drawing.draw(source, self.target_vocabulary.tokenise(answer), tokens, ax)

    def bench_plan(self) -> list[BenchCase]:
        from tasks.text.bench import plan

        return plan(self.problem)

    def _nearest(self, answer: str, references: Sequence[str]) -> tuple[int, Sequence[str]]:
        tokens = self.target_vocabulary.tokenise
        return nearest(tokens(answer), [tokens(text) for text in references])

    def _measures(self) -> tuple[str, ...]:
        return self._defaults.metrics or FILE_METRICS[self.target_vocabulary.level]

    def _sides(self) -> tuple[str, Vocabulary, Vocabulary]:
        return self.problem, self.source_vocabulary, self.target_vocabulary
