"""What CertLogic says, case by case: (expression, data, value). Our own, from the words of specification 1.3.3."""

from __future__ import annotations

from typing import Any

Case = tuple[Any, Any, Any]


def at(text: str) -> dict[str, Any]:
    return {"plusTime": [text, 0, "day"]}


def is_at(operation: dict[str, Any], text: str) -> dict[str, Any]:
    """An expression that is true where `operation` gives the date-time that `text` writes."""
    return {"and": [{"not-before": [operation, at(text)]}, {"not-after": [operation, at(text)]}]}


def later(text: str, amount: int, unit: str, result: str) -> Case:
    return is_at({"plusTime": [text, amount, unit]}, result), {}, True


ITEM = {"var": ""}

READING: list[Case] = [
    (ITEM, {"a": 1}, {"a": 1}),
    ({"var": "a"}, {"a": 1}, 1),
    ({"var": "a.b"}, {"a": {"b": 2}}, 2),
    ({"var": "a.0.b"}, {"a": [{"b": 3}]}, 3),
    ({"var": "1"}, [4, 5], 5),
    ({"var": "2"}, [4, 5], None),
    ({"var": "-1"}, [4, 5], None),
    ({"var": "a"}, None, None),
    ({"var": "a.b.c"}, {"a": None}, None),
    ({"var": "a.b"}, {"a": "text"}, None),
    ({"var": "a.0"}, {"a": "text"}, None),
    ({"var": "length"}, [1, 2], None),
    ({"var": "a"}, 7, None),
    ([1, "a", True, {"var": "x"}], {"x": 9}, [1, "a", True, 9]),
    ([], {}, []),
    (2.0, {}, 2),
]

CHOOSING: list[Case] = [
    *(({"if": [{"var": "x"}, "yes", "no"]}, {"x": value}, "yes") for value in (True, "a", 1, -1, 2.0, [0], {"a": 0})),
    *(({"if": [{"var": "x"}, "yes", "no"]}, {"x": value}, "no") for value in (False, "", 0, 0.0, [], {}, None)),
    ({"if": [True, 1, {"plusTime": ["nonsense", 0, "day"]}]}, {}, 1),
    ({"if": [False, {"+": ["a", 1]}, 2]}, {}, 2),
    ({"!": [{"var": "x"}]}, {"x": []}, True),
    ({"!": [{"var": "x"}]}, {"x": "0"}, False),
    ({"and": [True, {"var": "x"}]}, {"x": {}}, {}),
    ({"and": [1, "a", {"var": "x"}]}, {"x": [1]}, [1]),
    ({"and": [{"var": "x"}, {"+": ["a", 1]}]}, {"x": None}, None),
    ({"and": [1, 2, 3, 4]}, {}, 4),
]

COMPARING: list[Case] = [
    ({"===": ["a", "a"]}, {}, True),
    ({"===": ["1", 1]}, {}, False),
    ({"===": [1, True]}, {}, False),
    ({"===": [0, False]}, {}, False),
    ({"===": [{"var": "x"}, {"var": "y"}]}, {}, True),
    ({"===": [{"var": "x"}, False]}, {}, False),
    ({"===": [{"var": "x"}, 1]}, {"x": 1.0}, True),
    ({"===": [{"var": "x"}, {"var": "x"}]}, {"x": [1, {"a": "b"}]}, True),
    ({"===": [{"var": "x"}, {"var": "y"}]}, {"x": [True], "y": [1]}, False),
    ({"===": [at("2021-01-01"), at("2021-01-01T00:00:00.000Z")]}, {}, True),
    ({"in": ["b", ["a", "b"]]}, {}, True),
    ({"in": [1, [True, "1"]]}, {}, False),
    ({"in": [True, [1]]}, {}, False),
    ({"in": [{"var": "x"}, {"var": "xs"}]}, {"xs": [None]}, True),
    ({"in": ["a", []]}, {}, False),
    ({"in": ["a", ["ab"]]}, {}, False),
    ({">": [2, 1]}, {}, True),
    ({">": [1, 1]}, {}, False),
    ({">=": [1, 1]}, {}, True),
    ({"<": [1, 2]}, {}, True),
    ({"<=": [2, 1]}, {}, False),
    ({"<": [1, 2, 3]}, {}, True),
    ({"<": [1, 3, 3]}, {}, False),
    ({"<=": [1, 3, 3]}, {}, True),
    ({">=": [3, 3, 1]}, {}, True),
    ({">": [3, 1, 2]}, {}, False),
    ({"+": [2, -5]}, {}, -3),
    ({"+": [{"var": "x"}, 1]}, {"x": 2.0}, 3),
]

