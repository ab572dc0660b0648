"""From an expression to closures, and from closures to a value.

Each part of an expression becomes one function (data, run) -> value; the whole is checked by `validate` before, so that
a closure need not doubt its own shape. `run` counts the steps of one evaluation: only `reduce` can take more than there
are parts in the expression, and equality and the answer can meet lists that a `reduce` has folded into themselves.

Where the specification leaves a choice, the choice is written at the closure. Values may tick (`ticking.py`): an
integer that grows as time passes, or the present moment. To a rule they are plain values; on the side they note when a
comparison would turn out differently.
"""

from __future__ import annotations

import marshal
import operator
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from gatepass.policy.certlogic import ticking
from gatepass.policy.certlogic.errors import CertLogicError
from gatepass.policy.certlogic.validation import validate
from gatepass.policy.certlogic.values import (
    LARGEST_INTEGER,
    DateTime,
    NoSuchDateError,
    fragment_of_uci,
    is_integer,
    ms_of_text,
    plus,
    truth,
)

MAX_STEPS: Final = 200_000
"""Parts evaluated inside `reduce`, values compared and answered, in one evaluation: some 0.1 s. A long value
set has 300 entries, and a state's rule folds it with ten parts."""
_REMEMBERED: Final = 1024
_REMEMBERED_BYTES: Final = 65_536


