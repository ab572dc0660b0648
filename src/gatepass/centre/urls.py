"""Every page of the staff site. Each name is allowed to somebody in `accounts.roles`, or opens for nobody."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("gatepass.centre.accounts.urls")),
    path("", include("gatepass.centre.applicants.urls")),
    path("", include("gatepass.centre.phone.urls")),
    path("", include("gatepass.centre.verifications.urls")),
    path("", include("gatepass.centre.arrivals.urls")),
    path("", include("gatepass.centre.surveys.urls")),
    path("", include("gatepass.centre.questions.urls")),
    path("", include("gatepass.centre.api.urls")),
    path("", include("gatepass.centre.webhooks.urls")),
    path("", include("gatepass.centre.webpush.urls")),
    path("", include("gatepass.centre.applications.urls")),
    path("", include("gatepass.centre.appeals.urls")),
    path("", include("gatepass.centre.employers.urls")),
    path("", include("gatepass.centre.mandates.urls")),
    path("", include("gatepass.centre.audit.urls")),
    path("", include("gatepass.centre.alarms.urls")),
    path("", include("gatepass.centre.sending.urls")),
    path("", include("gatepass.centre.sites.urls")),
    path("", include("gatepass.centre.people.urls")),
    path("", include("gatepass.centre.codes.urls")),
    path("", include("gatepass.centre.facts.urls")),
    path("", include("gatepass.centre.policies.urls")),
    path("", include("gatepass.centre.passages.urls")),
    path("", include("gatepass.centre.notices.urls")),
    path("", include("gatepass.centre.tracing.urls")),
    path("", include("gatepass.centre.rosters.urls")),
    path("", include("gatepass.centre.volunteers.urls")),
    path("", include("gatepass.centre.visitors.urls")),
    path("", include("gatepass.centre.interpreting.urls")),
    path("", include("gatepass.centre.privacy.urls")),
    path("", include("gatepass.centre.insights.urls")),
    path("", include("gatepass.centre.search.urls")),
    path("", include("gatepass.centre.quarantine.urls")),
]
