"""`ptrnet average`: one checkpoint whose weights are the mean of several ones'."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ptrnet_suite.cli.arguments import Parser
from ptrnet_suite.errors import InputError


def run(given: Sequence[str]) -> None:
    """Parses and writes the checkpoint."""
    arguments = _parser().parse_args(given)
    if arguments.out.suffix != ".safetensors":
        raise InputError(f"--out {arguments.out}: a checkpoint's name ends in .safetensors")
    from ptrnet_suite.model.checkpoint_files import find_checkpoint

    for name in arguments.checkpoints:
        find_checkpoint(name)
    from ptrnet_suite.model.averaging import average
    from ptrnet_suite.model.checkpoint import load_checkpoint

    checkpoints = [load_checkpoint(name) for name in arguments.checkpoints]
    average(checkpoints, arguments.shares or [1.0] * len(checkpoints), arguments.out)
    print(arguments.out)


def _parser() -> Parser:
    parser = Parser(
        "average",
        "One checkpoint whose weights are the mean of several ones' of the same shape.",
        "ptrnet average tsp50_supervised tsp50_pomo --shares 0.7 0.3 --out tsp50.safetensors",
    )
    parser.add_argument(
        "checkpoints", nargs="+", metavar="NAME|FILE", help="shipped checkpoints, files or runs"
    )
    parser.add_argument(
        "--shares", nargs="+", type=float, metavar="SHARE", help="of each (default: equal)"
    )
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help=".safetensors")
    return parser
