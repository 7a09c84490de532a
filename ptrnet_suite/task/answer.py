"""An answer with how probable it is, as files of answers hold it."""

from __future__ import annotations

from typing import Any, NamedTuple, final


@final
class ScoredAnswer(NamedTuple):
    """One answer to an instance, in the form of `Task.answers`.

    log_probability: the model's own, in nats; None where a classical solver made the answer.
    """

    answer: Any
    log_probability: float | None = None
