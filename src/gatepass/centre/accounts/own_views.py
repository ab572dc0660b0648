"""What concerns oneself: the own account, the link by which one came in, and who may do what."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gatepass.centre.accounts import invitations
from gatepass.centre.accounts.access import asking, roles_of
from gatepass.centre.accounts.factors import has_factor
from gatepass.centre.accounts.forms import NewPasswordForm
from gatepass.centre.accounts.rights import CHAPTERS, HEAD, IN_ONE_LINE, OUTSIDE
from gatepass.centre.accounts.roles import Role
from gatepass.centre.accounts.sessions import end_session, end_sessions, sessions_of
from gatepass.centre.accounts.two_people import RULES
from gatepass.centre.errors import RefusedError
from gatepass.centre.exports import table_response


@never_cache
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, and where one is logged in."""
    user = asking(request)
    context = {
        "grants": user.grants.select_related("community", "site"),
        "sessions": sessions_of(user),
        "here": request.session.session_key,
        "has_factor": has_factor(user),
    }
    return render(request, "accounts/account.html", context)


@require_POST
def session_end(request: HttpRequest) -> HttpResponse:
    """One of the own sessions, all others, or all of them, this one included."""
    user, which = asking(request), request.POST.get("session", "")
    if which.isdecimal():
        end_session(user, user, int(which))
    elif which == "all":
        end_sessions(user, user)
        request.session.flush()
        messages.success(request, _("You are logged out everywhere."))
        return redirect("login")
    else:
        end_sessions(user, user, except_key=request.session.session_key)
    messages.success(request, _("Ended. At the next click the log-in page is shown there."))
    return redirect("account")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """A new member of staff chooses a password. Opening the page uses nothing up: mail programs open links too."""
    address = request.META.get("REMOTE_ADDR") or None
    try:
        user = invitations.invited(token, address)
        form = NewPasswordForm(user, request.POST or None)
        if request.method == "POST" and form.is_valid():
            user = invitations.accept(token, form.cleaned_data["new"], address)
            request.session.flush()
            messages.success(
                request,
                _("Your password is chosen. Log in with the user name %(username)s.") % {"username": user.username},
            )
            return redirect("login")
    except RefusedError as refused:
        return render(request, "accounts/invitation_unknown.html", {"sentence": refused.sentence}, status=400)
    return render(request, "accounts/invitation.html", {"form": form, "member": user})


@require_GET
def rights(request: HttpRequest) -> HttpResponse:
    """Who may do what: generated from `roles.py`, for everybody who works here."""
    context = {
        "roles": [(role, role.label, IN_ONE_LINE[role]) for role in Role],
        "own": roles_of(request.user),
        "chapters": [
            (chapter.words, [(right, [(role, role in right.roles) for role in Role]) for right in chapter.rights])
            for chapter in CHAPTERS
        ],
        "outside": OUTSIDE,
        "second_factor": [role.label for role in Role if role in settings.CONFIGURATION.roles_with_second_factor],
        "two_people": [rule.words for rule in RULES.values()],
    }
    return render(request, "accounts/rights.html", context)


@require_GET
def rights_export(request: HttpRequest) -> HttpResponse:
    """The same as a table, with the names that stand in `roles.py`: for a lawyer with a spreadsheet."""
    header = [_("Chapter"), HEAD, *(role.label for role in Role), _("Only for the whole town"), _("Names in roles.py")]
    rows = [
        [chapter.words, right.words, *(_("yes") if role in right.roles else "" for role in Role),
         _("yes") if right.town_only else "", " ".join(right.names)]
        for chapter in CHAPTERS
        for right in chapter.rights
    ]  # fmt: skip
    return table_response(request, "rights", header, rows)
