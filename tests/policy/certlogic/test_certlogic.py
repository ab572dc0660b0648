"""CertLogic 1.3.3: every operation, what is refused, and that nothing else can happen, whatever the input."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.certlogic.cases import CASES, MALFORMED, REFUSED, at

from gatepass.policy.certlogic import CertLogicError, compiled, evaluate, validate
from gatepass.policy.certlogic.validation import MESSAGES, OPERANDS


def _id(case: Any) -> str:
    return json.dumps(case[0], ensure_ascii=False)[:80]


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_an_expression_has_this_value(case: tuple[Any, Any, Any]) -> None:
    expression, data, value = case
    found = evaluate(expression, data)
    assert (found, type(found)) == (value, type(value))
    assert compiled(expression).evaluate(data) == value


@pytest.mark.parametrize("case", REFUSED, ids=_id)
def test_what_cannot_be_evaluated_is_a_certlogic_error(case: tuple[Any, Any, str]) -> None:
    expression, data, code = case
    assert validate(expression) == []
    with pytest.raises(CertLogicError) as error:
        evaluate(expression, data)
    assert error.value.code == code


@pytest.mark.parametrize("case", MALFORMED, ids=_id)
def test_what_is_malformed_is_named_with_its_place(case: tuple[Any, str, str]) -> None:
    expression, code, where = case
    issues = validate(expression)
    assert [(issue.code, issue.where) for issue in issues] == [(code, where)]
    assert issues[0].message
    with pytest.raises(CertLogicError) as error:
        evaluate(expression, {})
    assert (error.value.code, error.value.where) == ("malformed", where)


def test_everything_malformed_is_listed_in_the_order_of_reading() -> None:
    found = validate({"if": [None, {"and": [1, 1.5]}, {"var": ""}]})
    assert [issue.where for issue in found] == ["/if/0", "/if/1/and/1"]
    shifted = validate({"plusTime": [None, 1.5, "week"]})
    assert [issue.code for issue in shifted] == ["literal_null", "plus_time_amount", "plus_time_unit"]
    assert [issue.code for issue in validate({"!": [None, 1.5]})] == ["operands_count"]


def test_a_malformed_part_is_refused_even_where_it_would_not_be_evaluated() -> None:
    with pytest.raises(CertLogicError, match="nope"):
        evaluate({"if": [True, 1, {"nope": [1]}]}, {})


def test_the_cases_use_every_operation() -> None:
    used = json.dumps([case[0] for case in CASES])
    assert [name for name in OPERANDS if f'"{name}"' not in used] == []
    assert {code for _expression, code, _where in MALFORMED} | {"literal_unknown", "too_deep", "too_large"} == set(
        MESSAGES
    )


def test_evaluating_changes_neither_the_rule_nor_the_data() -> None:
    for expression, data, _value in CASES:
        before = deepcopy((expression, data))
        evaluate(expression, data)
        assert (expression, data) == before


def test_a_rule_that_was_changed_in_place_is_evaluated_as_it_is_now() -> None:
    rule: dict[str, Any] = {"+": [1, 1]}
    assert evaluate(rule, {}) == 2
    rule["+"][1] = 5
    assert evaluate(rule, {}) == 6
    rule["+"][0] = True
    with pytest.raises(CertLogicError):
        evaluate(rule, {})


def test_no_error_repeats_what_is_known_of_a_person() -> None:
    for expression in ({"+": [{"var": "x"}, 1]}, at("")):
        with pytest.raises(CertLogicError) as error:
            evaluate(expression, {"x": "secret"})
        assert "secret" not in str(error.value)


def test_an_error_says_where_in_the_rule_it_happened() -> None:
    with pytest.raises(CertLogicError) as error:
        evaluate({"if": [{"and": [True, {">": [{"var": "days"}, 3]}]}, 1, 2]}, {})
    assert error.value.where == "/if/0/and/1/>/0"


# ---------------------------------------------------------------- bounds


def _nested(depth: int) -> Any:
    expression: Any = True
    for _ in range(depth):
        expression = {"!": [expression]}
    return expression


def test_deep_nesting_is_evaluated_up_to_the_limit_and_refused_beyond() -> None:
    assert evaluate(_nested(200), {}) is True
    for depth in (201, 5_000, 100_000):
        with pytest.raises(CertLogicError) as error:
            evaluate(_nested(depth), {})
        assert error.value.code == "too_large"


def test_an_endless_array_of_parts_is_refused() -> None:
    with pytest.raises(CertLogicError) as error:
        evaluate([1] * 100_001, {})
    assert error.value.code == "too_large"


def test_a_fold_in_a_fold_in_a_fold_ends() -> None:
    step: Any = {"var": "accumulator"}
    for _ in range(6):
        step = {"reduce": [[1] * 20, step, 0]}
    with pytest.raises(CertLogicError) as error:
        evaluate(step, {})
    assert error.value.code == "too_many_steps"


@pytest.mark.parametrize("use", [lambda x: x, lambda x: {"===": [x, x]}, lambda x: {"in": [x, [x]]}])
def test_an_answer_that_would_double_for_ever_is_refused(use: Any) -> None:
    doubling = {"reduce": [[1] * 60, [{"var": "accumulator"}, {"var": "accumulator"}], 0]}
    with pytest.raises(CertLogicError) as error:
        evaluate(use(doubling), {})
    assert error.value.code in {"too_many_steps", "too_large"}


def test_data_that_contain_themselves_do_no_harm() -> None:
    loop: list[Any] = []
    loop.append(loop)
    other: list[Any] = [[loop]]
    assert evaluate({"var": "0.0.0"}, loop) is loop
    with pytest.raises(CertLogicError):
        evaluate({"===": [{"var": "a"}, {"var": "b"}]}, {"a": loop, "b": other})
    with pytest.raises(CertLogicError):
        evaluate(loop, {})


# ---------------------------------------------------------------- any input at all

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.integers()
    | st.floats()
    | st.sampled_from(
        ["", "a", "0", "2021", "2021-02-29", "2020-02", "2021-06-01T00:00:00+02:00", "URN:UVCI:01:NL:a/b"]
    )
    | st.text(max_size=4)
)
data_values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abx0"), inner, max_size=3),
    max_leaves=8,
)
paths = st.sampled_from(["", "a", "b", "x", "0", "a.b", "a.0", "current", "accumulator", "accumulator.a"]).map(
    lambda path: {"var": path}
)
units = st.sampled_from(["year", "month", "day", "hour"])
amounts = st.integers(-40, 40) | st.integers(-(10**12), 10**12)


def _operations(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def of(name: str, *operands: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return st.tuples(*operands).map(lambda values: {name: list(values)})

    return st.one_of(
        st.lists(inner, max_size=3),
        of("if", inner, inner, inner),
        st.lists(inner, min_size=2, max_size=4).map(lambda values: {"and": values}),
        of("!", inner),
        of("plusTime", inner, amounts, units),
        of("reduce", inner, inner, inner),
        of("extractFromUVCI", inner, st.integers(-1, 6)),
        of("dccDateOfBirth", inner),
        *(of(name, inner, inner) for name in ("===", "in", "+")),
        *(
            st.lists(inner, min_size=2, max_size=3).map(lambda values, name=name: {name: values})  # type: ignore[misc]
            for name in (">", "<", ">=", "<=", "after", "before", "not-after", "not-before")
        ),
    )


literals = st.booleans() | st.integers() | st.sampled_from(["", "a", "2021", "2020-02-29", "2021-06-01T10:00:00Z"])
expressions = st.recursive(literals | paths, _operations, max_leaves=12)


def _outcome(expression: Any, data: Any) -> tuple[Any, str]:
    """The value, or the code of the only error that there may be."""
    try:
        return evaluate(expression, data), ""
    except CertLogicError as error:
        return None, error.code


@pytest.mark.slow
@given(expressions, data_values)
@settings(max_examples=400)
def test_any_expression_on_any_data_gives_json_or_a_certlogic_error(expression: Any, data: Any) -> None:
    assert validate(expression) == []
    value, code = _outcome(expression, data)
    assert code != "malformed"
    json.dumps(value)


@pytest.mark.slow
@given(
    st.recursive(
        scalars,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*OPERANDS, "var", "=="]), inner, max_size=2)
        ),
        max_leaves=12,
    ),
    data_values,
)
@settings(max_examples=400)
def test_any_json_as_a_rule_is_evaluated_or_refused_as_validate_says(expression: Any, data: Any) -> None:
    _value, code = _outcome(expression, data)
    assert (code == "malformed") is bool(validate(expression))


@pytest.mark.parametrize("thing", [object(), {1, 2}, b"bytes", (1, 2), 1j, {1: 2}, float("nan"), float("inf")])
def test_what_is_no_json_is_refused_as_a_rule_and_does_no_harm_as_data(thing: Any) -> None:
    with pytest.raises(CertLogicError):
        evaluate(thing, {})
    for expression in ({"!": [{"var": "x"}]}, {"===": [{"var": "x"}, 1]}, {"+": [{"var": "x"}, 1]}, {"var": "x.a"}):
        _value, code = _outcome(expression, {"x": thing})
        assert code in {"", "not_truthy", "not_an_integer"}
