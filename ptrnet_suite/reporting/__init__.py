"""Pictures and documents: charts, heat maps, pointers at work, reports of tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptrnet_suite.runtime.lazy import public_names

if TYPE_CHECKING:
    from ptrnet_suite.reporting.animation import write_animation as write_animation
    from ptrnet_suite.reporting.answers import plot_answer as plot_answer
    from ptrnet_suite.reporting.charts import TradeOffPoint as TradeOffPoint
    from ptrnet_suite.reporting.charts import gap_against_time as gap_against_time
    from ptrnet_suite.reporting.charts import lines_with_intervals as lines_with_intervals
    from ptrnet_suite.reporting.charts import training_curves as training_curves
    from ptrnet_suite.reporting.decoding import animate as animate
    from ptrnet_suite.reporting.decoding import draw_steps as draw_steps
    from ptrnet_suite.reporting.decoding import plot_attention as plot_attention
    from ptrnet_suite.reporting.decoding import plot_step as plot_step
    from ptrnet_suite.reporting.document import Column as Column
    from ptrnet_suite.reporting.document import Document as Document
    from ptrnet_suite.reporting.document import Picture as Picture
    from ptrnet_suite.reporting.document import Section as Section
    from ptrnet_suite.reporting.document import Table as Table
    from ptrnet_suite.reporting.heatmap import heat_map as heat_map
    from ptrnet_suite.reporting.style import INK as INK
    from ptrnet_suite.reporting.style import PALETTE as PALETTE
    from ptrnet_suite.reporting.style import STYLE as STYLE
    from ptrnet_suite.reporting.style import axes_or_new as axes_or_new
    from ptrnet_suite.reporting.style import bare as bare
    from ptrnet_suite.reporting.style import figure_of as figure_of
    from ptrnet_suite.reporting.style import new_figure as new_figure
    from ptrnet_suite.reporting.style import one_legend as one_legend
    from ptrnet_suite.reporting.style import save as save
    from ptrnet_suite.reporting.write import write_report as write_report
else:
    __getattr__, __dir__, __all__ = public_names(
        __name__,
        {
            "answers": "plot_answer",
            "animation": "write_animation",
            "charts": "TradeOffPoint gap_against_time lines_with_intervals training_curves",
            "decoding": "animate draw_steps plot_attention plot_step",
            "document": "Column Document Picture Section Table",
            "heatmap": "heat_map",
            "style": "INK PALETTE STYLE axes_or_new bare figure_of new_figure one_legend save",
            "write": "write_report",
        },
    )
