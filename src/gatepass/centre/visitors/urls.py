from __future__ import annotations

from django.urls import path

from gatepass.centre.visitors import own_views, public_views, views

urlpatterns = [
    path("visitors/", views.visitors, name="visitors"),
    path("visitors/export/", views.visitors_export, name="visitors_export"),
    path("visitors/invitations/", views.visitor_invitations, name="visitor_invitations"),
    path("visitors/invitations/<int:invitation>/end/", views.visitor_invitation_end, name="visitor_invitation_end"),
    path("visitors/<int:visit>/", views.visit, name="visit"),
    path("visitors/<int:visit>/left/", views.visit_left, name="visit_left"),
    path("residents/<int:resident>/visitors/", views.visitor_invite, name="visitor_invite"),
    path("my/visitors/", own_views.my_visitors, name="my_visitors"),
    path("my/visitors/<int:invitation>/", own_views.my_visitor, name="my_visitor"),
    path("my/visitors/<int:invitation>/end/", own_views.my_visitor_end, name="my_visitor_end"),
    path("my/visitors/at-the-gate/<int:visit>/", own_views.my_visit_answer, name="my_visit_answer"),
    path("my/people/<int:resident>/visitors/", own_views.my_visitor_invite, name="my_visitor_invite"),
    path("visit/worker.js", public_views.visit_worker, name="visit_worker"),
    path("visit/<str:token>/", public_views.visit_page, name="visit_page"),
]
