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

WAY = (
    Column("milliseconds for a step", "number"),
    Column("largest fall", "rate"),
    Column("gradient norm", "number"),
    Column("spread of the gradient norm", "number"),
    Column("gradient noise", "number"),
    Column("entropy at the end", "number"),
)
"""Figures of the way that training takes."""

WAY_NOTE = (
    "Mean over seeds, [smallest, largest]. Mean over the run: of validation, over the budget; it "
    "tells how soon training gets on. Largest fall: of validation below its best so far. "
    "Gradient figures are over the second half of the budget: norm before clipping; its deviation "
    "within 50 steps over its mean; noise: trace of the covariance of batches' gradients over the "
    "squared length of their mean (McCandlish et al. 2018), so that as many batches must be "
    "averaged until signal and noise are even; 1000 stands for any more. Entropy: nats for a "
    "choice, along the policy's own samples."
)


def in_words(found: Spread | None, metric: Metric) -> str:
    """Mean and standard deviation over seeds; a dash where no run is complete."""
    if found is None:
        return "–"
    factor, digits = (100, 2) if metric.kind == "rate" else (1, 3)
    mean, deviation = factor * found.mean, factor * found.deviation
    spread = f" ± {deviation:.{digits}f}" if found.runs > 1 else ""
    return f"{mean:.{digits}f}{spread}"


def overview(plan: Plan, found: Summary, metrics: Mapping[str, Sequence[Metric]]) -> Table:
    """Variant x task: the first two metrics of each task on its test instances."""
    columns = [Column(plan.word)]
    for task in found:
        columns += [Column(f"{task}: {_heading(metric)}") for metric in metrics[task][:2]]
    rows: list[list[Cell]] = []
    for variant in plan.differences:
        cells = [
            in_words(figures.get(variant, {}).get(f"best {metric.name}"), metric)
            for task, figures in found.items()
            for metric in metrics[task][:2]
        ]
        rows.append([variant, *cells])
    note = f"After {plan.minutes:g} CPU minutes of training each; {_over(plan)}. {_tested(plan)}"
    title = f"{plan.title} after {plan.minutes:g} CPU minutes, {_seeds(plan)}"
    return Table(title, columns, rows, note)


def _heading(metric: Metric) -> str:
    unit = " (%)" if metric.kind == "rate" else ""
    return f"{metric.name.replace('_', ' ')}{unit} {'↑' if metric.higher_is_better else '↓'}"


def _seeds(plan: Plan) -> str:
    return "1 seed" if plan.seeds == 1 else f"{plan.seeds} seeds"


def _over(plan: Plan) -> str:
    return f"{'mean ± standard deviation over ' if plan.seeds > 1 else 'of '}{_seeds(plan)}"


def _tested(plan: Plan) -> str:
    told = [
        f"{label}: {one.test} test instances{_sizes(one)}, "
        f"{one.training} to train on, batches of {one.config.batch_size}"
        for label, one in plan.tasks.items()
    ]
    return (
        f"The checkpoint of the best validation, {_searches(plan)}, on instances that no run has "
        f"seen. {'; '.join(told)}."
    )


def _sizes(one: TaskPlan) -> str:
    """Sizes of the test instances where the plan knows them."""
    if one.sources:
        return ""
    low, high = one.tested[0], one.tested[-1]
    return f" of size {high}" if low == high else f" of sizes {low} to {high}"


def length_tables(
    plan: Plan, label: str, runs: Sequence[CompletedRun], metrics: Sequence[Metric]
) -> list[Table]:
    """Variant x range of input lengths: a table for each kept metric of a task's runs."""
    found, ranges = length_spreads(runs), counts(runs)
    inside = ", ".join(f"{count} of {name}" for name, count in ranges.items())
    note = f"The best checkpoint by validation, {_over(plan)}. Test instances by length: {inside}."
    return [
        Table(
            f"{label} by the length of the input: {_heading(metric)}",
            [Column(plan.word), *map(Column, ranges)],
            [
                [variant, *(in_words(spreads.get(name), metric) for name in ranges)]
                for variant in plan.differences
                for spreads in [found[metric.name].get(variant, {})]
            ],
            note,
        )
        for metric in kept_metrics(metrics)
        if metric.name in found
    ]


