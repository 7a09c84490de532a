"""`ptrnet export`: a checkpoint in less space."""

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

    find_checkpoint(arguments.checkpoint)
    from ptrnet_suite.model.checkpoint import load_checkpoint, save_checkpoint

    checkpoint = load_checkpoint(arguments.checkpoint)
    save_checkpoint(
        arguments.out, checkpoint.network, checkpoint.task, checkpoint.record, arguments.storage
    )
    before, after = checkpoint.path.stat().st_size, arguments.out.stat().st_size
    print(f"{arguments.out}: {after / 1e6:.2f} MB, before {before / 1e6:.2f} MB")


def _parser() -> Parser:
    parser = Parser(
        "export",
        "The same checkpoint with its weights in less space: float16 halves it, int8 quarters it.\n"
        "Figures may change in the last digit; evaluate what was written.",
        "ptrnet export runs/g2p --storage int8 --out g2p.safetensors",
    )
    parser.add_argument("checkpoint", metavar="NAME|FILE", help="shipped checkpoint, file or run")
    parser.add_argument(
        "--storage", choices=["float32", "float16", "int8"], default="float16",
        help="how numbers are kept (default: float16)",
    )  # fmt: skip
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help=".safetensors")
    return parser
