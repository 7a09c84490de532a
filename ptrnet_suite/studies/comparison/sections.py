"""Tables and sections of a comparison's report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ptrnet_suite.evaluation.statistics import Estimate
from ptrnet_suite.reporting.document import Cell, Column, Picture, Section, Table
from ptrnet_suite.studies.comparison.lengths import counts, kept_metrics, length_spreads
from ptrnet_suite.studies.comparison.pictures import convergence, lines_by_length, stability
from ptrnet_suite.studies.comparison.plan import Plan, TaskPlan, folder_name
from ptrnet_suite.studies.comparison.summary import CompletedRun, Spread
from ptrnet_suite.task.metric import Metric

Summary = Mapping[str, Mapping[str, Mapping[str, Spread]]]

STABILITY_COLUMNS = (
    Column("milliseconds for a step", "number"),
    Column("largest fall", "rate"),
    Column("gradient norm", "number"),
    Column("spread of the gradient norm", "number"),
    Column("gradient noise", "number"),
    Column("entropy at the end", "number"),
)
"""Figures of speed and stability in training."""

STABILITY_NOTE = (
    "Mean over seeds, [smallest, largest]. Mean over the run: of validation, over the budget; it "
    "tells how soon training gets on. Largest fall: of validation below its best so far. "
    "Gradient figures are over the second half of the budget: norm before clipping; its deviation "
    "within 50 steps over its mean; noise: trace of the covariance of batches' gradients over the "
    "squared length of their mean (McCandlish et al. 2018), so that as many batches must be "
    "averaged until signal and noise are even; 1000 stands for any more. Entropy: nats for a "
    "choice, along the policy's own samples."
)


def spread_text(spread: Spread | None, metric: Metric) -> str:
    """Mean and standard deviation over seeds; a dash where no run is complete."""
    if spread is None:
        return "–"
    factor, digits = (100, 2) if metric.kind == "rate" else (1, 3)
    mean, deviation = factor * spread.mean, factor * spread.deviation
    deviation_text = f" ± {deviation:.{digits}f}" if spread.runs > 1 else ""
    return f"{mean:.{digits}f}{deviation_text}"


def overview(plan: Plan, summary: Summary, metrics: Mapping[str, Sequence[Metric]]) -> Table:
    """Variant x task: the first two metrics of each task on its test instances."""
    columns = [Column(plan.word)]
    for task in summary:
        columns += [Column(f"{task}: {_heading(metric)}") for metric in metrics[task][:2]]
    rows: list[list[Cell]] = []
    for variant in plan.differences:
        cells = [
            spread_text(figures.get(variant, {}).get(f"best {metric.name}"), metric)
            for task, figures in summary.items()
            for metric in metrics[task][:2]
        ]
        rows.append([variant, *cells])
    budget = f"{plan.minutes:g} CPU minutes"
    note = f"After {budget} of training each; {_seeds_text(plan)}. {_test_note(plan)}"
    title = f"{plan.title} after {budget}, {_seeds(plan)}"
    return Table(title, columns, rows, note)


def _heading(metric: Metric) -> str:
    unit = " (%)" if metric.kind == "rate" else ""
    return f"{metric.name.replace('_', ' ')}{unit} {'↑' if metric.higher_is_better else '↓'}"


def _seeds(plan: Plan) -> str:
    return "1 seed" if plan.seeds == 1 else f"{plan.seeds} seeds"


def _seeds_text(plan: Plan) -> str:
    return f"{'mean ± standard deviation over ' if plan.seeds > 1 else 'of '}{_seeds(plan)}"


def _test_note(plan: Plan) -> str:
    task_notes = [
        f"{label}: {task_plan.test} test instances{_sizes(task_plan)}, "
        f"{task_plan.training} to train on, batches of {task_plan.config.batch_size}"
        for label, task_plan in plan.tasks.items()
    ]
    return (
        f"The checkpoint of the best validation, {_search_names(plan)}, on instances that no run "
        f"has seen. {'; '.join(task_notes)}."
    )


def _sizes(task_plan: TaskPlan) -> str:
    """Sizes of the test instances where the plan knows them."""
    if task_plan.sources:
        return ""
    low, high = task_plan.tested[0], task_plan.tested[-1]
    return f" of size {high}" if low == high else f" of sizes {low} to {high}"


def length_tables(
    plan: Plan, label: str, runs: Sequence[CompletedRun], metrics: Sequence[Metric]
) -> list[Table]:
    """Variant x range of input lengths: a table for each kept metric of a task's runs."""
    spreads_by_metric, ranges = length_spreads(runs), counts(runs)
    sizes = ", ".join(f"{count} of {name}" for name, count in ranges.items())
    note = (
        f"The best checkpoint by validation, {_seeds_text(plan)}. "
        f"Test instances by length: {sizes}."
    )
    return [
        Table(
            f"{label} by the length of the input: {_heading(metric)}",
            [Column(plan.word), *map(Column, ranges)],
            [
                [variant, *(spread_text(spreads.get(name), metric) for name in ranges)]
                for variant in plan.differences
                for spreads in [spreads_by_metric[metric.name].get(variant, {})]
            ],
            note,
        )
        for metric in kept_metrics(metrics)
        if metric.name in spreads_by_metric
    ]