DATES: list[Case] = [
    later("2020-02-29", 1, "day", "2020-03-01"),
    later("2020-02-29", 1, "month", "2020-03-29"),
    later("2020-02-29", 1, "year", "2021-03-01"),
    later("2020-02-29", 4, "year", "2024-02-29"),
    later("2020-02-29", -1, "year", "2019-03-01"),
    later("2021-01-31", 1, "month", "2021-03-03"),
    later("2021-03-31", -1, "month", "2021-03-03"),
    later("2021-12-31", 2, "month", "2022-03-03"),
    later("2021-01-15", -13, "month", "2019-12-15"),
    later("2021-06-23", -180, "day", "2020-12-25"),
    later("2021-06-23T12:30:00Z", 25, "hour", "2021-06-24T13:30:00Z"),
    later("1999-12-31T23:59:59.999Z", 0, "hour", "1999-12-31T23:59:59.999+00:00"),
    later("2021-03-28T00:30:00Z", 2, "hour", "2021-03-28T02:30:00Z"),
    later("2021", 0, "day", "2021-12-31"),
    later("2020-02", 0, "day", "2020-02-29"),
    later("2100-02", 0, "day", "2100-02-28"),
    later("2021-12", 1, "day", "2022-01-01"),
    later("2021-06-01T00:00:00", 0, "day", "2021-06-01T00:00:00Z"),
    later("2021-06-01T00:00:00+2", 0, "day", "2021-05-31T22:00:00Z"),
    later("2021-06-01T00:00:00+02", 0, "day", "2021-05-31T22:00:00Z"),
    later("2021-06-01T00:00:00-330", 0, "day", "2021-06-01T03:30:00Z"),
    later("2021-06-01T00:00:00+0530", 0, "day", "2021-05-31T18:30:00Z"),
    later("2021-06-01T00:00:00+5:45", 0, "day", "2021-05-31T18:15:00Z"),
    later("2021-06-01T00:00:00+05:45", 0, "day", "2021-05-31T18:15:00Z"),
    later("2021-06-01T00:00:00.5Z", 0, "day", "2021-06-01T00:00:00.500Z"),
    later("2021-06-01T00:00:00.1239999+01:00", 0, "day", "2021-05-31T23:00:00.123Z"),
    later("2021-06-01T24:00:00Z", 0, "day", "2021-06-02"),
    later("0001-01-01", -1, "day", "0000-12-31"),
    (is_at({"dccDateOfBirth": ["1999"]}, "1999-12-31"), {}, True),
    (is_at({"dccDateOfBirth": ["2000-02"]}, "2000-02-29"), {}, True),
    (is_at({"dccDateOfBirth": ["1964-08-12"]}, "1964-08-12"), {}, True),
    ({"plusTime": ["2021-06-01", 1, "hour"]}, {}, "2021-06-01T01:00:00.000Z"),
    ({"plusTime": ["0001-01-01", -2, "year"]}, {}, "-000001-01-01T00:00:00.000Z"),
    ({"plusTime": ["9999-12-31", 1, "day"]}, {}, "+010000-01-01T00:00:00.000Z"),
    ([at("2021"), 1], {}, ["2021-12-31T00:00:00.000Z", 1]),
    ({"before": [at("2021-01-01"), at("2021-01-02"), at("2021-01-03")]}, {}, True),
    ({"before": [at("2021-01-01"), at("2021-01-02"), at("2021-01-02")]}, {}, False),
    ({"not-after": [at("2021-01-01"), at("2021-01-02"), at("2021-01-02")]}, {}, True),
    ({"after": [at("2021-01-02"), at("2021-01-01T23:59:59.999Z")]}, {}, True),
    ({"not-before": [at("2021-01-01"), at("2021-01-01")]}, {}, True),
]

FOLDING: list[Case] = [
    ({"reduce": [{"var": "xs"}, {"+": [{"var": "accumulator"}, {"var": "current"}]}, 10]}, {"xs": [1, 2, 3]}, 16),
    ({"reduce": [{"var": "xs"}, {"var": "current"}, 10]}, {"xs": []}, 10),
    ({"reduce": [{"var": "xs"}, {"var": "current"}, 10]}, {"xs": None}, 10),
    ({"reduce": [{"var": "xs"}, {"var": "xs"}, 10]}, {"xs": [1]}, None),
    ({"reduce": [["a"], ITEM, {"var": "z"}]}, {"z": 3}, {"accumulator": 3, "current": "a"}),
    ({"reduce": [[1, 2], [{"var": "current"}, {"var": "accumulator"}], 0]}, {}, [2, [1, 0]]),
    ({"reduce": [[1], ITEM, at("2021")]}, {}, {"accumulator": "2021-12-31T00:00:00.000Z", "current": 1}),
]

IDENTIFIERS: list[Case] = [
    ({"extractFromUVCI": [ITEM, 1]}, "URN:UVCI:01:NL:187/37512422923", "NL"),
    ({"extractFromUVCI": [ITEM, 1]}, "urn:uvci:01:NL:187/37512422923", "uvci"),
    ({"extractFromUVCI": [ITEM, 0]}, "URN:UVCI:", ""),
    ({"extractFromUVCI": [ITEM, 5]}, "a::c/#/f", "f"),
    ({"extractFromUVCI": [ITEM, 6]}, "a::c/#/f", None),
    ({"extractFromUVCI": [ITEM, -1]}, "a::c/#/f", None),
    ({"extractFromUVCI": [ITEM, 0]}, None, None),
]

