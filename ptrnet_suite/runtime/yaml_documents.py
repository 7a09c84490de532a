"""YAML in, plain values or one sentence out, whatever the bytes are.

Configs and plans need mappings, lists, texts, numbers, truth values and nulls; of the rest of YAML
they may use anchors, by which a plan's tasks share a config. A date is the text that it was written
as, and what has a tag of its own (sets, binary data, objects of Python) is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, final

import yaml

from ptrnet_suite.errors import InputError
from ptrnet_suite.runtime.json_documents import LARGEST_WHOLE, check_characters, check_depth
from ptrnet_suite.runtime.limits import excerpt, read_bytes

LARGEST_DOCUMENT = 2**17
"""Bytes of a document: the longest plan of the suite's own has four thousand, and as many as these
take seconds to read."""

MOST_VALUES = 100_000
"""Values in a document, where what an anchor names counts each time that it is used."""

_CORE = "tag:yaml.org,2002:"
_SCALARS = ("str", "int", "float", "bool", "null")
_LEFT_OUT = (f"{_CORE}timestamp", f"{_CORE}value")


def read_yaml(path: Path, kind: str, holds: str) -> dict[str, Any]:
    """A YAML file's names and values; raises InputError for another file.

    kind: what it should be, such as a config; holds: what that holds, for the message.
    """
    try:
        values = yaml_value(read_bytes(path, LARGEST_DOCUMENT).decode("utf-8-sig"))
    except InputError:
        raise
    except ValueError as error:
        raise InputError(f"{path} is no YAML: {error}") from None
    if not isinstance(values, dict):
        raise InputError(f"{path} is no {kind}: it must hold {holds}")
    return values


def yaml_value(text: str) -> Any:
    """The value that a YAML document holds; raises ValueError with the reason alone."""
    try:
        loader = _Loader(text)
        root = loader.get_single_node()
        if root is None:
            return None
        _Nodes().check(root)
        value = loader.construct_document(root)
    except yaml.YAMLError as error:
        raise ValueError(_reason(error)) from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    check_depth(value)
    check_characters(text, value)
    return value


def _reason(error: yaml.YAMLError) -> str:
    """What is wrong and where, in one line."""
    problem, mark = getattr(error, "problem", None), getattr(error, "problem_mark", None)
    if problem is None or mark is None:
        return " ".join(str(error).split())
    return f"line {mark.line + 1}: {problem}"


@final
class _Loader(yaml.SafeLoader):
    """Reads `=` and dates as the texts that they are."""

    yaml_implicit_resolvers = {  # noqa: RUF012 (PyYAML's own way)
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _LEFT_OUT]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """A whole number of at most 64 bits."""
        text = self.construct_scalar(node)
        # Python refuses more than 4,300 decimal digits, and what fits no float is a trap for later.
        if len(text) <= 80:
            number: int = super().construct_yaml_int(node)
            if abs(number) < LARGEST_WHOLE:
                return number
        raise _problem(node, f"the number {excerpt(text)} has more than 64 bits")


_Loader.add_constructor(f"{_CORE}int", _Loader.construct_yaml_int)


@final
class _Nodes:
    """Checks a document's nodes before values are made of them."""

    def __init__(self) -> None:
        self._sizes: dict[int, int | None] = {}

    def check(self, node: yaml.Node) -> int:
        """How many values the node becomes; raises YAMLError for one that none can be made of."""
        if id(node) in self._sizes:
            size = self._sizes[id(node)]
            if size is None:
                raise _problem(node, "this holds itself")
            return size
        self._sizes[id(node)] = None
        _check_tag(node)
        if isinstance(node, yaml.MappingNode):
            _check_keys(node)
        size = 1 + sum(map(self.check, _parts(node)))
        if size > MOST_VALUES:
            raise _problem(node, f"this stands for more than {MOST_VALUES:,} values")
        self._sizes[id(node)] = size
        return size


def _parts(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value


def _check_tag(node: yaml.Node) -> None:
    """Refuses a tag that YAML's plain values have not, and a scalar that is not what it says."""
    name = node.tag.removeprefix(_CORE)
    if isinstance(node, yaml.ScalarNode):
        known = name in (*_SCALARS, "merge")
        written = _RESOLVER.resolve(yaml.ScalarNode, node.value, (True, False))
        if known and name != "str" and written != node.tag:
            raise _problem(node, f"{excerpt(node.value)} is no {name}")
    else:
        known = name == ("seq" if isinstance(node, yaml.SequenceNode) else "map")
    if not known:
        raise _problem(node, f"the tag {excerpt(name)} is not accepted")


def _check_keys(node: yaml.MappingNode) -> None:
    """Refuses a key that stands twice, or that is no scalar."""
    seen: set[tuple[str, str]] = set()
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise _problem(key, "a list or a mapping cannot be a name")
        if (key.tag, key.value) in seen:
            raise _problem(key, f"the name {excerpt(key.value)} stands twice")
        seen.add((key.tag, key.value))


_RESOLVER = _Loader("")


def _problem(node: yaml.Node, words: str) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=words, problem_mark=node.start_mark)
