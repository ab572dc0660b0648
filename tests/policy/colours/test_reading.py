"""A policy file is read whole or refused with every finding at its line; facts likewise."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.policy.colours.people import POLICIES

from gatepass.policy.colours import (
    Fact,
    FactError,
    FactKind,
    Facts,
    PolicyError,
    PolicyFile,
    checked,
    evaluate,
    read_facts,
    read_policy,
    shipped,
)
from gatepass.policy.colours.differences import differences
from gatepass.policy.colours.layout import laid_out
from gatepass.policy.colours.lines import places
from gatepass.policy.colours.notation import written
from gatepass.policy.colours.policy import MESSAGES, made_ready
from gatepass.policy.decisions import Colour

COMMUNITY = shipped()["community-2020"]


def small() -> dict[str, Any]:
    """The smallest policy there can be: whoever tested positive within a week is red."""
    five = dict.fromkeys(("zh-Hans", "zh-Hant", "en", "ko", "ja"), "words")
    reason = {"advice": "none", "title": five, "why": five, "next": five}
    return {
        "format": 1,
        "policy": "small",
        "version": "1",
        "effective_from": "2020-02-11T00:00:00+08:00",
        "title": five,
        "summary": five,
        "objection": five,
        "selections": {"positives": {"of": "test", "where": {"===": [{"var": "result"}, "positive"]}}},
        "reasons": {"A3": reason, "B6": reason, "C": reason},
        "rules": [
            {
                "id": "positive",
                "reason": "A3",
                "when": {"and": [{"var": "positives.0"}, {"<": [{"var": "positives.0.days_ago"}, 7]}]},
            }
        ],
        "otherwise": "C",
        "unjudged": "B6",
        "cases": [
            {"name": "nothing", "at": "2020-02-20T12:00:00+08:00", "reason": "C"},
            {
                "name": "positive",
                "at": "2020-02-20T12:00:00+08:00",
                "reason": "A3",
                "facts": [
                    {
                        "kind": "test",
                        "at": "2020-02-19T08:00:00+08:00",
                        "data": {"method": "pcr", "result": "positive"},
                    }
                ],
            },
        ],
    }


def findings(text: str | bytes) -> list[tuple[str, int]]:
    with pytest.raises(PolicyError) as error:
        read_policy(text)
    assert str(error.value).startswith("line ")
    return [(finding.code, finding.line) for finding in error.value.findings]


def test_the_smallest_policy_is_read_and_evaluated() -> None:
    policy = read_policy(laid_out(small()))
    noon = datetime(2020, 2, 20, 4, 0, tzinfo=UTC)
    positive = Fact(FactKind.TEST, noon, None, {"method": "pcr", "result": "positive"})
    assert evaluate(policy, Facts(), noon).colour is Colour.GREEN
    decision = evaluate(policy, Facts("", (positive,)), noon)
    assert (decision.colour, decision.reason, decision.rule) == (Colour.RED, "A3", "positive")
    assert decision.valid_until == datetime(2020, 2, 27, tzinfo=UTC)


Change = Callable[[dict[str, Any]], object]


def rule(policy: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = policy["rules"][0]
    return found


def another(policy: dict[str, Any], **changes: Any) -> None:
    policy["rules"].append({**rule(policy), **changes})


WRONG: list[tuple[str, Change]] = [
    ("shape", lambda policy: policy.pop("otherwise")),
    ("shape", lambda policy: policy.update(format=2)),
    ("shape", lambda policy: policy.update(colour="green")),
    ("shape", lambda policy: rule(policy).update(reason="D1")),
    ("shape", lambda policy: policy["selections"]["positives"].update(of="tests")),
    ("shape", lambda policy: policy.update(rules=[])),
    ("shape", lambda policy: policy.update(regions={"high": ["Wuhan"]})),
    ("language_missing", lambda policy: policy["reasons"]["C"].update(why={"en": "words"})),
    ("moment_zone", lambda policy: policy.update(effective_from="2020-02-11T00:00:00")),
    ("moment_zone", lambda policy: policy.update(regions={"high": [{"region": "42", "from": "2020-02-11T00:00:00"}]})),
    ("name_reserved", lambda policy: policy["selections"].update(now={"of": "test"})),
    ("selection_unused", lambda policy: policy["selections"].update(spare={"of": "test"})),
    ("logic", lambda policy: rule(policy).update(when={"or": [True, False]})),
    ("logic", lambda policy: policy["selections"]["positives"].update(where={"==": [1, 1]})),
    ("path_unknown", lambda policy: rule(policy).update(when={"var": "negatives.0"})),
    ("path_place", lambda policy: rule(policy).update(when={"var": "positives.days_ago"})),
    ("path_field", lambda policy: rule(policy).update(when={"var": "positives.0.ended_days_ago"})),
    ("path_field", lambda policy: rule(policy).update(when={"and": [{"var": "positives.0"}, {"var": "person.name"}]})),
    ("path_field", lambda policy: policy["selections"]["positives"].update(where={"var": "outcome"})),
    ("rule_twice", another),
    ("rule_order", lambda policy: policy["rules"].insert(0, {"id": "mild", "reason": "B6", "when": {"var": "positives.9"}})),  # noqa: E501
    ("rule_unguarded", lambda policy: rule(policy).update(when={"<": [{"var": "positives.0.days_ago"}, 7]})),
    ("rule_untried", lambda policy: another(policy, id="never", when={"var": "positives.9"})),
    ("reason_unknown", lambda policy: rule(policy).update(reason="A4")),
    ("reason_unused", lambda policy: policy["reasons"].update(B1=policy["reasons"]["B6"])),
    ("reason_green", lambda policy: policy.update(unjudged="C")),
    ("reason_strict", lambda policy: policy.update(otherwise="A3")),
    ("fact", lambda policy: policy["cases"][1]["facts"][0]["data"].update(result="maybe")),
    ("fact", lambda policy: policy["cases"][1].update(birth="1990-02-30")),
    ("case_reason", lambda policy: policy["cases"][0].update(reason="A3")),
    ("case_rule", lambda policy: policy["cases"][0].update(rule="positive")),
    ("case_until", lambda policy: policy["cases"][1].update(valid_until="2020-02-21T00:00:00+08:00")),
    ("case_until", lambda policy: policy["cases"][1].update(valid_until=None)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "change"), WRONG, ids=[f"{n} {code}" for n, (code, _change) in enumerate(WRONG)])
def test_what_is_wrong_is_found_and_said(code: str, change: Change) -> None:
    policy = small()
    change(policy)
    assert code in {found for found, _line in findings(laid_out(policy))}


def test_a_rule_that_fails_for_somebody_is_found_by_its_cases() -> None:
    policy = small()
    # A text is compared with a number: whoever has no positive test does not fail, everybody else does.
    rule(policy)["when"] = {"and": [{"var": "positives.0"}, {"<": [{"var": "positives.0.method"}, 7]}]}
    assert {code for code, _line in findings(laid_out(policy))} == {"case_fault", "rule_untried"}


def test_every_kind_of_finding_is_tried_here() -> None:
    tried = {code for code, _change in WRONG} | {"too_long", "syntax", "twice", "case_fault"}
    assert tried == set(MESSAGES)


def test_a_message_points_at_the_line() -> None:
    text = COMMUNITY.replace('{"var": "cases.0.open"}', '{"var": "cases.0.opne"}', 1)
    line = text[: text.index("opne")].count("\n") + 1
    assert findings(text) == [("path_field", line)]
    broken = COMMUNITY.replace('"otherwise": "C",', '"otherwise": "C"')
    assert findings(broken) == [("syntax", broken[: broken.index('"unjudged"')].count("\n") + 1)]
    twice = COMMUNITY.replace('"otherwise": "C",', '"otherwise": "C",\n  "otherwise": "B6",')
    assert findings(twice) == [("twice", twice[: twice.index('"otherwise": "B6"')].count("\n") + 1)]
    shape = COMMUNITY.replace('"reason": "A5"', '"reason": 5', 1)
    assert findings(shape) == [("shape", shape[: shape.index('"reason": 5')].count("\n") + 1)]


def test_all_findings_come_at_once_in_the_order_of_lines() -> None:
    policy = small()
    policy["otherwise"], policy["title"] = "B1", {"en": "words"}
    rule(policy)["when"] = {"var": "nobody.0"}
    found = findings(laid_out(policy))
    assert [code for code, _line in found] == [
        "language_missing", "selection_unused", "reason_unused", "path_unknown", "reason_unknown",
    ]  # fmt: skip
    assert [line for _code, line in found] == sorted(line for _code, line in found)


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "{}", "7", '"x"', b"\xff\xfe", "[" * 100_000, '{"a":' * 5_000, "1" * 5_000]
)
def test_what_is_no_policy_at_all_is_refused(text: str | bytes) -> None:
    assert findings(text)[0][0] in {"syntax", "shape"}
    assert findings("x" * (512 * 1024 + 1)) == [("too_long", 1)]


def _said(text: str) -> list[tuple[str, int]]:
    try:
        read_policy(text)
    except PolicyError as error:
        return [(finding.message, finding.line) for finding in error.findings]
    return []


@pytest.mark.slow
@given(st.data())
@settings(max_examples=60)
def test_a_file_damaged_anywhere_is_read_or_refused(chosen: Any) -> None:
    text = chosen.draw(st.sampled_from(sorted(shipped().values())))
    at = chosen.draw(st.integers(0, len(text)))
    cut = chosen.draw(st.integers(0, 6))
    put = chosen.draw(st.text('{}[]",:0123abc\\ \n', max_size=4))
    assert all(message and line >= 1 for message, line in _said(text[:at] + put + text[at + cut :]))


def _damaged(value: Any, chosen: Any) -> Any:
    """Something small, somewhere inside, is something else."""
    if isinstance(value, dict) and value and chosen.draw(st.booleans() | st.just(True)):
        key = chosen.draw(st.sampled_from(sorted(value)))
        value[key] = _damaged(value[key], chosen)
        return value
    if isinstance(value, list) and value and chosen.draw(st.booleans() | st.just(True)):
        place = chosen.draw(st.integers(0, len(value) - 1))
        value[place] = _damaged(value[place], chosen)
        return value
    return chosen.draw(
        st.sampled_from([None, True, 0, -1, 1.5, "", "x", "A1", [], {}, [[]], {"var": ""}, {"var": "now"}])
    )


@given(st.data())
@settings(max_examples=100)
def test_a_policy_with_one_wrong_value_is_read_or_refused(chosen: Any) -> None:
    document = _damaged(deepcopy(small()), chosen)
    try:
        policy = read_policy(json.dumps(document))
    except PolicyError:
        return
    evaluate(policy, Facts(), datetime(2020, 2, 20, tzinfo=UTC))


def test_lines_are_found_by_pointer() -> None:
    text = '{\n "a": [1,\n  {"b/c": "}",\n "d": {}}],\n "e": "x\\"y"\n}'
    assert places(text).lines == {"": 1, "/a": 2, "/a/0": 2, "/a/1": 3, "/a/1/b~1c": 3, "/a/1/d": 4, "/e": 5}
    assert places(text).line("/a/1/d/nothing/here") == 4
    assert places('{"a": 1, "b": {"a": 2}, "a": 3}').twice == ("/a",)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda i: st.lists(i, max_size=4) | st.dictionaries(st.text(max_size=3), i, max_size=4)))  # noqa: E501  # fmt: skip
@settings(max_examples=60)
def test_laying_out_changes_nothing_and_every_value_has_a_line(value: Any) -> None:
    text = laid_out(value)
    assert json.loads(text) == value
    found = places(text)
    assert found.twice == ()
    assert all(1 <= line <= text.count("\n") for line in found.lines.values())


# ---------------------------------------------------------------- how it reads


def test_rules_can_be_read_by_people() -> None:
    rules = {each.id: written(each.when) for each in POLICIES["community-2020"].file.rules}
    assert rules["close_contact"] == "close_contacts.0 and (close_contacts.0.days_ago < 14)"
    assert (
        rules["not_declared"] == ("(not (declarations.0 and (declarations.0.days_ago < 14))) and (not exempt.0.open)")
        or "not" in rules["not_declared"]
    )
    assert written({"plusTime": [{"var": "now"}, -3, "day"]}) == "now − 3 day"
    assert written({"if": [{"var": "a"}, 1, [2, "x"]]}) == 'if a then 1 else [2, "x"]'


@given(st.recursive(st.none() | st.integers() | st.text(max_size=3), lambda i: st.lists(i, max_size=3) | st.dictionaries(st.sampled_from(["and", "!", "var", "if", "plusTime", "<"]), i, max_size=2)))  # noqa: E501  # fmt: skip
def test_anything_can_be_written_down(logic: Any) -> None:
    assert isinstance(written(logic), str)


def test_a_comparison_names_what_was_added_changed_and_removed() -> None:
    before = read_policy(COMMUNITY).file
    document = json.loads(COMMUNITY)
    document["version"] = "2020.2"
    document["regions"]["high"].append("1301")
    document["regions"]["medium"].remove("3310")
    document["rules"][3]["when"]["and"][1]["<"][1] = 10
    document["reasons"]["C"]["why"]["en"] = "All is well."
    document["cases"] = [case for case in document["cases"] if case["name"] != "a close contact on the thirteenth day"]
    document["cases"][13]["reason"] = "C"
    after = as_file(document)
    found = {(each.what, each.name, each.change) for each in differences(before, after)}
    assert found >= {
        ("term", "version", "changed"),
        ("region", "high", "added"),
        ("region", "medium", "removed"),
        ("rule", "close_contact", "changed"),
        ("text", "C, why, en", "changed"),
        ("case", "a close contact on the thirteenth day", "removed"),
    }
    changed = next(each for each in differences(before, after) if each.what == "rule")
    assert ("< 14" in changed.before, "< 10" in changed.after) == (True, True)
    assert differences(before, before) == []


def as_file(document: dict[str, Any]) -> PolicyFile:
    return msgspec.convert(document, PolicyFile)


def test_another_order_of_the_same_rules_is_a_difference() -> None:
    document = json.loads(COMMUNITY)
    document["rules"][0], document["rules"][1] = document["rules"][1], document["rules"][0]
    (found,) = differences(read_policy(COMMUNITY).file, as_file(document))
    assert (found.what, found.change) == ("order", "changed")


# ---------------------------------------------------------------- facts as JSON


def test_facts_are_read_from_json_with_their_defaults() -> None:
    facts = read_facts(
        '{"birth": "1941-03", "facts": [{"kind": "stay", "at": "2020-02-01T00:00:00+08:00", "data": {"region": "42"}}]}'
    )
    assert facts.birth == "1941-03"
    assert facts.facts[0].data == {"region": "42", "transit": False}
    assert "42" not in repr(facts.facts[0])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "fact_data"),
        ("[]", "fact_data"),
        ('{"facts": [{"kind": "gossip", "at": "2020-02-01T00:00:00Z"}]}', "fact_data"),
        ('{"facts": [{"kind": "stay", "at": "2020-02-01T00:00:00Z"}]}', "fact_data"),
        ('{"facts": [{"kind": "role", "at": "2020-02-01T00:00:00", "data": {"role": "staff"}}]}', "fact_moment"),
        ('{"facts": [{"kind": "role", "at": "2020-02-02T00:00:00Z", "until": "2020-02-01T00:00:00Z", "data": {"role": "staff"}}]}', "fact_times"),  # noqa: E501
        ('{"birth": "2020-02-30"}', "fact_birth"),
        ('{"birth": "7 March"}', "fact_birth"),
    ],
)  # fmt: skip
def test_what_is_no_fact_is_refused(text: str, code: str) -> None:
    with pytest.raises(FactError) as error:
        read_facts(text)
    assert error.value.code == code


@pytest.mark.slow
@given(st.sampled_from(list(FactKind)), st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=6), lambda i: st.lists(i, max_size=3) | st.dictionaries(st.sampled_from(["symptoms", "result", "region", "form", "x"]), i, max_size=3)))  # noqa: E501  # fmt: skip
def test_any_data_are_a_fact_or_a_fact_error_that_repeats_no_value(kind: FactKind, data: Any) -> None:
    assert _code(kind, data) in {"", "fact_data"}


def _code(kind: FactKind, data: Any) -> str:
    try:
        checked(kind, datetime(2020, 2, 1, tzinfo=UTC), None, data)
    except FactError as error:
        return error.code
    return ""


def test_a_fact_that_began_in_the_future_counts_from_then_on() -> None:
    policy = read_policy(laid_out(small()))
    now = datetime(2020, 2, 20, tzinfo=UTC)
    positive = Fact(FactKind.TEST, now.replace(day=22), None, {"method": "pcr", "result": "positive"})
    decision = evaluate(policy, Facts("", (positive,)), now)
    assert (decision.colour, decision.valid_until) == (Colour.GREEN, now.replace(day=22))


def test_who_cannot_be_judged_is_looked_at_unless_a_stricter_rule_holds() -> None:
    document = small()
    document["selections"]["colds"] = {"of": "test", "where": {"===": [{"var": "pathogen"}, "influenza"]}}
    document["reasons"]["B1"] = document["reasons"]["B6"]
    # Fails for whoever has a second influenza test: a text is compared with a number.
    document["rules"].append(
        {"id": "colds", "reason": "B1", "when": {"and": [{"var": "colds.1"}, {"<": [{"var": "colds.1.result"}, 1]}]}}
    )
    policy = made_ready(as_file(document))
    noon = datetime(2020, 2, 20, 4, tzinfo=UTC)
    cold = Fact(FactKind.TEST, noon, None, {"method": "pcr", "result": "negative", "pathogen": "influenza"})
    positive = Fact(FactKind.TEST, noon, None, {"method": "pcr", "result": "positive", "pathogen": "rsv"})
    decision = evaluate(policy, Facts("", (cold, cold)), noon)
    assert (decision.reason, decision.colour, decision.faults) == ("B6", Colour.YELLOW, ("colds",))
    assert evaluate(policy, Facts("", (cold, cold, positive)), noon).reason == "A3"


def test_the_moment_needs_a_place() -> None:
    with pytest.raises(ValueError, match="time zone"):
        evaluate(POLICIES["community-2020"], Facts(), datetime(2020, 2, 20))  # noqa: DTZ001
