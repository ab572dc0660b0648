from __future__ import annotations

from django.urls import path

from gatepass.centre.appeals import views

urlpatterns = [
    path("objections/", views.appeals, name="appeals"),
    path("objections/export.csv", views.appeals_export, name="appeals_export"),
    path("objections/<int:appeal>/", views.appeal, name="appeal"),
]
