from __future__ import annotations

from django.urls import path

from gatepass.centre.accounts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("login/", views.log_in, name="login"),
    path("logout/", views.log_out, name="logout"),
    path("language/", views.language, name="language"),
    path("password/", views.password, name="password"),
    path("staff/", views.staff, name="staff"),
    path("staff/new/", views.staff_create, name="staff_create"),
    path("staff/<int:user>/", views.staff_change, name="staff_change"),
    path("staff/<int:user>/active/", views.staff_active, name="staff_active"),
    path("staff/<int:user>/password/", views.staff_password, name="staff_password"),
]