def _lengths_picture(
    plan: Plan, label: str, runs: Sequence[CompletedRun], metrics: Sequence[Metric]
) -> Picture:
    spreads = length_spreads(runs)
    drawn = [metric for metric in kept_metrics(metrics) if metric.name in spreads]
    words = f"{_over(plan)}, bars: one standard deviation" if plan.seeds > 1 else _over(plan)
    return Picture(
        f"{folder_name(label)}_by_length",
        f"{label}: the test by the length of the input; {words}.",
        lines_by_length(spreads, counts(runs), drawn),
    )


def _searches(plan: Plan) -> str:
    return ", ".join(dict.fromkeys(one.config.validation.search for one in plan.tasks.values()))


def task_section(
    plan: Plan,
    label: str,
    found: Mapping[str, Mapping[str, Spread]],
    runs: Sequence[CompletedRun],
    metrics: Sequence[Metric],
) -> Section:
    """A task's figures in full and its curves."""
    first, name = metrics[0], folder_name(label)
    groups = {variant: [run for run in runs if run.trial.variant == variant] for variant in found}
    chosen = {one: groups[one] for one in plan.stability or list(groups)[:6] if one in groups}
    parts: list[Table | Picture] = [
        _reached(plan, label, found, metrics[:2]),
        _way(plan, label, found, first),
        Picture(
            f"{name}_convergence",
            f"{label}: validation over CPU time; mean over seeds and the band from the smallest to "
            "the largest; dashed: the first one; grey: all others.",
            convergence(groups, first),
        ),
    ]
    if chosen:
        words = "the band goes from the smallest to the largest seed"
        parts.append(
            Picture(
                f"{name}_stability",
                f"{label}: how steady training is; {words}.",
                stability(chosen, first),
            )
        )
    if counts(runs):
        parts.append(_lengths_picture(plan, label, runs, metrics))
    return Section(label, "", parts)


def _reached(
    plan: Plan, label: str, found: Mapping[str, Mapping[str, Spread]], metrics: Sequence[Metric]
) -> Table:
    names = [(kept, metric) for kept in ("best", "last") for metric in metrics]
    columns = [Column(plan.word)]
    columns += [Column(f"{metric.name} of the {kept}", metric.kind) for kept, metric in names]
    columns += [Column("steps", "count"), Column("instances", "count")]
    rows = [
        [
            variant,
            *(_cell(spreads, f"{kept} {metric.name}") for kept, metric in names),
            *(spreads[size].mean for size in ("steps", "instances")),
        ]
        for variant, spreads in found.items()
    ]
    note = "Test instances; the best checkpoint by validation and the last one; mean over seeds, "
    return Table(f"{label}: what is reached", columns, rows, note + "[smallest, largest].")


def _way(
    plan: Plan, label: str, found: Mapping[str, Mapping[str, Spread]], metric: Metric
) -> Table:
    area = Column("mean over the run", metric.kind)
    way = [Column(one.name, metric.kind if one.name == "largest fall" else one.kind) for one in WAY]
    columns = [Column(plan.word), area, *way]
    rows = [
        [variant, *(_cell(spreads, column.name) for column in columns[1:])]
        for variant, spreads in found.items()
    ]
    return Table(f"{label}: the way there", columns, rows, WAY_NOTE)


def _cell(spreads: Mapping[str, Spread], name: str) -> Cell:
    if name not in spreads:
        return None
    found = spreads[name]
    return Estimate(found.mean, found.smallest, found.largest) if found.runs > 1 else found.mean
