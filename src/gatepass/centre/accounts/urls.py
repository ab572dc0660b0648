from __future__ import annotations

from allauth.account.views import reauthenticate
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path

from gatepass.centre.accounts import factor_views, own_views, views

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.healthz, name="healthz"),
    path("login/", views.log_in, name="login"),
    # The library calls the same page by this name.
    path("login/", views.log_in, name="account_login"),
    path("login/passkey/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("login/second-factor/", mfa.authenticate, name="mfa_authenticate"),
    path("login/oidc/<slug:provider_id>/", factor_views.oidc_login, name="openid_connect_login"),
    path("login/oidc/<slug:provider_id>/callback/", factor_views.oidc_callback, name="openid_connect_callback"),
    path("login/oidc/cancelled/", factor_views.oidc_cancelled, name="socialaccount_login_cancelled"),
    path("logout/", views.log_out, name="logout"),
    path("language/", views.language, name="language"),
    path("password/", views.password, name="password"),
    path("account/", own_views.account, name="account"),
    path("account/sessions/end/", own_views.session_end, name="session_end"),
    path("account/confirm/", reauthenticate, name="account_reauthenticate"),
    path("account/confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("account/confirm/passkey/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("account/factors/", factor_views.OwnFactorsView.as_view(), name="mfa_index"),
    path("account/factors/digits/", totp.activate_totp, name="mfa_activate_totp"),
    path("account/factors/digits/remove/", factor_views.RemoveDigitsView.as_view(), name="mfa_deactivate_totp"),
    path("account/factors/recovery/", factor_views.RecoveryCodesView.as_view(), name="mfa_view_recovery_codes"),
    path("account/factors/recovery/new/", recovery.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("account/factors/passkey/", factor_views.AddPasskeyView.as_view(), name="mfa_add_webauthn"),
    path(
        "account/factors/passkey/<int:pk>/remove/",
        factor_views.RemovePasskeyView.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("invitation/<str:token>/", own_views.invitation, name="invitation"),
    path("rights/", own_views.rights, name="rights"),
    path("rights/export/", own_views.rights_export, name="rights_export"),
    path("staff/", views.staff, name="staff"),
    path("staff/export/", views.staff_export, name="staff_export"),
    path("staff/new/", views.staff_create, name="staff_create"),
    path("staff/<int:user>/", views.staff_change, name="staff_change"),
    path("staff/<int:user>/active/", views.staff_active, name="staff_active"),
    path("staff/<int:user>/invitation/", views.staff_invite, name="staff_invite"),
    path("staff/<int:user>/sessions/end/", views.staff_sessions_end, name="staff_sessions_end"),
    path("staff/<int:user>/factors/", factor_views.staff_factors, name="staff_factors"),
]
