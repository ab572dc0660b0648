from __future__ import annotations

from django.urls import path

from gatepass.centre.facts import views

urlpatterns = [
    path("residents/<int:resident>/facts/", views.resident_facts, name="resident_facts"),
    path("residents/<int:resident>/facts/export.csv", views.resident_facts_export, name="resident_facts_export"),
    path("residents/<int:resident>/facts/by-policy/", views.colour_by_policy, name="colour_by_policy"),
    path("facts/<int:fact>/end/", views.fact_end, name="fact_end"),
    path("facts/<int:fact>/withdraw/", views.fact_withdraw, name="fact_withdraw"),
]
