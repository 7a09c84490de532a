"""The one error that a user's input can cause."""

from typing import final


@final
class InputError(ValueError):
    """Bad input, in one sentence: which input, what is wrong, and what is accepted.

    The command line prints the sentence and exits with code 2.
    """
