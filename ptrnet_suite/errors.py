"""What ends a command in one sentence: input that cannot be used, and a signal."""

from typing import final

LONGEST = 1000


@final
class InputError(ValueError):
    """Bad input, in one sentence: which input, what is wrong, and what is accepted.

    The command line prints the sentence and exits with code 2. What it quotes of an input may be
    of any length: the middle of a sentence of more than `LONGEST` characters is left out.
    """

    def __init__(self, message: str) -> None:
        cut = f"{message[: LONGEST // 2]} ... {message[-LONGEST // 4 :]}"
        super().__init__(message if len(message) <= LONGEST else cut)


@final
class Interrupted(KeyboardInterrupt):
    """A signal ended work after it was saved; one sentence says what stands and how to go on.

    signal_number: 2 for Ctrl-C. The command line prints the sentence and exits as a shell names
    the signal: with 130 for Ctrl-C, with 143 for SIGTERM.
    """

    def __init__(self, sentence: str, signal_number: int) -> None:
        super().__init__(sentence)
        self.exit_code = 128 + signal_number
