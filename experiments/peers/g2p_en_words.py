"""Runs in g2p_en's own environment: words, one a line, to JSON of phones and seconds.

g2p_en looks words up in NLTK's copy of CMUdict first, which it downloads. Here its network alone is
asked, by `predict`, as it is for words that the dictionary does not have; so nothing is downloaded.
"""

from __future__ import annotations

import json
import sys
import time
from types import SimpleNamespace

import nltk

nltk.download = lambda *_, **__: False  # what g2p_en calls when it is imported

from g2p_en import G2p  # noqa: E402

sys.modules["g2p_en.g2p"].cmudict = SimpleNamespace(dict=dict)
model = G2p()
words = sys.stdin.read().split()
model.predict("warm")
began = time.perf_counter()
found = [model.predict(word.lower()) for word in words]
seconds = time.perf_counter() - began
answers = [" ".join(phone.rstrip("012") for phone in phones) for phones in found]
json.dump({"seconds": seconds, "answers": answers}, sys.stdout)
