from __future__ import annotations

from django.urls import path

from gatepass.centre.notices.views import lists, notices, public, sending, texts

_NOTICE = "notices/<int:notice>/"
_TEXT = f"{_NOTICE}<slug:language>/"

urlpatterns = [
    path("n/<slug:code>/", public.notice_public, name="notice_public"),
    path("n/<slug:code>/<int:revision>/", public.notice_public, name="notice_public_of"),
    path("my/notices/", public.my_notices, name="my_notices"),
    path("notices/", lists.notices, name="notices"),
    path("notices/export/", lists.notices_export, name="notices_export"),
    path("notices/new/", notices.notice_new, name="notice_new"),
    path("notices/review/", lists.notice_queue, name="notice_queue"),
    path("notices/posters/", lists.posters, name="posters"),
    path("notices/fallbacks/", lists.notice_fallbacks, name="notice_fallbacks"),
    path("notices/fallbacks/export/", lists.notice_fallbacks_export, name="notice_fallbacks_export"),
    path("notices/terms/", lists.terms, name="terms"),
    path("notices/terms/set/", lists.term_set, name="term_set"),
    path("notices/terms/<int:term>/drop/", lists.term_drop, name="term_drop"),
    path("notices/broadcasts/<int:broadcast>/", sending.broadcast, name="broadcast"),
    path("notices/broadcasts/<int:broadcast>/cancel/", sending.broadcast_cancel, name="broadcast_cancel"),
    path(_NOTICE, notices.notice, name="notice"),
    path(f"{_NOTICE}publish/", notices.notice_publish, name="notice_publish"),
    path(f"{_NOTICE}withdraw/", notices.notice_withdraw, name="notice_withdraw"),
    path(f"{_NOTICE}end/", notices.notice_end, name="notice_end"),
    path(f"{_NOTICE}poster/", sending.notice_poster, name="notice_poster"),
    path(f"{_NOTICE}show/", sending.notice_show, name="notice_show"),
    path(f"{_NOTICE}show/<int:showing>/down/", sending.notice_take_down, name="notice_take_down"),
    path(f"{_NOTICE}broadcast/", sending.notice_broadcast, name="notice_broadcast"),
    path(f"{_NOTICE}revise/", texts.notice_revise, name="notice_revise"),
    path(_TEXT, texts.notice_text, name="notice_text"),
    path(f"{_TEXT}translate/", texts.notice_translate, name="notice_translate"),
    path(f"{_TEXT}review/", texts.notice_review, name="notice_review"),
    path(f"{_TEXT}sound.wav", sending.notice_sound, name="notice_sound"),
]
