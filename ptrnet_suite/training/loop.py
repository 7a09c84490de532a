"""The training loop: one for every task, model and strategy."""

from __future__ import annotations

import signal
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, final

import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.errors import Interrupted
from ptrnet_suite.model.checkpoint import save_checkpoint
from ptrnet_suite.runtime.device import choose_device, set_threads
from ptrnet_suite.runtime.parse_config import check_config
from ptrnet_suite.runtime.processes import keep_memory
from ptrnet_suite.runtime.random_state import seed_all
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.budget import expected_steps, is_spent, is_validated_between
from ptrnet_suite.training.callbacks import Callback, StopTraining
from ptrnet_suite.training.config import TrainingConfig
from ptrnet_suite.training.divergence import Divergence, check_loss, check_skipped, diverged
from ptrnet_suite.training.gradients import GradientSettings, backward
from ptrnet_suite.training.initial import first_model, first_task
from ptrnet_suite.training.interrupts import StopSignals
from ptrnet_suite.training.log_window import LogWindow
from ptrnet_suite.training.optimiser import learning_rate, make_optimiser
from ptrnet_suite.training.run_folder import (
    STATE,
    RunFolder,
    check_folder,
    resume_call,
    resume_command,
)
from ptrnet_suite.training.run_state import origin, restore, resuming_state, training_record
from ptrnet_suite.training.state_file import read_state, write_state
from ptrnet_suite.training.strategies.base import Strategy, TrainingState
from ptrnet_suite.training.strategies.table import check_strategy, make_strategy
from ptrnet_suite.training.stream import Stream
from ptrnet_suite.training.validation import (
    diagnostics,
    validation_cost,
    validation_figures,
    validation_instances,
)

LOG_EVERY = 50


