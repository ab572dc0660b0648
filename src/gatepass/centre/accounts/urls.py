from __future__ import annotations

from django.urls import path

from gatepass.centre.accounts import own_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("login/", views.log_in, name="login"),
    path("logout/", views.log_out, name="logout"),
    path("language/", views.language, name="language"),
    path("password/", views.password, name="password"),
    path("account/", own_views.account, name="account"),
    path("account/sessions/end/", own_views.session_end, name="session_end"),
    path("invitation/<str:token>/", own_views.invitation, name="invitation"),
    path("rights/", own_views.rights, name="rights"),
    path("rights/export/", own_views.rights_export, name="rights_export"),
    path("staff/", views.staff, name="staff"),
    path("staff/new/", views.staff_create, name="staff_create"),
    path("staff/<int:user>/", views.staff_change, name="staff_change"),
    path("staff/<int:user>/active/", views.staff_active, name="staff_active"),
    path("staff/<int:user>/invitation/", views.staff_invite, name="staff_invite"),
    path("staff/<int:user>/sessions/end/", views.staff_sessions_end, name="staff_sessions_end"),
]
