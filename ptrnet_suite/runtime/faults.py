"""What a machine can refuse, as sentences: memory, disk space, files, a terminal's characters.

These are told apart by their types and words alone, so that nothing is imported for it.
"""

from __future__ import annotations

import errno
import re
import sys

_MEMORY = re.compile(
    r"can't allocate memory|not enough memory|out of memory|bad_alloc|alloc_cpu|ALLOC_FAILED"
    r"|[Ss]torage size calculation overflowed|multiplication overflow|can't start new thread"
)
"""Words of torch, CUDA and the system where memory ends; each is a RuntimeError."""

_WRITING = re.compile(r"inline_container|PytorchStreamWriter|iostream error")
"""Words of torch where a file cannot be written, which it says without a reason."""

_FULL = {errno.ENOSPC: "the disk is full", errno.EDQUOT: "the quota of the disk is used up",
         errno.EFBIG: "a file may not be larger here"}  # fmt: skip


def sentence_of(error: BaseException) -> str | None:
    """A sentence about what the machine refused; None for an error that is of another kind."""
    if _is_memory(error):
        return (
            f"there is not enough memory ({_first_line(error) or type(error).__name__}); smaller "
            "inputs, fewer at a time, a smaller batch or a narrower search need less"
        )
    if isinstance(error, UnicodeEncodeError):
        written = error.object[error.start : error.end]
        return (
            f"{written[:20]!r} cannot be written in {error.encoding}, the encoding of the output; "
            "PYTHONIOENCODING=utf-8 writes everything"
        )
    if isinstance(error, OSError):
        return (
            reason_of(error) if error.filename is None else f"{error.filename}: {reason_of(error)}"
        )
    if isinstance(error, RuntimeError) and is_of_writing(error):
        return f"a file cannot be written: {reason_of(error)}"
    return None


def reason_of(error: OSError | RuntimeError) -> str:
    """Why the system, or torch in its name, refused a file."""
    if isinstance(error, OSError):
        known = _FULL.get(error.errno or 0) or error.strerror
        return known or str(error) or type(error).__name__
    return f"{_first_line(error)}, as where the disk is full"


def is_of_writing(error: BaseException) -> bool:
    """Whether torch could not write a file, which it says by a RuntimeError."""
    return isinstance(error, RuntimeError) and bool(_WRITING.search(str(error)))


def _is_memory(error: BaseException) -> bool:
    torch = sys.modules.get("torch")
    kinds = (MemoryError, *([] if torch is None else [torch.OutOfMemoryError]))
    if isinstance(error, kinds):
        return True
    if isinstance(error, OSError):
        return error.errno == errno.ENOMEM
    return isinstance(error, RuntimeError) and bool(_MEMORY.search(str(error)))


def _first_line(error: BaseException) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "")
