"""What goes wrong in CertLogic, as a value.

Exception
└── CertLogicError(code, where, said)
    ├── malformed         the expression is not of the language (`validate` lists all of it)
    ├── too_large         it has more than MAX_NODES parts or is nested deeper than MAX_DEPTH
    ├── not_an_integer    an operand of +, >, <, >=, <= is not an integer
    ├── not_a_date_time   an operand of after, before, not-after, not-before was not made by plusTime or dccDateOfBirth
    ├── not_a_date        a text is not one of the allowed dates, or no such day or time exists
    ├── not_an_array      the right-hand side of `in`, or what is reduced
    ├── not_a_text        plusTime, dccDateOfBirth, extractFromUVCI on something else
    ├── not_truthy        a condition is neither truthy nor falsy: a date-time, a fraction
    ├── out_of_range      an integer beyond 2^53-1, or a date-time beyond the year 275760
    └── too_many_steps    more than MAX_STEPS parts were evaluated, in a reduce over a long list
"""

from __future__ import annotations


class CertLogicError(Exception):
    """`where` is the place in the expression, as a JSON pointer (RFC 6901); `said` explains it in English, for logs.

    It never holds a value from the data: a rule is evaluated over facts about a person.
    """

    def __init__(self, code: str, where: str = "", said: str = "") -> None:
        super().__init__(f"{code} at {where or 'the top'}: {said}")
        self.code = code
        self.where = where
        self.said = said
