from __future__ import annotations

from django.urls import path

from gatepass.centre.rosters import own_views, views

urlpatterns = [
    path("roster/", views.roster, name="roster"),
    path("roster/export/", views.roster_export, name="roster_export"),
    path("roster/shifts/", views.shifts, name="shifts"),
    path("roster/shifts/new/", views.shift_new, name="shift_new"),
    path("roster/shifts/<int:shift>/end/", views.shift_end, name="shift_end"),
    path("roster/changes/new/", views.roster_change, name="roster_change"),
    path("roster/changes/<int:change>/cancel/", views.roster_change_cancel, name="roster_change_cancel"),
    path("roster/needs/new/", views.need_new, name="need_new"),
    path("roster/needs/<int:need>/end/", views.need_end, name="need_end"),
    path("duty/", own_views.duty, name="duty"),
    path("duty/act/", own_views.duty_act, name="duty_act"),
    path("calendar/<str:token>.ics", own_views.calendar_feed, name="calendar_feed"),
]
