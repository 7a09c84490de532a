"""Diagnoses as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ptrnet_suite.cli.tables import plain_table

if TYPE_CHECKING:
    from rich.table import Table

    from ptrnet_suite.evaluation.statistics import Estimate
    from ptrnet_suite.studies.diagnosis.exposure_bias import ExposureBias
    from ptrnet_suite.studies.diagnosis.search_errors import SearchDiagnosis


def outcome_table(diagnosis: SearchDiagnosis, title: str) -> Table:
    """A row for each search: how often it is right, what became of the instances, what it missed.

    The last but one is the share of search errors, harmless ones too, where the argmax is proved.
    """
    from ptrnet_suite.studies.diagnosis.search_errors import OUTCOMES

    names = (name.replace("_", " ") for name in OUTCOMES)
    columns = ("right", *names, "argmax missed", "seconds")
    table = plain_table("search", *columns, right=columns, title=title)
    for search in diagnosis.searches:
        shares = diagnosis.shares(search)
        outcomes = [_percent(shares[name].estimate) for name in OUTCOMES]
        table.add_row(
            search.search,
            _percent(shares["right"].estimate),
            *outcomes,
            _with_interval(shares["missed_argmax"].estimate),
            f"{search.seconds:.1f}",
        )
    return table


def told_argmax(diagnosis: SearchDiagnosis) -> list[str]:
    """How far the argmax is proved, how often it is right, and what the columns mean; lines."""
    from ptrnet_suite.studies.diagnosis.search_errors import OUTCOMES

    proved, best, count = diagnosis.proved, diagnosis.best, len(diagnosis.proved)
    lines = [
        f"argmax proved for {proved.sum():,} of {count:,}, unproved {100 * (~proved).mean():.2f} % "
        f"(at most {diagnosis.budget:,} hypotheses extended for each; {best.seconds:.1f} s)"
    ]
    if proved.any():
        right = 100 * float(best.right[proved].mean())
        lines.append(f"of the proved argmaxes {right:.2f} % are right")
    if not proved.all():
        lines.append("argmax missed, of all instances, proved or not: " + _bounds(diagnosis))
    outcomes = (f"{name.replace('_', ' ')}: {meaning}" for name, meaning in OUTCOMES.items())
    return [*lines, f"right: {diagnosis.metric.name} is at its best", "; ".join(outcomes)]


def _bounds(diagnosis: SearchDiagnosis) -> str:
    """Least and most of what each search may have missed."""
    ranges = []
    for search in diagnosis.searches:
        shares = diagnosis.shares(search)
        least, most = (shares[f"missed_at_{end}"].estimate.value for end in ("least", "most"))
        ranges.append(f"{search.search} {100 * least:.2f} to {100 * most:.2f} %")
    return ", ".join(ranges)


def exposure_table(exposures: Sequence[ExposureBias], title: str) -> Table:
    """A row for each figure, a column for each checkpoint."""
    from ptrnet_suite.studies.diagnosis.exposure_bias import FIGURES

    labels = [exposure.label for exposure in exposures]
    table = plain_table("", *labels, "", right=tuple(labels), title=title)
    figures = [exposure.figures() for exposure in exposures]
    for name, meaning in FIGURES.items():
        table.add_row(name, *(_with_interval(values[name]) for values in figures), meaning)
    return table


def exposure_notes() -> str:
    """How to read the table."""
    return (
        "shares of choices with 95 % intervals (instances resampled); what the error itself costs "
        "is after_error_known_prefix less after_error"
    )


def _percent(estimate: Estimate) -> str:
    return "-" if estimate.value != estimate.value else f"{100 * estimate.value:.2f} %"


def _with_interval(estimate: Estimate) -> str:
    if estimate.low != estimate.low:  # not known, or of one instance alone
        return _percent(estimate)
    return f"{100 * estimate.value:.2f} % ({100 * estimate.low:.2f} to {100 * estimate.high:.2f})"
