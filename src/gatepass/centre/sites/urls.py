from __future__ import annotations

from django.urls import path

from gatepass.centre.sites import plan, views

urlpatterns = [
    path("gates/", views.gates, name="gates"),
    path("gates/export/", views.gates_export, name="gates_export"),
    path("gates/plan/", plan.plan, name="plan"),
    path("gates/new/", views.gate_create, name="gate_create"),
    path("gates/new-site/", views.site_create, name="site_create"),
    path("gates/new-community/", views.community_create, name="community_create"),
    path("gates/sites/<int:site>/", views.site_change, name="site_change"),
    path("gates/sites/<int:site>/place/", plan.site_place, name="site_place"),
    path("gates/<int:gate>/", views.gate, name="gate"),
    path("gates/<int:gate>/change/", views.gate_change, name="gate_change"),
    path("gates/<int:gate>/find/", views.gate_find, name="gate_find"),
    path("gates/<int:gate>/rules/", views.gate_rules, name="gate_rules"),
    path("gates/<int:gate>/enrolment/", views.gate_enrolment, name="gate_enrolment"),
    path("devices/<str:device>/revoke/", views.device_revoke, name="device_revoke"),
]
