"""Files of instances: how a task reads, writes and checks them; `.npz` unless it brings its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, final

import numpy as np

from ptrnet_suite.data.batch import pad
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.data.npz import check_sizes, read_npz
from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.files import atomic_write
from ptrnet_suite.task.answer import ScoredAnswer
from ptrnet_suite.task.answer_files import SUFFIXES, write_plain_answers
from ptrnet_suite.task.spec import Spec


class Formats(ABC):
    """The file formats of a task's instances and answers, and what an instance must satisfy."""

    answer_suffixes: ClassVar[tuple[str, ...]] = SUFFIXES
    """Suffixes of the files that `write_answers` writes."""

    @abstractmethod
    def read(self, path: Path) -> Instances:
        """Reads a file in any of the formats; raises InputError."""

    @abstractmethod
    def write(self, instances: Instances, path: Path) -> None:
        """Writes the format that the file's suffix names; raises InputError for another."""

    def check(self, instances: Instances) -> None:
        """Raises InputError for an instance that has no answer (NaN, too few points, ...)."""

    def accept(self, instances: Instances, strict: bool = False) -> Instances:
        """The instances of a file as they are answered, each with its place; raises InputError.

        A task that can answer the others where some cannot be read may leave those without an
        answer and say so in `notes`; `strict` refuses instead, as `check` does, which is all that
        is done by default.
        """
        self.check(instances)
        return instances

    def write_answers(
        self, instances: Instances, answers: Sequence[Sequence[ScoredAnswer]], path: Path
    ) -> None:
        """Writes answers in the format that the file's suffix names, for other programs to read.

        answers: those of each instance, best first. By default `.txt`, `.nbest` and `.json`, see
        `answer_files`. Raises InputError for a suffix that is none of `answer_suffixes`, and for
        answers that the format cannot hold; then nothing is written.
        """
        if path.suffix.lower() not in SUFFIXES:
            raise self.answers_refused(path)
        write_plain_answers(instances, answers, path)

    def answers_refused(self, path: Path) -> InputError:
        """The error for a file of answers with a suffix that is none of `answer_suffixes`."""
        accepted = ", ".join(self.answer_suffixes)
        return InputError(f"{path} has the suffix {path.suffix!r}; accepted: {accepted}")


