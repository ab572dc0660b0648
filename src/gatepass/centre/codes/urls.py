from __future__ import annotations

from django.urls import path

from gatepass.centre.codes import views

urlpatterns = [
    path("residents/<int:resident>/colour/", views.resident_colour, name="resident_colour"),
]
