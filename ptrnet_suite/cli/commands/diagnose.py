"""`ptrnet diagnose`: whether search or model errs, and what a model's own choices cost it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ptrnet_suite.cli.arguments import (
    Parser,
    add_machine_arguments,
    at_least,
    data_name,
    picture_file,
)
from ptrnet_suite.cli.checkpoints import distinct_labels, labelled_checkpoints

if TYPE_CHECKING:
    from ptrnet_suite.cli.data_source import Data
    from ptrnet_suite.model.checkpoint import Checkpoint

SEARCHES = ("greedy", "beam:2", "beam:4", "beam:16")
"""What `diagnose search` tries when it is not told."""


def run(given: Sequence[str]) -> None:
    """Parses and diagnoses: `search TASK ...` or `exposure TASK ...`."""
    kinds = {"search": _search, "exposure": _exposure}
    if given and given[0] in kinds:
        kinds[given[0]](given[1:])
        return
    parser = Parser(
        "diagnose",
        "Tells where mistakes come from. `search`: from the search or from the model itself;\n"
        "`exposure`: what a model's own earlier choices cost it. `ptrnet diagnose search --help`.",
        "ptrnet diagnose search text --data words.tsv --plot errors.png",
    )
    parser.add_argument("kind", metavar="search|exposure", choices=list(kinds))
    parser.parse_args(given)


def _search(given: Sequence[str]) -> None:
    arguments = _search_parser().parse_args(given)
    from ptrnet_suite.cli.inputs import open_inputs

    searches = list(dict.fromkeys(arguments.search or SEARCHES))
    checkpoint, instances, data, notes = open_inputs(arguments, arguments.data, counted=True)
    from ptrnet_suite.cli.diagnosis_tables import outcome_table, told_argmax
    from ptrnet_suite.cli.notes import tell_notes
    from ptrnet_suite.cli.tables import console
    from ptrnet_suite.reporting.progress import counting
    from ptrnet_suite.studies.diagnosis.search_errors import diagnose_searches

    with counting("searching", len(instances) * (1 + len(searches))) as tell:
        diagnosis = diagnose_searches(
            checkpoint,
            instances,
            searches,
            arguments.budget,
            arguments.batch_size,
            arguments.seed,
            by_cost=not arguments.by_probability,
            progress=tell,
        )
    title = f"{checkpoint.task.name}: {data.title}, {distinct_labels([checkpoint.path])[0]}"
    tell_notes(notes)
    console().print(outcome_table(diagnosis, title))
    for line in told_argmax(diagnosis):
        console().print(line)
    if arguments.plot is not None:
        from ptrnet_suite.reporting.style import save
        from ptrnet_suite.studies.diagnosis.pictures import outcome_picture

        save(outcome_picture(diagnosis, title), arguments.plot)
    _write(arguments, [checkpoint], data, diagnosis.to_json())


def _exposure(given: Sequence[str]) -> None:
    arguments = _exposure_parser().parse_args(given)
    opened = labelled_checkpoints(arguments, arguments.data)
    from ptrnet_suite.cli.diagnosis_tables import exposure_notes, exposure_table
    from ptrnet_suite.cli.notes import tell_notes
    from ptrnet_suite.cli.tables import console
    from ptrnet_suite.reporting.progress import counting
    from ptrnet_suite.studies.diagnosis.exposure_bias import diagnose_exposure

    data = next(iter(opened.values())).data
    count = len(data.instances)
    with counting("following", count * len(opened)) as tell:
        exposures = [
            diagnose_exposure(
                inputs.checkpoint,
                label,
                inputs.instances,
                arguments.batch_size,
                arguments.seed,
                tell,
            )
            for label, inputs in opened.items()
        ]
    title = f"{arguments.task}: {data.title}"
    tell_notes(dict.fromkeys(note for inputs in opened.values() for note in inputs.notes))
    console().print(exposure_table(exposures, title))
    console().print(exposure_notes())
    if arguments.plot is not None:
        from ptrnet_suite.reporting.style import save
        from ptrnet_suite.studies.diagnosis.pictures import step_picture

        save(step_picture(exposures, title), arguments.plot)
    content = {
        "task": arguments.task,
        "count": count,
        "checkpoints": [exposure.to_json() for exposure in exposures],
    }
    _write(arguments, [inputs.checkpoint for inputs in opened.values()], data, content)


def _write(
    arguments: argparse.Namespace,
    checkpoints: Sequence[Checkpoint],
    data: Data,
    content: dict[str, Any],
) -> None:
    """Writes the JSON where asked, with what is needed to get the figures again."""
    if arguments.json is None:
        return
    from ptrnet_suite.evaluation.report import checkpoint_facts, machine_facts
    from ptrnet_suite.runtime.files import write_json
    from ptrnet_suite.runtime.provenance import command_line

    single = (
        {"checkpoint": checkpoint_facts(checkpoints[0])} if "checkpoints" not in content else {}
    )
    facts = {
        **single,
        "data": data.facts,
        "seed": arguments.seed,
        **machine_facts(checkpoints[0]),
        "command": command_line(),
    }
    write_json(arguments.json, {**content, **facts})


def _search_parser() -> Parser:
    parser = Parser(
        "diagnose search",
        "Holds searches against the answer that the model itself holds for the most probable.",
        "ptrnet diagnose search text --data words.tsv --search greedy --search beam:4",
    )
    _add_common(parser)
    parser.add_argument("--checkpoint", metavar="NAME|FILE", help="default: the one that suits")
    parser.add_argument(
        "--search",
        action="append",
        metavar="SPEC",
        help=f"may be given several times (default: {', '.join(SEARCHES)})",
    )
    parser.add_argument(
        "--by-probability",
        action="store_true",
        help="searches go by probability even where the task tells what an answer costs",
    )
    parser.add_argument(
        "--budget",
        type=at_least(1),
        metavar="N",
        help="most hypotheses that the exhaustive search extends for an instance (default: 100000)",
    )
    return parser


def _exposure_parser() -> Parser:
    parser = Parser(
        "diagnose exposure",
        "How much worse a model chooses after its own choices than after the known ones.",
        "ptrnet diagnose exposure text --data words.tsv --checkpoint runs/a --checkpoint runs/b",
    )
    _add_common(parser)
    parser.add_argument(
        "--checkpoint",
        action="append",
        metavar="NAME|FILE",
        help="may be given several times (default: the shipped one that suits)",
    )
    return parser


def _add_common(parser: Parser) -> None:
    parser.add_argument("task", metavar="TASK", help="a task (see `ptrnet list`)")
    parser.add_argument(
        "--data", required=True, type=data_name, metavar="FILE|NAME", help="what the task reads"
    )
    parser.add_argument(
        "--limit", type=at_least(1), metavar="N", help="only N of the instances, drawn by the seed"
    )
    parser.add_argument("--batch-size", type=at_least(1), metavar="N", help="decoded together")
    parser.add_argument(
        "--seed",
        type=at_least(0),
        default=0,
        metavar="N",
        help="of sampling and --limit (default: 0)",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="writes all figures there")
    parser.add_argument(
        "--plot", type=picture_file, metavar="FILE", help="draws them: .png, .svg or .pdf"
    )
    add_machine_arguments(parser)
