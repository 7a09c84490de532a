"""Training as a person sees it: the loop under a progress bar."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import final

from rich.progress import MofNCompleteColumn, TextColumn

from ptrnet_suite.data.instances import Instances
from ptrnet_suite.reporting.progress import RateColumn, make_bar
from ptrnet_suite.task.base import Task
from ptrnet_suite.training import loop
from ptrnet_suite.training.callbacks import Callback
from ptrnet_suite.training.config import TrainingConfig
from ptrnet_suite.training.loop import Trainer
from ptrnet_suite.training.strategies.base import Strategy


@final
class TrainingBar(Callback):
    """Steps or CPU seconds, loss and the first metrics of validation, on standard error."""

    def __init__(self) -> None:
        columns = MofNCompleteColumn(), RateColumn(), TextColumn("{task.fields[figures]}")
        self.bar = make_bar(*columns)

    def on_start(self, trainer: Trainer) -> None:
        total = round(60 * trainer.config.minutes) or trainer.config.steps
        unit = "CPU seconds" if trainer.config.minutes else "step"
        self.bar.start()
        self.line = self.bar.add_task(f"{trainer.task.name}: {unit}", total=total, figures="")
        for note in filter(None, (trainer.note, trainer.stream.note)):
            self.bar.console.print(note, markup=False, highlight=False)

    def on_step(self, trainer: Trainer) -> None:
        done = int(trainer.cpu_seconds) if trainer.config.minutes else trainer.step
        first = list(trainer.figures.items())[:2]
        figures = " ".join(
            f"{name} {value:.4f}" for name, value in [("loss", trainer.loss), *first]
        )
        self.bar.update(self.line, completed=done, figures=figures)

    def on_end(self, trainer: Trainer) -> None:
        self.bar.stop()


def train(
    task: str | Task,
    config: TrainingConfig | None = None,
    output: Path | str | None = None,
    resume: bool = False,
    *,
    overwrite: bool = False,
    strategy: Strategy | None = None,
    data: Instances | None = None,
    callbacks: Sequence[Callback] = (),
    shown: bool = True,
) -> Trainer:
    """The same as `ptrnet_suite.training.train`, under a progress bar unless `shown` is False.

    config: by default every value's own; output: by default `runs/` and the task's name.
    """
    name = task if isinstance(task, str) else task.name
    bars = [TrainingBar()] if shown else []
    return loop.train(
        task,
        TrainingConfig() if config is None else config,
        Path("runs") / name if output is None else Path(output),
        resume,
        overwrite=overwrite,
        strategy=strategy,
        data=data,
        callbacks=[*bars, *callbacks],
    )