@final
class NpzFormats(Formats):
    """`.npz` with the arrays `inputs` and, where known, `solutions` and `sizes`.

    inputs: vectors `(count, n, features)`, tokens `(count, n)` or texts `(count,)`, images
    `(count, height, width)`. solutions: `(count, n)` whole numbers padded with -1, or texts
    `(count,)`. sizes: `(count,)`, the length (of an image the width) of each where they differ.
    """

    def __init__(self, spec: Spec) -> None:
        self.spec = spec

    def read(self, path: Path) -> Instances:
        _check_suffix(path)
        if not path.is_file():
            raise InputError(f"{path} is not a file; accepted is an .npz with 'inputs'")
        arrays = read_npz(path)
        inputs, sizes, solutions = (arrays.get(key) for key in ("inputs", "sizes", "solutions"))
        if inputs is None or not self._suits(inputs):
            held = ", ".join(f"{key} {array.shape}" for key, array in arrays.items()) or "nothing"
            raise InputError(f"{path} has no array 'inputs' of {self._shapes()}; it holds {held}")
        instances = Instances(inputs.tolist() if _is_text(inputs) else inputs, source=str(path))
        if not _is_text(inputs):
            instances = self._cut(instances, sizes, path)
        return instances if solutions is None else self._solved(instances, solutions)

    def write(self, instances: Instances, path: Path) -> None:
        _check_suffix(path)
        inputs, solutions = instances.inputs, instances.solutions
        arrays = {}
        if isinstance(inputs[0], str):
            arrays["inputs"] = np.array(list(inputs))
        else:
            rows, real = pad([self._positions_first(np.asarray(item), 0) for item in inputs])
            arrays["inputs"] = self._positions_first(rows)
            if not real.all():
                arrays["sizes"] = real.sum(1)
        if solutions is not None and isinstance(solutions[0], str):
            arrays["solutions"] = np.array(list(solutions))
        elif solutions is not None:
            padded, real = pad([np.asarray(answer, np.int64) for answer in solutions])
            arrays["solutions"] = np.where(real, padded, -1)
        with atomic_write(path) as temporary, temporary.open("wb") as stream:
            np.savez_compressed(stream, allow_pickle=False, **arrays)

    def check(self, instances: Instances) -> None:
        """Raises InputError for no instance, an empty one, another shape than the spec's and NaN.

        Of tokens, also for a number that the vocabulary does not have.
        """
        if not len(instances):
            raise InputError(f"{instances.source} holds no instances; at least one is needed")
        for index, item in enumerate(instances.inputs):
            if isinstance(item, str):
                suits, numbers = self.spec.inputs == "tokens" and bool(item), np.zeros(1)
            else:
                numbers = np.asarray(item)
                suits = self._suits(numbers[None])
            if not suits:
                raise InputError(
                    f"{instances.title(index)} has shape {np.shape(item)}; accepted is one of "
                    f"{self._shapes()}"
                )
            if not np.isfinite(numbers).all():
                raise InputError(f"{instances.title(index)} has a value that is no finite number")
            if self.spec.inputs == "tokens" and not (
                numbers.min() >= 0 and numbers.max() < self.spec.features
            ):
                raise InputError(
                    f"{instances.title(index)} has a token outside of 0 to {self.spec.features - 1}"
                )

    def _suits(self, inputs: np.ndarray) -> bool:
        """Whether an array holds instances of this spec, all of one padded size."""
        features = self.spec.features
        if self.spec.inputs == "tokens":
            suits = _is_text(inputs) or (inputs.ndim == 2 and inputs.dtype.kind in "iu")
        elif self.spec.inputs == "images":
            suits = inputs.ndim == 3 and inputs.shape[1] == features
        else:
            suits = inputs.ndim == 3 and inputs.shape[2] == features
        return suits and 0 not in inputs.shape and inputs.dtype.kind in "fiuU"

    def _shapes(self) -> str:
        features = self.spec.features
        return {
            "vectors": f"numbers (count, n, {features})",
            "tokens": "whole numbers (count, n) or texts (count,)",
            "images": f"numbers (count, {features}, width)",
        }[self.spec.inputs]

    def _positions_first(self, array: np.ndarray, axis: int = 1) -> np.ndarray:
        """Images with their two axes exchanged, there or back; other inputs as they are."""
        return array.swapaxes(axis, axis + 1) if self.spec.inputs == "images" else array

    def _cut(self, instances: Instances, sizes: np.ndarray | None, path: Path) -> Instances:
        """The instances without their padding."""
        positions = self._positions_first(np.asarray(instances.inputs))
        if sizes is not None:
            check_sizes(sizes, len(instances), positions.shape[1], path)
            rows = zip(positions, sizes, strict=True)
            cut = [self._positions_first(row[:size], 0) for row, size in rows]
            instances = replace(instances, inputs=cut)
        if self.spec.inputs != "images":
            return instances
        widths = np.full(len(instances), positions.shape[1]) if sizes is None else sizes
        return replace(instances, columns={"sizes": widths})

    def _solved(self, instances: Instances, solutions: np.ndarray) -> Instances:
        """The instances with checked solutions, without their padding."""
        count, source = len(instances), instances.source
        if _is_text(solutions) and len(solutions) == count:
            return instances.with_solutions(solutions.tolist())
        if solutions.ndim != 2 or len(solutions) != count or solutions.dtype.kind not in "iu":
            raise InputError(
                f"{source}: 'solutions' must be whole numbers ({count}, n) padded with -1, or "
                f"{count} texts, not {solutions.dtype} of shape {solutions.shape}"
            )
        pointer = self.spec.outputs == "pointer"
        choices = instances.sizes() if pointer else np.full(count, self.spec.choices)
        wrong = ((solutions < -1) | (solutions >= choices[:, None])).any(1)
        if wrong.any():
            index = int(wrong.argmax())
            raise InputError(
                f"{instances.title(index)}: its solution has a number outside of 0 to "
                f"{choices[index] - 1}"
            )
        return instances.with_solutions([row[row != -1] for row in solutions])


def _is_text(array: np.ndarray) -> bool:
    return array.dtype.kind == "U" and array.ndim == 1


def _check_suffix(path: Path) -> None:
    if path.suffix != ".npz":
        raise InputError(f"{path} has the suffix {path.suffix!r}; accepted: .npz")