class _Run:
    """What one evaluation may still spend."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = MAX_STEPS

    def spend(self, steps: int, where: str) -> None:
        self.left -= steps
        if self.left < 0:
            raise CertLogicError("too_many_steps", where, f"more than {MAX_STEPS} steps")


class _Built(list[Any]):
    """An array that the expression wrote: the only kind that can hold date-times."""

    __slots__ = ()


class _Fold(dict[str, Any]):
    """The data that the lambda of a `reduce` sees."""

    __slots__ = ()


Closure = Callable[[Any, _Run], Any]


class Program:
    """An expression made ready to run on many data. Safe to share between threads."""

    __slots__ = ("_run", "parts")

    def __init__(self, run: Closure, parts: int) -> None:
        self._run = run
        self.parts = parts
        """How many parts the expression has."""

    def evaluate(self, data: Any) -> Any:
        """The value for these data: JSON, a date-time as text (UTC, milliseconds). CertLogicError otherwise."""
        run = _Run()
        try:
            return _answer(self._run(data, run), run)
        except RecursionError:
            raise CertLogicError("too_large", "", "nested too deep") from None

    def holds(self, data: Any) -> bool:
        """Whether the value is truthy; CertLogicError where it is neither truthy nor falsy, or there is none."""
        try:
            return _holds(self._run(data, _Run()))
        except RecursionError:
            raise CertLogicError("too_large", "", "nested too deep") from None


def evaluate(logic: Any, data: Any) -> Any:
    """The value of an expression for these data: JSON in, JSON out; CertLogicError otherwise, and nothing else.

    Expressions are remembered by their content: the second evaluation of the same rule costs the evaluation only.
    """
    try:
        # By content, not by identity: who changes a rule gets the changed one. Version 2 writes no references.
        key = marshal.dumps(logic, 2)
    except (ValueError, RecursionError):
        return compiled(logic).evaluate(data)
    return (_remembered(key) if len(key) <= _REMEMBERED_BYTES else compiled(logic)).evaluate(data)


def compiled(logic: Any) -> Program:
    """Ready to run; CertLogicError `malformed` with the place of the first fault otherwise."""
    issues = validate(logic)
    if issues:
        first = issues[0]
        code = "too_large" if first.code in {"too_deep", "too_large"} else "malformed"
        raise CertLogicError(code, first.where, first.message)
    compilation = _Compilation()
    return Program(compilation.part(logic, ""), compilation.parts)


@lru_cache(maxsize=_REMEMBERED)
def _remembered(key: bytes) -> Program:
    return compiled(marshal.loads(key))  # noqa: S302 - bytes that `evaluate` has just written


_FINAL: Final = frozenset({bool, int, str, type(None), list, dict})
"""What the data held, or what is JSON by itself: never a date-time, nothing with one inside."""


def _answer(value: Any, run: _Run) -> Any:
    """JSON from what a closure gave."""
    if type(value) in _FINAL:
        return value
    if isinstance(value, DateTime):
        return value.iso()
    if isinstance(value, ticking.Ticking):
        return int(value)
    if isinstance(value, _Built):
        run.spend(len(value), "")
        return [_answer(item, run) for item in value]
    if isinstance(value, _Fold):
        run.spend(len(value), "")
        return {key: _answer(item, run) for key, item in value.items()}
    return value


def _holds(value: Any) -> bool:
    return value is True or (value is not False and _condition(value, ""))


class _Compilation:
    """Turns parts into closures, counting them."""

    def __init__(self) -> None:
        self.parts = 0

    def part(self, expr: Any, where: str) -> Closure:
        self.parts += 1
        if isinstance(expr, dict):
            name, operands = next(iter(expr.items()))
            if name == "var":
                return _var(operands)
            return _OPERATIONS[name](self, operands, f"{where}/{name}", name)
        if isinstance(expr, list):
            items = [self.part(item, f"{where}/{place}") for place, item in enumerate(expr)]
            return lambda data, run: _Built([item(data, run) for item in items])
        value = int(expr) if isinstance(expr, float) else expr
        return lambda _data, _run: value

    def all(self, operands: list[Any], where: str) -> list[Closure]:
        return [self.part(operand, f"{where}/{place}") for place, operand in enumerate(operands)]


def _var(path: str) -> Closure:
    """A missing value, and any part of what is no object and no array, is null. Texts have no parts here."""
    if not path:
        return lambda data, _run: data
    if "." not in path:
        index = _index(path)
        return lambda data, _run: data.get(path) if isinstance(data, dict) else _item(data, index)
    fragments = path.split(".")
    steps = [(fragment, _index(fragment)) for fragment in fragments]

    def read(data: Any, _run: _Run) -> Any:
        for key, index in steps:
            data = data.get(key) if isinstance(data, dict) else _item(data, index)
        return data

    if len(steps) == 3 and steps[1][1] >= 0:
        return _field_of_item(fragments[0], steps[1][1], fragments[2], read)
    return read


def _field_of_item(name: str, place: int, field: str, read: Closure) -> Closure:
    """`name.0.field`, what most rules read, without a loop; anything but a list of objects goes the usual way."""

    def read_field(data: Any, run: _Run) -> Any:
        if type(data) is dict:
            items = data.get(name)
            if type(items) is list:
                if place >= len(items):
                    return None
                item = items[place]
                if type(item) is dict:
                    return item.get(field)
        return read(data, run)

    return read_field


def _index(fragment: str) -> int:
    return int(fragment) if fragment.isascii() and fragment.isdigit() and len(fragment) < 10 else -1


def _item(data: Any, index: int) -> Any:
    return data[index] if isinstance(data, list) and 0 <= index < len(data) else None


_PLAIN: Final = frozenset({type(None), bool, int, str, list, dict})
"""Types whose truth in Python is their truth in CertLogic."""


def _condition(value: Any, where: str) -> bool:
    if type(value) in _PLAIN:
        return bool(value)
    if isinstance(value, ticking.Ticking):
        return value.is_truthy()
    said = truth(value)
    if said is None:
        raise CertLogicError("not_truthy", where, "a condition must be truthy or falsy; this is neither")
    return said


def _if(compilation: _Compilation, operands: list[Any], where: str, _name: str) -> Closure:
    guard, then, otherwise = compilation.all(operands, where)

    def choose(data: Any, run: _Run) -> Any:
        value = guard(data, run)
        if value is True or (value is not False and _condition(value, where)):
            return then(data, run)
        return otherwise(data, run)

    return choose


def _and(compilation: _Compilation, operands: list[Any], where: str, _name: str) -> Closure:
    """The first falsy operand, or the last one; what comes after a falsy one is not evaluated."""
    closures = compilation.all(operands, where)

    def conjoin(data: Any, run: _Run) -> Any:
        value: Any = True
        for closure in closures:
            value = closure(data, run)
            if value is not True and (value is False or not _condition(value, where)):
                return value
        return value

    return conjoin


def _not(compilation: _Compilation, operands: list[Any], where: str, _name: str) -> Closure:
    (operand,) = compilation.all(operands, where)
    return lambda data, run: not _condition(operand(data, run), where)


def _equal(compilation: _Compilation, operands: list[Any], where: str, _name: str) -> Closure:
    left, right = compilation.all(operands, where)
    return lambda data, run: _same(left(data, run), right(data, run), run, where)


def _in(compilation: _Compilation, operands: list[Any], where: str, _name: str) -> Closure:
    member, array = compilation.all(operands, where)

    def find(data: Any, run: _Run) -> bool:
        wanted, items = member(data, run), array(data, run)
        if not isinstance(items, list):
            raise CertLogicError("not_an_array", f"{where}/1", "the right-hand side of in must be an array")
        run.spend(len(items), where)
        if type(wanted) is str:
            return wanted in items
        return any([_same(wanted, item, run, where) for item in items])  # noqa: C419 - every comparison is noted

    return find


def _same(left: Any, right: Any, run: _Run, where: str) -> bool:
    """Equality without coercion: true is not 1. Arrays, objects and date-times are the same by what is in them.

    The specification promises nothing beyond texts and integers: JavaScript's answer there is identity, Kotlin's this.
    """
    if type(left) is str and type(right) is str:
        return left == right
    run.spend(1, where)
    same = left is right
    if isinstance(left, (bool, type(None))) or isinstance(right, (bool, type(None))):
        pass
    elif isinstance(left, (int, float)) and isinstance(right, (int, float)):
        same = ticking.compare(operator.eq, _whole(left), _whole(right))
    elif isinstance(left, str) and isinstance(right, str):
        same = ticking.same_text(left, right)
    elif isinstance(left, DateTime) and isinstance(right, DateTime):
        same = ticking.compare_times(operator.eq, left, right)
    elif isinstance(left, list) and isinstance(right, list):
        same = len(left) == len(right) and all(
            _same(one, other, run, where) for one, other in zip(left, right, strict=True)
        )
    elif isinstance(left, dict) and isinstance(right, dict):
        same = left.keys() == right.keys() and all(_same(value, right[key], run, where) for key, value in left.items())
    return same


def _whole(number: int | float) -> int | float:
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _plus(compilation: _Compilation, operands: list[Any], where: str, _name: str) -> Closure:
    left, right = compilation.all(operands, where)

    def add(data: Any, run: _Run) -> int:
        one, other = left(data, run), right(data, run)
        if type(one) is int and type(other) is int:
            total = one + other
        else:
            total = ticking.add(_integer(one, f"{where}/0"), _integer(other, f"{where}/1"))
        if not -LARGEST_INTEGER <= total <= LARGEST_INTEGER:
            raise CertLogicError("out_of_range", where, "the sum is beyond what an integer can be")
        return total

    return add


def _integer(value: Any, where: str) -> int:
    if not is_integer(value):
        raise CertLogicError("not_an_integer", where, "not an integer")
    return int(value) if isinstance(value, float) else value


_COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "after": operator.gt,
    "before": operator.lt,
    "not-after": operator.le,
    "not-before": operator.ge,
}


def _comparison(compilation: _Compilation, operands: list[Any], where: str, name: str) -> Closure:
    """Of two, or of three where both neighbours must hold. All operands are evaluated and checked, always."""
    compare = _COMPARISONS[name]
    closures = compilation.all(operands, where)
    if len(closures) == 2:
        left, right = closures

        def compare_two(data: Any, run: _Run) -> bool:
            one, other = left(data, run), right(data, run)
            if type(one) is int and type(other) is int:
                return compare(one, other)
            return ticking.compare(compare, _integer(one, f"{where}/0"), _integer(other, f"{where}/1"))

        return compare_two

    def compare_three(data: Any, run: _Run) -> bool:
        one, two, three = (_integer(closure(data, run), f"{where}/{place}") for place, closure in enumerate(closures))
        return ticking.compare(compare, one, two) and ticking.compare(compare, two, three)

    return compare_three


def _comparison_of_times(compilation: _Compilation, operands: list[Any], where: str, name: str) -> Closure:
    compare = _COMPARISONS[name]
    closures = compilation.all(operands, where)

    def compare_all(data: Any, run: _Run) -> bool:
        times = [closure(data, run) for closure in closures]
        if len(times) == 2 and type(times[0]) is DateTime is type(times[1]):
            return compare(times[0].ms, times[1].ms)
        for place, time in enumerate(times):
            if not isinstance(time, DateTime):
                raise CertLogicError("not_a_date_time", f"{where}/{place}", "not made by plusTime or dccDateOfBirth")
        return all(ticking.compare_times(compare, *pair) for pair in pairwise(times))

    return compare_all


def _plus_time(compilation: _Compilation, operands: list[Any], where: str, _name: str) -> Closure:
    text = compilation.part(operands[0], f"{where}/0")
    amount, unit = int(operands[1]), operands[2]

    def shift(data: Any, run: _Run) -> DateTime:
        value = text(data, run)
        try:
            if type(value) is str:
                ms = ms_of_text(value)
                return DateTime(plus(ms, amount, unit) if amount else ms)
            if isinstance(value, ticking.Present):
                return value.plus(amount, unit)
            return DateTime(plus(ms_of_text(_text(value, f"{where}/0")), amount, unit))
        except NoSuchDateError as error:
            code = "out_of_range" if str(error) == "out of range" else "not_a_date"
            raise CertLogicError(code, where, str(error)) from None

    return shift


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise CertLogicError("not_a_text", where, "not a text")
    return value


def _reduce(compilation: _Compilation, operands: list[Any], where: str, _name: str) -> Closure:
    """A left fold; null is folded like an empty array. The lambda sees `current` and `accumulator`, nothing else."""
    array, initial = compilation.part(operands[0], f"{where}/0"), compilation.part(operands[2], f"{where}/2")
    before = compilation.parts
    step = compilation.part(operands[1], f"{where}/1")
    cost = compilation.parts - before

    def fold(data: Any, run: _Run) -> Any:
        items = array(data, run)
        if items is not None and not isinstance(items, list):
            raise CertLogicError("not_an_array", f"{where}/0", "only an array can be reduced")
        accumulator = initial(data, run)
        for item in items or ():
            run.spend(cost, where)
            accumulator = step(_Fold(accumulator=accumulator, current=item), run)
        return accumulator

    return fold


def _extract(compilation: _Compilation, operands: list[Any], where: str, _name: str) -> Closure:
    uci, index = compilation.part(operands[0], f"{where}/0"), int(operands[1])

    def extract(data: Any, run: _Run) -> str | None:
        value = uci(data, run)
        return None if value is None else fragment_of_uci(_text(value, f"{where}/0"), index)

    return extract


def _date_of_birth(compilation: _Compilation, operands: list[Any], where: str, _name: str) -> Closure:
    (text,) = compilation.all(operands, where)

    def convert(data: Any, run: _Run) -> DateTime:
        try:
            return DateTime(ms_of_text(_text(text(data, run), f"{where}/0"), date_only=True))
        except NoSuchDateError as error:
            raise CertLogicError("not_a_date", where, str(error)) from None

    return convert


_OPERATIONS: Final[dict[str, Callable[[_Compilation, list[Any], str, str], Closure]]] = {
    "if": _if,
    "and": _and,
    "!": _not,
    "===": _equal,
    "in": _in,
    "+": _plus,
    **dict.fromkeys((">", "<", ">=", "<="), _comparison),
    **dict.fromkeys(("after", "before", "not-after", "not-before"), _comparison_of_times),
    "plusTime": _plus_time,
    "reduce": _reduce,
    "extractFromUVCI": _extract,
    "dccDateOfBirth": _date_of_birth,
}
