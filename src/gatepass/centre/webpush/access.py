"""The only ways to subscriptions: a resident's own, and a member of staff's own. Nobody lists those of others."""

from __future__ import annotations

from django.db.models import QuerySet

from gatepass.centre.accounts.models import User
from gatepass.centre.applicants.models import Applicant
from gatepass.centre.webpush.models import Subscription


def own_subscriptions(who: Applicant | User) -> QuerySet[Subscription]:
    mine = {"applicant": who} if isinstance(who, Applicant) else {"user": who}
    return Subscription.objects.filter(**mine)
