from __future__ import annotations

from django.urls import path

from gatepass.centre.people import views

urlpatterns = [
    path("residents/", views.residents, name="residents"),
    path("residents/export.csv", views.residents_export, name="residents_export"),
    path("residents/new/", views.resident_register, name="resident_register"),
    path("residents/<int:resident>/", views.resident, name="resident"),
]
