from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gatepass.centre.accounts.access import asking
from gatepass.centre.errors import RefusedError
from gatepass.centre.policies.access import access_version
from gatepass.centre.policies.actions import cancel_term, schedule
from gatepass.centre.policies.forms import TermForm
from gatepass.centre.policies.in_force import terms_in_force
from gatepass.centre.policies.models import Term
from gatepass.centre.sites.models import Site


@never_cache
@require_http_methods(["GET", "POST"])
def policy_schedule(request: HttpRequest, version: int) -> HttpResponse:
    """From when on, and where. Twice: fill in, then read once more and confirm."""
    user = asking(request)
    found = access_version(user, version, "policy_schedule")
    now = timezone.localtime()
    form = TermForm(request.POST or None, initial={"effective_from": now.replace(second=0, microsecond=0)})
    confirming = False
    if request.method == "POST" and form.is_valid():
        facts = form.cleaned_data
        if request.POST.get("step") != "confirmed":
            confirming = request.POST.get("step") != "back"
        else:
            try:
                schedule(user, found, facts["effective_from"], facts["site"])
            except RefusedError as refused:
                form.add_error("effective_from", refused.sentence)
            else:
                messages.success(request, _("It is scheduled. Everybody is looked at again when the moment comes."))
                return redirect("policies")
    trial = found.runs.filter(kind="dry", state="done").first()
    ruling = terms_in_force(timezone.now()).get(None)
    context = {"version": found, "form": form, "confirming": confirming, "trial": trial, "ruling": ruling}
    return render(request, "policies/schedule.html", context)


@require_POST
def policy_term_cancel(request: HttpRequest, term: int) -> HttpResponse:
    found = Term.objects.filter(pk=term).first()
    if found is None:
        raise Http404
    try:
        cancel_term(asking(request), found)
    except RefusedError as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, _("It does not come. What rules now goes on ruling."))
    return redirect("policies")


@require_POST
def policy_site_end(request: HttpRequest, site: int) -> HttpResponse:
    """A site follows the town again."""
    found = Site.objects.filter(pk=site).first()
    if found is None:
        raise Http404
    schedule(asking(request), None, timezone.now(), found)
    messages.success(request, _("From now on the site follows the town."))
    return redirect("policies")
