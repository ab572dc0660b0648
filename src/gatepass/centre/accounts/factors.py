"""Second factors: who must have one, and how somebody who has lost theirs comes in again.

A factor is a passkey (which is both factors at once) or a program that shows six digits; ten recovery codes come with
the first one. Whoever has lost everything needs two administrators, or somebody at the machine itself:

    ask_reset ──► confirm_reset     by another administrator: the factors go, and so do all sessions
        └──────► withdraw_reset     by anybody who may ask
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from gatepass.centre.accounts.access import roles_of
from gatepass.centre.accounts.models import FactorReset, User
from gatepass.centre.accounts.sessions import close_sessions
from gatepass.centre.accounts.two_people import require_second
from gatepass.centre.audit.actions import record
from gatepass.centre.errors import RefusedError

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_factor(user: User) -> bool:
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTORS).exists()


def lacks_factor(user: User) -> bool:
    """One of the user's roles needs a second factor (`GATEPASS_CENTRE_SECOND_FACTOR_ROLES`), and there is none."""
    needed = settings.CONFIGURATION.roles_with_second_factor
    return bool(needed & roles_of(user)) and not has_factor(user)


def ask_reset(by: User, user: User) -> None:
    """RefusedError `factor_none`."""
    if not has_factor(user):
        raise RefusedError("factor_none")
    with transaction.atomic():
        facts = {"asked_by": by, "asked_by_name": by.full_name, "asked_at": timezone.now()}
        FactorReset.objects.update_or_create(user=user, defaults=facts)
        record(by, "staff:ask_factor_reset", user)


def confirm_reset(by: User, user: User) -> None:
    """The second administrator's yes. RefusedError `second_person`, `factor_none` (nobody has asked)."""
    with transaction.atomic():
        asked = FactorReset.objects.select_for_update().filter(user=user).first()
        if asked is None:
            raise RefusedError("factor_none")
        require_second(by, asked.asked_by_id, "factors")
        asked.delete()
        drop_factors(by, user)


def withdraw_reset(by: User, user: User) -> None:
    with transaction.atomic():
        if FactorReset.objects.filter(user=user).delete()[0]:
            record(by, "staff:withdraw_factor_reset", user)


def drop_factors(by: User | None, user: User) -> int:
    """All of them, with the recovery codes; how many. `by` None: from the command line, whoever sits there."""
    with transaction.atomic():
        found = Authenticator.objects.filter(user_id=user.pk)
        kinds = sorted(found.values_list("type", flat=True))
        found.delete()
        close_sessions(user)
        record(by, "staff:drop_factors", user, kinds=kinds)
    return len(kinds)