@final
class Trainer:
    """A run under way; `train` is the way in, and says what the arguments are."""

    def __init__(
        self,
        task: str | Task,
        config: TrainingConfig,
        output: Path,
        resume: bool = False,
        strategy: Strategy | None = None,
        data: Instances | None = None,
        callbacks: Sequence[Callback] = (),
        overwrite: bool = False,
    ) -> None:
        config = check_config(config)
        self.strategy = strategy or make_strategy(config.strategy, config.label_smoothing)
        check_strategy(self.strategy)
        check_folder(output, task if isinstance(task, str) else task.name, resume, overwrite)
        # A run that was killed as it began has no state yet, and begins once more.
        resume = resume and (output / STATE).is_file()
        keep_memory()
        self.config, self.callbacks = config, callbacks
        self.threads = set_threads(config.threads or None)
        self.device = choose_device(config.device)
        seed_all(config.seed)
        loaded = load_task(task, config.options) if isinstance(task, str) else task
        self.task, self.note = first_task(loaded, config, output, resume)
        labelled = self.strategy.needs_solutions or not self.task.has_cost
        self.stream = Stream(self.task, config.data, config.batch_size, config.seed, labelled, data)
        self.validation = validation_instances(self.task, config)
        self.model = first_model(self.task, config, self.validation, resume).to(self.device)
        self.optimiser = make_optimiser(self.model, config)
        self.step, self.instances, self.skipped = 0, 0, 0
        self.best, self.loss = float("inf"), float("nan")
        self.seconds, self.cpu_seconds = 0.0, 0.0
        self.figures: dict[str, float] = {}
        self.earlier: list[dict[str, Any]] = []
        self.window, self.is_stopping = LogWindow(), False
        self._is_named = isinstance(task, str) and strategy is None and data is None
        self.origin = origin()
        # Data that cannot be read must not leave a folder that looks like a run.
        self.stream.batch(0)
        self._open_folder(output, resume, overwrite)

    def _open_folder(self, output: Path, resume: bool, overwrite: bool) -> None:
        """Takes the folder for this process, and begins a run in it or restores the one there."""
        self.run = RunFolder(output)
        try:
            if resume:
                restore(self, read_state(self.run.state), self.run.state)
                self.run.cut_metrics(self.step)
                self.run.write_config(self.task.name, self.config.to_dict())
            else:
                self.run.begin(self.task.name, self.config.to_dict())
                self._save_state()
        except BaseException:
            self.run.unlock()
            raise
        self._note_saved()

    def train(self) -> None:
        """Runs to the end.

        A callback may end it sooner, with its state saved, and so may a first Ctrl-C or SIGTERM:
        the step under way is finished and saved, and Interrupted raised. A second one raises it at
        once. Raises InputError for a loss that is no number and a folder that cannot be written.
        """
        self.is_stopping, self._saved_at = False, time.monotonic()
        with StopSignals() as signals:
            try:
                self.run.lock()
                self.run.open(self.step)
                self._tell("on_start")
                while not (self._is_spent() or self.is_stopping or signals.received):
                    self._advance()
                if self.saved_step < self.step:
                    self.save()
            except Divergence as error:
                self._keep_weights()
                raise diverged(self, error) from None
            except KeyboardInterrupt:
                # In the middle of a step there is no state that the run could go on from exactly.
                what = f"stopped at once; what was saved after step {self.saved_step:,} stands"
                raise self._interrupted(what, signals.received) from None
            finally:
                self.run.close()
                self._tell("on_end")
            if signals.received:
                what = f"stopped and saved after step {self.step:,}"
                raise self._interrupted(what, signals.received)

    def _interrupted(self, what: str, received: signal.Signals | None) -> Interrupted:
        number = received or signal.SIGINT
        return Interrupted(f"{what} ({number.name}); go on with: {self.resumes_by()}", number)

    def resumes_by(self, changes: Mapping[str, object] | None = None) -> str:
        """What goes on with the run: a command line, where that can name all that it is made of."""
        if self._is_named:
            return resume_command(self.task.name, self.run.folder, changes)
        return resume_call(changes)

    def _tell(self, event: Literal["on_start", "on_step", "on_validation", "on_end"]) -> None:
        for callback in self.callbacks:
            try:
                getattr(callback, event)(self)
            except StopTraining:
                # What is due after a step is done first, or the run could not go on exactly.
                self.is_stopping = True

    def _is_spent(self) -> bool:
        return is_spent(self.config, self.step, self.cpu_seconds)

    def _advance(self) -> None:
        """Makes a step, and does what is due after it."""
        self.model.train()
        began, before = time.perf_counter(), time.process_time()
        self.loss, norm, batch = self._optimise()
        self.window.add(self.loss, norm, batch)
        self.step, self.instances = self.step + 1, self.instances + batch.size
        spent = self.cpu_seconds + time.process_time() - before
        is_due = is_validated_between(self.config, self.step, self.cpu_seconds, spent)
        self.cpu_seconds = spent
        seconds = time.perf_counter() - began
        self.seconds, self.window.seconds = self.seconds + seconds, self.window.seconds + seconds
        self._tell("on_step")
        is_due = is_due or self._is_spent()
        if is_due or self.step % LOG_EVERY == 0:
            self.run.log(self._entry())
            self.window = LogWindow()
        if is_due:
            self.validate()
            self.save()
            self._tell("on_validation")
        elif 0 < 60 * self.config.save_minutes <= time.monotonic() - self._saved_at:
            self.save()

    def _entry(self) -> dict[str, Any]:
        steps = self._training_state().steps
        return {
            "step": self.step,
            **self.window.figures(),
            **self.window.rates(),
            "learning_rate": learning_rate(self.config, self.step - 1, steps),
            **self._times(),
        }

    def _times(self) -> dict[str, float]:
        return {"seconds": self.seconds, "cpu_seconds": self.cpu_seconds}

    def _training_state(self) -> TrainingState:
        steps = expected_steps(self.config, self.step, self.cpu_seconds)
        return TrainingState(self.step, steps, self.task.risk, self.task.equivalents)

    def gradient_settings(self) -> GradientSettings:
        low = self.config.precision == "bfloat16"
        return GradientSettings(self.task.constraint, self._training_state(), low)

    def _optimise(self) -> tuple[float, float, Batch]:
        """One step; its loss, the gradient's norm before clipping and the batch."""
        settings = self.gradient_settings()
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.config, self.step, settings.state.steps)
        batch = self.stream.batch(self.step).to(self.device)
        loss = backward(self.model, self.strategy, batch, settings)
        check_loss(loss)
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.gradient_clip)
        if torch.isfinite(norm):
            self.optimiser.step()
            self.skipped = 0
        else:
            self.skipped += 1
            check_skipped(self.skipped)
        self.optimiser.zero_grad(set_to_none=True)
        return loss, float(norm), batch

    def validate(self) -> None:
        """Decodes the validation instances and keeps the checkpoint if it is the best yet."""
        search = parse_search(self.config.validation.search)
        self.figures = validation_figures(self.model, self.task, self.validation, search)
        figures = {"validation": dict(self.figures), **diagnostics(self)}
        self.run.log({"step": self.step, **self._times(), **figures})
        cost = validation_cost(self.task, self.figures)
        if cost <= self.best:
            self.best = cost
            self._save_checkpoint(self.run.best)

    def record(self) -> dict[str, Any]:
        """The record of training for a checkpoint."""
        return training_record(self)

    def save(self) -> None:
        """The last checkpoint and the state that resumes the run exactly."""
        self._save_checkpoint(self.run.last)
        self._keep_weights()
        self._save_state()
        self._note_saved()

    def _keep_weights(self) -> None:
        """Gives a run that has not been validated yet a checkpoint to answer with."""
        if not self.figures and all(bool(w.isfinite().all()) for w in self.model.parameters()):
            self._save_checkpoint(self.run.best)

    def _save_checkpoint(self, path: Path) -> None:
        with self.run.writing():
            save_checkpoint(path, self.model, self.task, self.record())

    def _save_state(self) -> None:
        with self.run.writing():
            write_state(self.run.state, resuming_state(self))

    def _note_saved(self) -> None:
        self.saved_step, self._saved_at = self.step, time.monotonic()


def train(
    task: str | Task,
    config: TrainingConfig,
    output: Path,
    resume: bool = False,
    *,
    overwrite: bool = False,
    strategy: Strategy | None = None,
    data: Instances | None = None,
    callbacks: Sequence[Callback] = (),
) -> Trainer:
    """Trains `task` into the folder `output`; with `resume`, goes on from what is there.

    task: a name, or a task of one's own. overwrite: whether a run that is in the folder already
    may be replaced. strategy: in place of the one that the config names. data: instances to train
    on, in place of the config's sources; without solutions they are labelled where the strategy
    needs it. callbacks: are called as the run goes. Raises InputError for a config, data or folder
    that cannot be used and for a loss that is no number, and Interrupted on Ctrl-C or SIGTERM.
    """
    trainer = Trainer(task, config, output, resume, strategy, data, callbacks, overwrite)
    trainer.train()
    return trainer
