"""The faults that are planted: what could stand instead of a node of a syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}

ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}

PAIRS = (
    ("all", "any"),
    ("amax", "amin"),
    ("argmax", "argmin"),
    ("ceil", "floor"),
    ("keys", "values"),
    ("lower", "upper"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("mean", "sum"),
    ("new_ones", "new_zeros"),
    ("ones", "zeros"),
    ("ones_like", "zeros_like"),
    ("removeprefix", "removesuffix"),
)
SWAPPED = dict((*PAIRS, *((second, first) for first, second in PAIRS)))
"""Name of a function or method -> the one that stands in for it."""

REDUCING = ("abs", "clamp", "clamp_max", "clamp_min", "cumsum", "exp", "log", "sqrt", "square")
DROPPED = frozenset({*REDUCING, "clone", "detach", "flip", "float", "int", "item", "strip"})
"""Methods whose call may be left out: `x.abs()` becomes `x`."""

UNWRAPPED = frozenset({"abs", "list", "reversed", "sorted", "sqrt"})
"""Functions of one argument that may be left out: `sorted(x)` becomes `x`."""


def alternatives(node: ast.AST) -> Iterator[ast.AST | None]:
    """What may stand instead of a node, one fault each; None: nothing, it is left out."""
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                for other in COMPARISONS[type(operator)]:
                    operators = [*node.ops[:place], other(), *node.ops[place + 1 :]]
                    yield ast.Compare(node.left, operators, node.comparators)
        case ast.BinOp(op=operator) if type(operator) in ARITHMETIC:
            yield ast.BinOp(node.left, ARITHMETIC[type(operator)](), node.right)
        case ast.AugAssign(op=operator) if type(operator) in ARITHMETIC:
            yield ast.AugAssign(node.target, ARITHMETIC[type(operator)](), node.value)
            yield None
        case ast.BoolOp():
            other = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            yield ast.BoolOp(other, node.values)
        case ast.UnaryOp():
            yield node.operand
        case ast.Constant():
            yield from constants(node.value)
        case ast.If() | ast.IfExp():
            yield from forced(node)
        case ast.comprehension(ifs=[_, *_]):
            yield ast.comprehension(node.target, node.iter, [], node.is_async)
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case ast.Return(value=ast.expr() as value) if not is_none(value):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call()):
            yield None
        case ast.Slice():
            if node.lower is not None:
                yield ast.Slice(None, node.upper, node.step)
            if node.upper is not None:
                yield ast.Slice(node.lower, None, node.step)
        case ast.Call():
            yield from calls(node)


def constants(value: object) -> Iterator[ast.Constant]:
    """Values beside a constant's; text that is prose says nothing of what is computed."""
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        if value + 1 != value:
            yield ast.Constant(value + 1)
        if isinstance(value, int) and value:
            yield ast.Constant(value - 1)
    elif isinstance(value, str) and " " not in value.strip():
        yield ast.Constant(f"{value}?")


def forced(node: ast.If | ast.IfExp) -> Iterator[ast.AST]:
    """The condition as if it always held, or never did."""
    for value in (True, False):
        test = ast.Constant(value)
        if isinstance(node, ast.If):
            yield ast.If(test, node.body, node.orelse)
        else:
            yield ast.IfExp(test, node.body, node.orelse)


def calls(node: ast.Call) -> Iterator[ast.AST]:
    """A call of its counterpart, one argument by name fewer, or no call."""
    name, function = "", node.func
    if isinstance(function, ast.Attribute):
        name = function.attr
        if name in SWAPPED:
            other = ast.Attribute(function.value, SWAPPED[name], function.ctx)
            yield ast.Call(other, node.args, node.keywords)
        if name in DROPPED and not (isinstance(function.value, ast.Name) and len(node.args) == 1):
            yield function.value
    elif isinstance(function, ast.Name):
        name = function.id
        if name in SWAPPED:
            yield ast.Call(ast.Name(SWAPPED[name], function.ctx), node.args, node.keywords)
    if name in UNWRAPPED and len(node.args) == 1 and isinstance(function, ast.Name):
        yield node.args[0]
    for place, keyword in enumerate(node.keywords):
        # Where a tensor lies shows only where there is an accelerator.
        if keyword.arg not in (None, "device"):
            kept = [*node.keywords[:place], *node.keywords[place + 1 :]]
            yield ast.Call(node.func, node.args, kept)


def is_none(node: ast.expr) -> bool:
    """Whether a node is the word None."""
    return isinstance(node, ast.Constant) and node.value is None
