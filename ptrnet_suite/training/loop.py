"""The training loop: one for every task, model and strategy."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from rich.progress import Progress

from ptrnet_suite.data.instances import Batch
from ptrnet_suite.errors import InputError
from ptrnet_suite.evaluation.decode import solve_instances
from ptrnet_suite.evaluation.report import measure
from ptrnet_suite.model.checkpoint import load_checkpoint, save_checkpoint
from ptrnet_suite.model.seq2seq import Seq2Seq
from ptrnet_suite.runtime.provenance import (
    choose_device,
    command_line,
    git_commit,
    keep_memory,
    machine,
    set_threads,
    versions,
)
from ptrnet_suite.search.spec import parse_search
from ptrnet_suite.task.registry import load_task
from ptrnet_suite.training.budget import expected_steps, is_spent, is_validated_between
from ptrnet_suite.training.checks import check_config
from ptrnet_suite.training.config import TrainingConfig
from ptrnet_suite.training.gradients import Setting, backward, gradient_noise
from ptrnet_suite.training.log_window import Stretch
from ptrnet_suite.training.optimiser import learning_rate, make_optimiser
from ptrnet_suite.training.progress import training_bar
from ptrnet_suite.training.run_folder import Run
from ptrnet_suite.training.strategies.base import Moment
from ptrnet_suite.training.strategies.table import make_strategy
from ptrnet_suite.training.stream import Stream
from ptrnet_suite.training.validation import validation_entropy, validation_instances

LOG_EVERY = 50


class Trainer:
    """A run under way; `train` is the way in."""

    def __init__(self, task_name: str, config: TrainingConfig, output: Path, resume: bool) -> None:
        check_config(config)
        keep_memory()
        self.config, self.threads = config, set_threads(config.threads or None)
        self.device = choose_device(config.device)
        torch.manual_seed(config.seed)
        self.strategy = make_strategy(config.strategy, config.label_smoothing)
        self.task = load_task(task_name, config.options).fitted(config.data.sources)
        self.model = Seq2Seq(config.model, self.task.spec)
        if config.initial and not resume:
            self._begin_from(config.initial)
        self.model.to(self.device)
        self.optimiser = make_optimiser(self.model, config)
        labelled = self.strategy.needs_solutions or not self.task.has_cost
        self.stream = Stream(self.task, config.data, config.batch_size, config.seed, labelled)
        self.validation = validation_instances(self.task, config)
        self.step, self.instances, self.best = 0, 0, float("inf")
        self.seconds, self.cpu_seconds = 0.0, 0.0
        self.figures: dict[str, float] = {}
        self.earlier: list[dict[str, Any]] = []
        self.run = Run(output)
        if resume:
            self._restore()
        else:
            # Data that cannot be read must not leave a folder that looks like a run.
            self.stream.batch(0)
            (output / "metrics.jsonl").unlink(missing_ok=True)
            self.run.write_config(task_name, config.to_dict())

    def _begin_from(self, name: str) -> None:
        found = load_checkpoint(name)
        shape = replace(found.model.config, dropout=self.config.model.dropout)
        if found.task.spec != self.task.spec or shape != self.config.model:
            raise InputError(f"initial {name!r} is a model of another shape than the one to train")
        self.model.load_state_dict(found.model.state_dict())

    def _restore(self) -> None:
        state = self.run.load_state()
        self.model.load_state_dict(state["model"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds, self.best = state["step"], state["seconds"], state["best"]
        self.cpu_seconds = state.get("cpu_seconds", 0.0)
        self.instances = state.get("instances", self.step * self.config.batch_size)
        self.figures, self.earlier = state["figures"], state["earlier"]
        if state["config"].get("strategy") == self.config.strategy:
            self.strategy.load_state(state["strategy"])
        # A config from before some value existed had that value's default.
        if TrainingConfig().to_dict() | state["config"] != self.config.to_dict():
            self.earlier.append({"until_step": self.step, "config": state["config"]})
        torch.set_rng_state(state["rng"])

    def train(self, shown: bool = True) -> None:
        """Runs to the end; on Ctrl-C saves, so that the run can be resumed."""
        with training_bar(shown) as bar:
            total = round(60 * self.config.minutes) or self.config.steps
            task_bar = bar.add_task(self.task.name, total=total, figures="")
            self._tell(bar, task_bar)
            if shown and self.stream.note:
                bar.console.print(self.stream.note)
            try:
                while not self._is_spent():
                    self._stretch(bar, task_bar)
            except KeyboardInterrupt:
                self.save()
                raise
            finally:
                self.run.close()

    def _is_spent(self) -> bool:
        return is_spent(self.config, self.step, self.cpu_seconds)

    def _tell(self, bar: Progress, task_bar: Any) -> None:
        done = int(self.cpu_seconds) if self.config.minutes else self.step
        bar.update(task_bar, completed=done)

    def _stretch(self, bar: Progress, task_bar: Any) -> None:
        """Trains to the next log or validation, whichever comes first, and does what is due."""
        self.model.train()
        stretch, is_over, is_due, began = Stretch(), False, False, time.perf_counter()
        try:
            while not is_over:
                before = time.process_time()
                stretch.add(*self._optimise())
                self.step += 1
                spent = self.cpu_seconds + time.process_time() - before
                is_due = is_validated_between(self.config, self.step, self.cpu_seconds, spent)
                self.cpu_seconds = spent
                is_over = is_due or self.step % LOG_EVERY == 0 or self._is_spent()
                self._tell(bar, task_bar)
        finally:
            seconds = time.perf_counter() - began
            self.seconds += seconds
        self.instances += stretch.instances
        self.run.log(self._entry({**stretch.figures(), **stretch.rates(seconds)}))
        bar.update(task_bar, figures=f"loss {stretch.loss:.4f} {self._told()}")
        if is_due or self._is_spent():
            self.validate()
            self.save()

    def _entry(self, figures: dict[str, float]) -> dict[str, Any]:
        return {
            "step": self.step,
            **figures,
            "learning_rate": learning_rate(self.config, self.step - 1, self._moment().steps),
            **self._times(),
        }

    def _times(self) -> dict[str, float]:
        return {"seconds": self.seconds, "cpu_seconds": self.cpu_seconds}

    def _told(self) -> str:
        return " ".join(f"{name} {value:.4f}" for name, value in list(self.figures.items())[:2])

    def _moment(self) -> Moment:
        steps = expected_steps(self.config, self.step, self.cpu_seconds)
        return Moment(self.step, steps, self.task.risk, self.task.equivalents)

    def _setting(self) -> Setting:
        low = self.config.precision == "bfloat16"
        return Setting(self.task.constraint, self._moment(), low)

    def _optimise(self) -> tuple[float, float, Batch]:
        """One step; its loss, the gradient's norm before clipping and the batch."""
        setting = self._setting()
        for group in self.optimiser.param_groups:
            group["lr"] = learning_rate(self.config, self.step, setting.moment.steps)
        batch = self.stream.batch(self.step).to(self.device)
        loss = backward(self.model, self.strategy, batch, setting)
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.gradient_clip)
        if torch.isfinite(norm):
            self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        return loss, float(norm), batch

    def validate(self) -> None:
        """Decodes the validation instances and keeps the checkpoint if it is the best yet."""
        search = parse_search(self.config.validation.search)
        answers = solve_instances(self.model, self.task, self.validation, search)
        found = measure(self.task, self.task.evaluate(self.validation, answers))
        self.figures = {name: float(m.estimate.value) for name, m in found.items()}
        told = {"validation": dict(self.figures), **self._diagnosed()}
        self.run.log({"step": self.step, **self._times(), **told})
        first = self.task.metrics[0]
        worth = self.figures[first.name] * (-1 if first.higher_is_better else 1)
        if worth <= self.best:
            self.best = worth
            save_checkpoint(self.run.best, self.model, self.task, self.record())

    def _diagnosed(self) -> dict[str, float | None]:
        """How undecided the policy is and, where asked for, how noisy the gradient."""
        found: dict[str, float | None] = {
            "entropy": validation_entropy(self.model, self.task, self.validation)
        }
        count = self.config.validation.gradient_batches
        if count:
            batches = (
                self.stream.batch(self.step + place).to(self.device) for place in range(count)
            )
            noise = gradient_noise(self.model, self.strategy, batches, self._setting())
            found |= noise.figures()
        return found

    def record(self) -> dict[str, Any]:
        """What the checkpoint remembers of its training."""
        config = self.config
        return {
            "strategy": config.strategy["kind"],
            "config": config.to_dict(),
            "earlier_configs": self.earlier,
            "sizes": self.stream.size_range(),
            "step": self.step,
            "instances": self.instances,
            "seconds": round(self.seconds, 1),
            "cpu_seconds": round(self.cpu_seconds, 1),
            "threads": self.threads,
            "machine": machine(),
            "device": str(self.device),
            "versions": versions(),
            "git_commit": git_commit(),
            "command": command_line(),
            "validation": self.figures,
        }

    def save(self) -> None:
        """The last checkpoint and the state that resumes the run exactly."""
        save_checkpoint(self.run.last, self.model, self.task, self.record())
        self.run.save_state(
            {
                "model": self.model.state_dict(),
                "optimiser": self.optimiser.state_dict(),
                "step": self.step,
                "instances": self.instances,
                "seconds": self.seconds,
                "cpu_seconds": self.cpu_seconds,
                "best": self.best,
                "figures": self.figures,
                "config": self.config.to_dict(),
                "earlier": self.earlier,
                "strategy": self.strategy.state(),
                "rng": torch.get_rng_state(),
            }
        )


def train(
    task: str, config: TrainingConfig, output: Path, resume: bool = False, shown: bool = True
) -> Trainer:
    """Trains `task` into the folder `output`; with `resume`, goes on from what is there.

    shown: whether a bar on standard error tells of the progress.
    """
    trainer = Trainer(task, config, output, resume)
    trainer.train(shown)
    return trainer
