from __future__ import annotations

from django.urls import path

from gatepass.centre.limits import views

urlpatterns = [
    path("alarms/", views.alarms, name="alarms"),
    path("alarms/export.csv", views.alarms_export, name="alarms_export"),
    path("alarms/<int:alarm>/clear/", views.alarm_clear, name="alarm_clear"),
]