def _lengths_picture(
    plan: Plan, label: str, runs: Sequence[CompletedRun], metrics: Sequence[Metric]
) -> Picture:
    spreads = length_spreads(runs)
    drawn = [metric for metric in kept_metrics(metrics) if metric.name in spreads]
    words = (
        f"{_seeds_text(plan)}, bars: one standard deviation"
        if plan.seeds > 1
        else _seeds_text(plan)
    )
    return Picture(
        f"{folder_name(label)}_by_length",
        f"{label}: the test by the length of the input; {words}.",
        lines_by_length(spreads, counts(runs), drawn),
    )


def _search_names(plan: Plan) -> str:
    return ", ".join(
        dict.fromkeys(task_plan.config.validation.search for task_plan in plan.tasks.values())
    )


def task_section(
    plan: Plan,
    label: str,
    spreads_by_variant: Mapping[str, Mapping[str, Spread]],
    runs: Sequence[CompletedRun],
    metrics: Sequence[Metric],
) -> Section:
    """A task's figures in full and its curves."""
    first, name = metrics[0], folder_name(label)
    groups = {
        variant: [run for run in runs if run.trial.variant == variant]
        for variant in spreads_by_variant
    }
    chosen = {
        variant: groups[variant]
        for variant in plan.stability or list(groups)[:6]
        if variant in groups
    }
    parts: list[Table | Picture] = [
        _test_table(plan, label, spreads_by_variant, metrics[:2]),
        _stability_table(plan, label, spreads_by_variant, first),
        Picture(
            f"{name}_convergence",
            f"{label}: validation over CPU time; mean over seeds and the band from the smallest to "
            "the largest; dashed: the first one; grey: all others.",
            convergence(groups, first),
        ),
    ]
    if chosen:
        caption = (
            f"{label}: how steady training is; the band goes from the smallest to the largest seed."
        )
        parts.append(Picture(f"{name}_stability", caption, stability(chosen, first)))
    if counts(runs):
        parts.append(_lengths_picture(plan, label, runs, metrics))
    return Section(label, "", parts)


def _test_table(
    plan: Plan,
    label: str,
    spreads_by_variant: Mapping[str, Mapping[str, Spread]],
    metrics: Sequence[Metric],
) -> Table:
    names = [(checkpoint, metric) for checkpoint in ("best", "last") for metric in metrics]
    columns = [Column(plan.word)]
    columns += [
        Column(f"{metric.name} of the {checkpoint}", metric.kind) for checkpoint, metric in names
    ]
    columns += [Column("steps", "count"), Column("instances", "count")]
    rows = [
        [
            variant,
            *(_cell(spreads, f"{checkpoint} {metric.name}") for checkpoint, metric in names),
            *(spreads[size].mean for size in ("steps", "instances")),
        ]
        for variant, spreads in spreads_by_variant.items()
    ]
    note = "Test instances; the best checkpoint by validation and the last one; mean over seeds, "
    return Table(f"{label}: what is reached", columns, rows, note + "[smallest, largest].")


def _stability_table(
    plan: Plan,
    label: str,
    spreads_by_variant: Mapping[str, Mapping[str, Spread]],
    metric: Metric,
) -> Table:
    columns = [Column(plan.word), Column("mean over the run", metric.kind)]
    for column in STABILITY_COLUMNS:
        kind = metric.kind if column.name == "largest fall" else column.kind
        columns.append(Column(column.name, kind))
    rows = [
        [variant, *(_cell(spreads, column.name) for column in columns[1:])]
        for variant, spreads in spreads_by_variant.items()
    ]
    return Table(f"{label}: the way there", columns, rows, STABILITY_NOTE)


def _cell(spreads: Mapping[str, Spread], name: str) -> Cell:
    if name not in spreads:
        return None
    spread = spreads[name]
    return (
        Estimate(spread.mean, spread.smallest, spread.largest) if spread.runs > 1 else spread.mean
    )
