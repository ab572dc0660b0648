from __future__ import annotations

from django.urls import path

from gatepass.centre.sites import views

urlpatterns = [
    path("gates/", views.gates, name="gates"),
    path("gates/new/", views.gate_create, name="gate_create"),
    path("gates/new-site/", views.site_create, name="site_create"),
    path("gates/new-community/", views.community_create, name="community_create"),
    path("gates/<int:gate>/", views.gate, name="gate"),
    path("gates/<int:gate>/rules/", views.gate_rules, name="gate_rules"),
    path("gates/<int:gate>/enrolment/", views.gate_enrolment, name="gate_enrolment"),
    path("devices/<str:device>/revoke/", views.device_revoke, name="device_revoke"),
]
