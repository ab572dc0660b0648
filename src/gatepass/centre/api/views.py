"""Tokens, for administrators: issue (shown once), revoke, export; and the description of the API."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts.access import asking
from gatepass.centre.api.actions import Place, issue_token, revoke_token
from gatepass.centre.api.describing import description
from gatepass.centre.api.models import Scope, Token
from gatepass.centre.employers.models import Company
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import csv_response
from gatepass.centre.sites.models import Community, Site


def _choices(kind: str, rows: Iterable[tuple[Any, ...]]) -> list[tuple[str, str]]:
    """As values: a town has five hundred sites. `rows`: a primary key and the names that say which one it is."""
    return [(f"{kind}:{pk}", " · ".join(names)) for pk, *names in rows]


class TokenForm(forms.Form):
    name = forms.CharField(label=_("Name of the program"), max_length=60)
    scopes = forms.MultipleChoiceField(label=_("May"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple)
    place = forms.ChoiceField(label=_("For the people of"), required=False)
    until = forms.DateField(
        label=_("Valid until"),
        help_text=_("A year at most."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("", _("The whole town")),
            (_("One community"), _choices("community", Community.objects.values_list("pk", "name"))),
            (_("One site"), _choices("site", Site.objects.values_list("pk", "community__name", "name"))),
            (_("One company"), _choices("company", Company.objects.values_list("pk", "name"))),
        ]

    def chosen_place(self) -> Place:
        kind, _colon, number = self.cleaned_data["place"].partition(":")
        if not kind:
            return None
        if kind == "community":
            return Community.objects.get(pk=int(number))
        return Site.objects.get(pk=int(number)) if kind == "site" else Company.objects.get(pk=int(number))

    def expires_at(self) -> datetime:
        return datetime.combine(self.cleaned_data["until"], time(23, 59), timezone.get_current_timezone())


@never_cache
@require_http_methods(["GET", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        try:
            scopes = [Scope(scope) for scope in facts["scopes"]]
            issued = issue_token(asking(request), facts["name"], scopes, form.chosen_place(), form.expires_at())
        except RefusedError as refused:
            form.add_error(None, refused.sentence)
        else:
            context |= {"issued": issued[0], "text": issued[1], "form": TokenForm()}
    words = dict(Scope.choices)
    rows = Token.objects.select_related("community", "site", "company", "created_by").order_by("revoked_at", "name")
    context["tokens"] = [(token, [words.get(scope, scope) for scope in token.scopes]) for token in rows]
    context["now"] = timezone.now()
    return render(request, "api/tokens.html", context)


@require_GET
def tokens_export(_request: HttpRequest) -> HttpResponse:
    rows = (
        (token.pk, token.name, " ".join(token.scopes), str(token.place or ""),
         token.created_at.isoformat(timespec="seconds"), token.expires_at.isoformat(timespec="seconds"),
         token.revoked_at.isoformat(timespec="seconds") if token.revoked_at else "",
         token.used_at.isoformat(timespec="seconds") if token.used_at else "")
        for token in Token.objects.select_related("community", "site", "company")
    )  # fmt: skip
    header = ("id", "name", "scopes", "place", "created_at", "expires_at", "revoked_at", "used_at")
    return csv_response("tokens", header, rows)


@require_POST
def token_revoke(request: HttpRequest, token: int) -> HttpResponse:
    revoke_token(asking(request), get_object_or_404(Token, pk=token))
    return redirect("tokens")


@require_GET
def api_description(_request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1 as JSON. It says nothing about anybody: open to all."""
    return JsonResponse(description(), json_dumps_params={"ensure_ascii": False})
