"""What a token may do: every operation of the public API, under the one scope that opens it.

Read a line as: a program whose token has this scope may call these operations, for the place that its token names, and
no others. An operation that stands in no line is refused to everybody. What the operations show within that place is up
to the same `access_…` functions that staff pages go through.
"""

from __future__ import annotations

from typing import Final

from gatepass.centre.accounts.access import Program
from gatepass.centre.accounts.access import Scope as Where
from gatepass.centre.api.models import Scope, Token

OPENS: Final[dict[Scope, tuple[str, ...]]] = {
    # The seven interfaces of GB/T 38963.
    Scope.DECLARE: ("health_declaration",),
    Scope.TRIPS: ("trip_declaration",),
    Scope.QUERY: ("health_query",),
    Scope.APPLY: ("code_application",),
    Scope.MAKE: ("code_making",),
    Scope.VERIFY: ("code_verifying",),
    Scope.CORRECT: ("health_correction",),
    # Places and machines: nobody is named.
    Scope.SITES: ("sites", "site"),
    Scope.GATES: ("gates", "gate"),
    Scope.ALARMS: ("alarms", "alarm"),
    Scope.STATISTICS: ("statistics",),
    Scope.PASSAGES: ("passages",),
    # People: each look is on record.
    Scope.RESIDENTS: ("residents", "resident"),
    Scope.REGISTER: ("register_resident",),
    Scope.CODES: ("resident_code",),
    Scope.APPLICATIONS: ("applications", "application"),
    Scope.STAFF: ("companies", "company", "colleagues", "colleague"),
    Scope.ENTER_STAFF: ("enter_colleague",),
    # What webhooks tell, for programs that cannot be called: only events of which another scope of the token is.
    Scope.EVENTS: ("events",),
    # The program's own addresses, and nobody else's: the same events as above.
    Scope.WEBHOOKS: (
        *("webhooks", "webhook", "subscribe", "change_webhook", "drop_webhook"),
        *("rotate_webhook_secret", "test_webhook", "replay_webhook"),
    ),
}

EVERY_TOKEN: Final = ("token",)
"""What the token itself may do, every one may ask."""

OF_A_COMPANY: Final = frozenset({Scope.STAFF, Scope.ENTER_STAFF, Scope.VERIFY})
"""A company's own program has nothing to do with the residents and gates of a community."""

SCOPE_OF: Final = {operation: scope for scope, operations in OPENS.items() for operation in operations}


def page_of(operation: str) -> str:
    """What `access_…` functions and the audit call an operation; staff pages have other names."""
    return f"api_{operation}"


def program_of(token: Token) -> Program:
    """Who calls, as the `access_…` functions see it."""
    scopes = [Scope(word) for word in token.scopes if word in Scope.values]
    if token.company_id is not None:
        scopes = [scope for scope in scopes if scope in OF_A_COMPANY]
    operations = [*EVERY_TOKEN, *(operation for scope in scopes for operation in OPENS[scope])]
    return Program(token, frozenset(map(page_of, operations)), _where(token), token.company_id)


def _where(token: Token) -> Where:
    if token.company_id is not None:
        return Where()
    if token.site_id is not None:
        return Where(sites=frozenset({token.site_id}))
    if token.community_id is not None:
        return Where(communities=frozenset({token.community_id}))
    return Where(everywhere=True)
