"""Subwords: byte-pair encoding learnt from the training data, kept as text."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import TYPE_CHECKING, final

from ptrnet_suite.data.batch import END
from ptrnet_suite.errors import InputError

if TYPE_CHECKING:
    from sentencepiece import SentencePieceProcessor

SPACE = "▁"
"""How sentencepiece writes the space before a word."""

UNKNOWN_ID = 1

UNLIMITED = 2**20
"""Bytes of a text from which on training would leave it out."""


@final
@dataclass(frozen=True)
class Subwords:
    """A sentencepiece model whose id 0 is END and whose id 1 is the unknown.

    model: its file in base64, so that a checkpoint holds it. Byte-pair encoding is that of Sennrich
    et al. 2016, section 3.2, with the space before a word as part of its first subword (Kudo &
    Richardson 2018).
    """

    model: str

    @cached_property
    def processor(self) -> SentencePieceProcessor:
        """The loaded model; raises InputError for a model that is none."""
        from sentencepiece import SentencePieceProcessor

        try:
            processor = SentencePieceProcessor(model_proto=b64decode(self.model, validate=True))
        except (Base64Error, ValueError, RuntimeError) as error:
            raise InputError(
                "the subwords of an option are no sentencepiece model in base64; "
                "leave the option out and they are learnt from the training data"
            ) from error
        return processor

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """The subwords by id."""
        return tuple(map(self.processor.id_to_piece, range(self.processor.get_piece_size())))

    def split(self, text: str) -> list[str]:
        """The subwords of a text, which `join` puts together again."""
        pieces: list[str] = self.processor.encode(text, out_type=str)
        return pieces

    def encode(
        self, texts: Sequence[str], ending: bool, dropout: float = 0.0, seed: int = 0
    ) -> list[list[int]]:
        """Ids of each text, with END where `ending`; in one process the same for the same seed.

        dropout: the share of merges left out at random, BPE-dropout (Provilkov et al. 2020, section
        3); 0 gives the one segmentation that decoding reads. Between processes the same seed drops
        other merges (sentencepiece 0.2.3), so that a resumed run is not the run it would have been.
        """
        ids: list[list[int]]
        if dropout == 0:
            ids = self.processor.encode(list(texts), add_eos=ending, num_threads=1)
            return ids
        from sentencepiece import set_random_generator_seed

        # A batch is encoded in a thread of its own that starts from the seed; two would race.
        set_random_generator_seed(seed)
        ids = self.processor.encode(
            list(texts),
            add_eos=ending,
            num_threads=1,
            enable_sampling=True,
            alpha=dropout,
            nbest_size=-1,
        )
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        """The text of some ids."""
        return join([self.pieces[index] for index in ids])


def join(pieces: Sequence[str]) -> str:
    """The text of some subwords."""
    return "".join(pieces).replace(SPACE, " ").strip()


def learn(texts: Iterable[str], size: int) -> Subwords:
    """At most `size` subwords of these texts, END and the unknown included; the same every time.

    Fewer where the texts hold no more pairs to merge. Raises InputError for a size below the number
    of different characters.
    """
    from sentencepiece import SentencePieceTrainer

    written = BytesIO()
    try:
        SentencePieceTrainer.train(
            sentence_iterator=iter(texts),
            model_writer=written,
            model_type="bpe",
            vocab_size=size,
            hard_vocab_limit=False,
            character_coverage=1.0,
            normalization_rule_name="identity",
            eos_id=END,
            unk_id=UNKNOWN_ID,
            bos_id=-1,
            pad_id=-1,
            max_sentence_length=UNLIMITED,
            num_threads=1,
            minloglevel=2,
        )
    except RuntimeError as error:
        needed = re.search(r"\d+ vs (\d+)", str(error))
        least = f"at least {needed[1]}" if needed else "sizes that sentencepiece can train"
        raise InputError(
            f"subword_size is {size}; accepted for this training data is {least}"
        ) from error
    return Subwords(b64encode(written.getvalue()).decode("ascii"))
