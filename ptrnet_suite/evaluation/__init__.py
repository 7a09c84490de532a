"""Answers, figures of merit and their intervals, and where a model looked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptrnet_suite.runtime.lazy import public_names

if TYPE_CHECKING:
    from ptrnet_suite.evaluation.attention_trace import decode_with_trace as decode_with_trace
    from ptrnet_suite.evaluation.attention_trace import trace_along as trace_along
    from ptrnet_suite.evaluation.decode import decode_instances as decode_instances
    from ptrnet_suite.evaluation.decode import decode_n_best as decode_n_best
    from ptrnet_suite.evaluation.decode import evaluating as evaluating
    from ptrnet_suite.evaluation.decode import solve_instances as solve_instances
    from ptrnet_suite.evaluation.length_buckets import by_length as by_length
    from ptrnet_suite.evaluation.perplexity import log_probabilities as log_probabilities
    from ptrnet_suite.evaluation.report import EvaluationReport as EvaluationReport
    from ptrnet_suite.evaluation.report import measure as measure
    from ptrnet_suite.evaluation.scoring import evaluate as evaluate
    from ptrnet_suite.evaluation.statistics import Estimate as Estimate
    from ptrnet_suite.evaluation.statistics import estimate as estimate
else:
    __getattr__, __dir__, __all__ = public_names(
        __name__,
        {
            "attention_trace": "decode_with_trace trace_along",
            "decode": "decode_instances decode_n_best evaluating solve_instances",
            "length_buckets": "by_length",
            "perplexity": "log_probabilities",
            "report": "EvaluationReport measure",
            "scoring": "evaluate",
            "statistics": "Estimate estimate",
        },
    )
