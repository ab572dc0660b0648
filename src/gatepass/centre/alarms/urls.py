from __future__ import annotations

from django.urls import path

from gatepass.centre.alarms import views

urlpatterns = [
    path("alarms/", views.alarms, name="alarms"),
    path("alarms/export/", views.alarms_export, name="alarms_export"),
    path("alarms/mine/", views.alarm_contact, name="alarm_contact"),
    path("alarms/<int:alarm>/", views.alarm, name="alarm"),
    path("alarms/<int:alarm>/acknowledge/", views.alarm_acknowledge, name="alarm_acknowledge"),
    path("alarms/<int:alarm>/clear/", views.alarm_clear, name="alarm_clear"),
]
