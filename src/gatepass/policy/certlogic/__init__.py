"""CertLogic, the language of rules as data: EU DCC business rules, specification 1.3.3 (ehn-dcc-development).

    evaluate(logic, data)   JSON in, JSON out; CertLogicError otherwise, never another exception, in bounded time
    compiled(logic)         the same for many data: a Program, several times quicker
    validate(logic)         what is malformed, where, in words; [] when nothing is

Operations: var, if, ===, in, !, and, >, <, >=, <=, +, after, before, not-after, not-before, plusTime, reduce,
extractFromUVCI, dccDateOfBirth. Colour policies (`policy.colours`) and other countries' rules run on it.
"""

from gatepass.policy.certlogic.compiling import Program, compiled, evaluate
from gatepass.policy.certlogic.errors import CertLogicError
from gatepass.policy.certlogic.validation import Issue, validate

__all__ = ["CertLogicError", "Issue", "Program", "compiled", "evaluate", "validate"]
