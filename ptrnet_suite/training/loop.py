"""The training loop: one for every task, model and strategy."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, final

import torch

from ptrnet_suite.data.batch import Batch
from ptrnet_suite.data.instances import Instances
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.evaluation.report import measure
from ptrnet_suite.model.checkpoint import save_checkpoint
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.device import choose_device, set_threads
from ptrnet_suite.runtime.parse_config import check_config
from ptrnet_suite.runtime.processes import keep_memory
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.base import Task
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.budget import expected_steps, is_spent, is_validated_between
from ptrnet_suite.training.callbacks import Callback, StopTraining
from ptrnet_suite.training.config import TrainingConfig
from ptrnet_suite.training.gradients import GradientSettings, backward, gradient_noise
from ptrnet_suite.training.log_window import LogWindow
from ptrnet_suite.training.optimiser import learning_rate, make_optimiser
from ptrnet_suite.training.run_folder import RunFolder
from ptrnet_suite.training.run_state import begin_from, restore, resuming_state, training_record
from ptrnet_suite.training.strategies.base import Strategy, TrainingState
from ptrnet_suite.training.strategies.table import check_strategy, make_strategy
from ptrnet_suite.training.stream import Stream
from ptrnet_suite.training.validation import validation_entropy, validation_instances

LOG_EVERY = 50


@final
class Trainer:
    """A run under way; `train` is the way in."""

    def __init__(
        self,
        task: str | Task,
        config: TrainingConfig,
        output: Path,
        resume: bool = False,
        strategy: Strategy | None = None,
        data: Instances | None = None,
        callbacks: Sequence[Callback] = (),
    ) -> None:
        config = check_config(config)
        self.strategy = strategy or make_strategy(config.strategy, config.label_smoothing)
        check_strategy(self.strategy)
        keep_memory()
        self.config, self.callbacks = config, callbacks
        self.threads = set_threads(config.threads or None)
        self.device = choose_device(config.device)
        torch.manual_seed(config.seed)
        loaded = load_task(task, config.options) if isinstance(task, str) else task
        self.task = loaded.fitted(config.data.sources)
        self.model = Seq2Seq(config.model, self.task.spec)
        if config.initial and not resume:
            begin_from(self.model, self.task, config)
        self.model.to(self.device)
        self.optimiser = make_optimiser(self.model, config)
        labelled = self.strategy.needs_solutions or not self.task.has_cost
        self.stream = Stream(self.task, config.data, config.batch_size, config.seed, labelled, data)
        self.validation = validation_instances(self.task, config)
        self.step, self.instances, self.best, self.loss = 0, 0, float("inf"), float("nan")
        self.seconds, self.cpu_seconds = 0.0, 0.0
        self.figures: dict[str, float] = {}
        self.earlier: list[dict[str, Any]] = []
        self.run = RunFolder(output)
        if resume:
            restore(self, self.run.load_state())
        else:
            self._begin()

    def _begin(self) -> None:
        # Data that cannot be read must not leave a folder that looks like a run.
        self.stream.batch(0)
        (self.run.folder / "metrics.jsonl").unlink(missing_ok=True)
        self.run.write_config(self.task.name, self.config.to_dict())

    def train(self) -> None:
        """Runs to the end; on Ctrl-C, or as a callback wishes, ends sooner with its state saved."""
        try:
            self.run.open()
            self._tell("on_start")
            while not self._is_spent():
                self._train_to_next_log()
        except StopTraining:
            self.save()
        except KeyboardInterrupt:
            self.save()
            raise
        finally:
            self.run.close()
            self._tell("on_end")

    def _tell(self, event: Literal["on_start", "on_step", "on_validation", "on_end"]) -> None:
        for callback in self.callbacks:
            getattr(callback, event)(self)

    def _is_spent(self) -> bool:
        return is_spent(self.config, self.step, self.cpu_seconds)

    def _train_to_next_log(self) -> None:
        """Trains to the next log or validation, whichever comes first, and does what is due."""
        self.model.train()
        window, is_over, is_due, began = LogWindow(), False, False, time.perf_counter()
        try:
            while not is_over:
                before = time.process_time()
                self.loss, norm, batch = self._optimise()
                window.add(self.loss, norm, batch)
                self.step += 1
                spent = self.cpu_seconds + time.process_time() - before
                is_due = is_validated_between(self.config, self.step, self.cpu_seconds, spent)
                self.cpu_seconds = spent
                is_over = is_due or self.step % LOG_EVERY == 0 or self._is_spent()
                self._tell("on_step")
        finally:
            seconds = time.perf_counter() - began
            self.seconds += seconds
        self.instances += window.instances
        self.run.log(self._entry({**window.figures(), **window.rates(seconds)}))
        if is_due or self._is_spent():
            self.validate()
            self.save()
            self._tell("on_validation")

    def _entry(self, figures: dict[str, float]) -> dict[str, Any]:
        return {
            "step": self.step,
            **figures,
            "learning_rate": learning_rate(
                self.config, self.step - 1, self._training_state().steps
            ),
            **self._times(),
        }

    def _times(self) -> dict[str, float]:
        return {"seconds": self.seconds, "cpu_seconds": self.cpu_seconds}

    def _training_state(self) -> TrainingState:
        steps = expected_steps(self.config, self.step, self.cpu_seconds)
        return TrainingState(self.step, steps, self.task.risk, self.task.equivalents)

    def _gradient_settings(self) -> GradientSettings:
        low = self.config.precision == "bfloat16"
        return GradientSettings(self.task.constraint, self._training_state(), low)

    def _optimise(self) -> tuple[float, float, Batch]:
        """One step; its loss, the gradient's norm before clipping and the batch."""
        settings = self._gradient_settings()
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.config, self.step, settings.state.steps)
        batch = self.stream.batch(self.step).to(self.device)
        loss = backward(self.model, self.strategy, batch, settings)
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.gradient_clip)
        if torch.isfinite(norm):
            self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        return loss, float(norm), batch

    def validate(self) -> None:
        """Decodes the validation instances and keeps the checkpoint if it is the best yet."""
        search = parse_search(self.config.validation.search)
        answers = solve_instances(self.model, self.task, self.validation, search)
        measured_metrics = measure(self.task, self.task.evaluate(self.validation, answers))
        self.figures = {
            name: float(measured.estimate.value) for name, measured in measured_metrics.items()
        }
        figures = {"validation": dict(self.figures), **self._diagnostics()}
        self.run.log({"step": self.step, **self._times(), **figures})
        first = self.task.metrics[0]
        cost = self.figures[first.name] * (-1 if first.higher_is_better else 1)
        if cost <= self.best:
            self.best = cost
            save_checkpoint(self.run.best, self.model, self.task, self.record())

    def _diagnostics(self) -> dict[str, float | None]:
        """The policy's entropy and, where asked for, the gradient's noise."""
        figures: dict[str, float | None] = {
            "entropy": validation_entropy(self.model, self.task, self.validation)
        }
        count = self.config.validation.gradient_batches
        if count:
            batches = (
                self.stream.batch(self.step + offset).to(self.device) for offset in range(count)
            )
            noise = gradient_noise(self.model, self.strategy, batches, self._gradient_settings())
            figures |= noise.figures()
        return figures

    def record(self) -> dict[str, Any]:
        """The record of training for a checkpoint."""
        return training_record(self)

    def save(self) -> None:
        """The last checkpoint and the state that resumes the run exactly."""
        save_checkpoint(self.run.last, self.model, self.task, self.record())
        self.run.save_state(resuming_state(self))


def train(
    task: str | Task,
    config: TrainingConfig,
    output: Path,
    resume: bool = False,
    *,
    strategy: Strategy | None = None,
    data: Instances | None = None,
    callbacks: Sequence[Callback] = (),
) -> Trainer:
    """Trains `task` into the folder `output`; with `resume`, goes on from what is there.

    task: a name, or a task of one's own. strategy: in place of the one that the config names.
    data: instances to train on, in place of the config's sources; without solutions they are
    labelled where the strategy needs it. callbacks: are called as the run goes. Raises
    InputError for a config, data or folder that cannot be used.
    """
    trainer = Trainer(task, config, output, resume, strategy, data, callbacks)
    trainer.train()
    return trainer