CASES = [*READING, *CHOOSING, *COMPARING, *DATES, *FOLDING, *IDENTIFIERS]

MALFORMED: list[tuple[Any, str, str]] = [
    # expression, code, place
    (None, "literal_null", ""),
    (1.5, "literal_fraction", ""),
    ({}, "object_keys", ""),
    ({"if": [True, 1, 2], "and": [1, 2]}, "object_keys", ""),
    ({"or": [True, False]}, "operation_unknown", ""),
    ({"==": [1, 1]}, "operation_unknown", ""),
    ({"!": True}, "operands_missing", ""),
    ({"!": []}, "operands_count", ""),
    ({"!": [1, 2]}, "operands_count", ""),
    ({"if": [True, 1]}, "operands_count", ""),
    ({"if": [True, 1, 2, 3]}, "operands_count", ""),
    ({"and": [True]}, "operands_count", ""),
    ({"<": [1, 2, 3, 4]}, "operands_count", ""),
    ({"after": [at("2021")]}, "operands_count", ""),
    ({"+": [1]}, "operands_count", ""),
    ({"in": ["a"]}, "operands_count", ""),
    ({"reduce": [[], 1]}, "operands_count", ""),
    ({"dccDateOfBirth": ["2021", "2022"]}, "operands_count", ""),
    ({"var": 0}, "var_path", ""),
    ({"var": ["a"]}, "var_path", ""),
    ({"var": "a."}, "var_path_form", ""),
    ({"var": "a..b"}, "var_path_form", ""),
    ({"plusTime": ["2021", {"var": "n"}, "day"]}, "plus_time_amount", ""),
    ({"plusTime": ["2021", True, "day"]}, "plus_time_amount", ""),
    ({"plusTime": ["2021", 1, "week"]}, "plus_time_unit", ""),
    ({"extractFromUVCI": ["a", "1"]}, "uvci_index", ""),
    ({"and": [True, {"!": [None]}]}, "literal_null", "/and/1/!/0"),
    ([1, [2, {"nope": [1]}]], "operation_unknown", "/1/1"),
    ({"plusTime": [{"var": 1}, 0, "day"]}, "var_path", "/plusTime/0"),
]

REFUSED: list[tuple[Any, Any, str]] = [
    # expression, data, code
    ({"if": [at("2021"), 1, 2]}, {}, "not_truthy"),
    ({"!": [{"var": "x"}]}, {"x": 0.5}, "not_truthy"),
    ({"and": [True, at("2021")]}, {}, "not_truthy"),
    ({"+": ["1", 1]}, {}, "not_an_integer"),
    ({"+": [True, 1]}, {}, "not_an_integer"),
    ({">": [{"var": "x"}, 1]}, {}, "not_an_integer"),
    ({">": [{"var": "x"}, 1]}, {"x": 1.5}, "not_an_integer"),
    ({"<": [2, 1, "a"]}, {}, "not_an_integer"),
    ({">": [at("2021"), at("2020")]}, {}, "not_an_integer"),
    ({"after": ["2021-01-02", "2021-01-01"]}, {}, "not_a_date_time"),
    ({"before": [at("2021"), at("2020"), 1]}, {}, "not_a_date_time"),
    ({"in": ["a", "abc"]}, {}, "not_an_array"),
    ({"in": ["a", {"var": "xs"}]}, {}, "not_an_array"),
    ({"reduce": ["abc", 1, 2]}, {}, "not_an_array"),
    ({"plusTime": [{"var": "x"}, 0, "day"]}, {}, "not_a_text"),
    ({"plusTime": [at("2021"), 0, "day"]}, {}, "not_a_text"),
    ({"dccDateOfBirth": [1999]}, {}, "not_a_text"),
    ({"extractFromUVCI": [5, 0]}, {}, "not_a_text"),
    *(
        (at(text), {}, "not_a_date")
        for text in (
            "", "21", "2021-1-1", "2021-13", "2021-00", "2021-02-29", "2021-04-31", "2021-01-00", "20210101", "today",
            "2021-01-01 00:00:00", "2021-01-01T00:00", "2021-01-01T25:00:00Z", "2021-01-01T24:00:01Z",
            "2021-01-01T23:60:00Z", "2021-01-01T23:59:60Z", "2021-01-01T00:00:00+", "2021-01-01T00:00:00+24:00",
            "2021-01-01T00:00:00+01:60", "2021-01-01T00:00:00+00:", "2021-01-01T00:00:00.Z", "2021-01-01\n",
            "٢٠٢١-01-01", "2021-01-01T00:00:00z",
        )
    ),
    ({"dccDateOfBirth": ["2021-01-01T00:00:00Z"]}, {}, "not_a_date"),
    ({"plusTime": ["2021", 9_000_000_000, "day"]}, {}, "out_of_range"),
    ({"plusTime": ["2021", 10**30, "month"]}, {}, "out_of_range"),
    ({"plusTime": ["2021", -(10**30), "hour"]}, {}, "out_of_range"),
    ({"+": [2**53 - 1, 1]}, {}, "out_of_range"),
]  # fmt: skip
