"""Train, run, compare and understand attention-based encoder-decoders that point.

>>> from ptrnet_suite import load
>>> [len(tour) for tour in load("tsp").solve([[[0, 0], [1, 1], [1, 0]], [[0, 0], [1, 1], [0, 1]]])]
[3, 3]

`load` gives a solver of a task or of a checkpoint, `train` trains a model, `register` adds a task,
a search, a strategy or a part of a model of one's own under a name. Whatever a user's input gets
wrong is an `InputError` of one sentence. Nothing is imported before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ptrnet_suite.runtime.lazy import public_names
from ptrnet_suite.runtime.moved_modules import redirect_imports
from ptrnet_suite.runtime.version import __version__ as __version__

if TYPE_CHECKING:
    from ptrnet_suite.errors import InputError as InputError
    from ptrnet_suite.studies.registration import register as register
    from ptrnet_suite.studies.solver import Solver as Solver
    from ptrnet_suite.studies.solver import load as load
    from ptrnet_suite.studies.training_run import train as train
else:
    __getattr__, __dir__, __all__ = public_names(
        __name__,
        {
            "errors": "InputError",
            "studies.solver": "Solver load",
            "studies.training_run": "train",
            "studies.registration": "register",
        },
        packages=[
            "data",
            "evaluation",
            "model",
            "reporting",
            "runtime",
            "search",
            "studies",
            "task",
            "training",
        ],
    )
    __all__ += ["__version__"]

redirect_imports()
