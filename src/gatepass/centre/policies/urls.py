from __future__ import annotations

from django.urls import path

from gatepass.centre.policies import views
from gatepass.centre.policies.views import runs, terms

urlpatterns = [
    path("policies/", views.policies, name="policies"),
    path("policies/export.csv", views.policies_export, name="policies_export"),
    path("policies/new/", views.policy_new, name="policy_new"),
    path("policies/<int:version>/", views.policy_version, name="policy_version"),
    path("policies/<int:version>/file.json", views.policy_file, name="policy_file"),
    path("policies/<int:version>/edit/", views.policy_edit, name="policy_edit"),
    path("policies/<int:version>/compare/", views.policy_compare, name="policy_compare"),
    path("policies/<int:version>/state/", views.policy_state, name="policy_state"),
    path("policies/<int:version>/schedule/", terms.policy_schedule, name="policy_schedule"),
    path("policies/terms/<int:term>/cancel/", terms.policy_term_cancel, name="policy_term_cancel"),
    path("policies/sites/<int:site>/end/", terms.policy_site_end, name="policy_site_end"),
    path("policies/<int:version>/dry-run/", runs.policy_dry_run, name="policy_dry_run"),
    path("policies/re-evaluate/", runs.policy_re_evaluate, name="policy_re_evaluate"),
    path("policies/runs/<int:run>/", runs.policy_run, name="policy_run"),
    path("policies/runs/<int:run>/progress/", runs.policy_run_progress, name="policy_run_progress"),
    path("policies/runs/<int:run>/export.csv", runs.policy_run_export, name="policy_run_export"),
    path("policies/runs/<int:run>/cancel/", runs.policy_run_cancel, name="policy_run_cancel"),
]
