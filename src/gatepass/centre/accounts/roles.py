"""Which role may do what. Every page and every verb is refused unless it stands here by name.

Read a line as: the people in this role may open these pages and press these buttons, for the communities or sites that
their grant names, and no others. The names on the left of `PAGES` are the names in the `urls.py` files.
"""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    OFFICE = "office", _("Community office")
    SOCIAL_WORKER = "social_worker", _("Social worker")
    GRID_WORKER = "grid_worker", _("Grid worker")
    TRACER = "tracer", _("Tracer")
    INTERPRETER = "interpreter", _("Interpreter")
    GUARD_LEAD = "guard_lead", _("Lead guard")
    AUDITOR = "auditor", _("Auditor")


# Files of the residents' pages that say nothing about anybody.
OF_THE_PHONE: Final = ("my_worker", "my_manifest", "my_offline", "told_worker")

# Calls of programs: they carry a token with scopes, which `api.door` asks for. `api.urls` has the library's own names.
API: Final = tuple(
    f"api:api_{name}"
    for name in (
        *("health_declaration", "trip_declaration", "health_query", "code_application"),
        *("code_making", "code_verifying", "health_correction"),
        *("token", "sites", "site", "gates", "gate", "alarms", "alarm", "statistics", "passages"),
        *("residents", "resident", "register_resident", "resident_code", "applications", "application"),
        *("companies", "company", "colleagues", "colleague", "enter_colleague", "events"),
        *("webhooks", "webhook", "subscribe", "change_webhook", "drop_webhook"),
        *("rotate_webhook_secret", "test_webhook", "replay_webhook"),
    )
)

# Open to everybody, logged in or not.
PUBLIC: Final = (
    *("login", "language", "healthz", "api_description", "invitation"),
    # A log-in on its way: they open only where a first step was taken, or lead back to the log-in.
    *("account_login", "mfa_authenticate", "mfa_login_webauthn"),
    *("openid_connect_login", "openid_connect_callback", "socialaccount_login_cancelled"),
    *("my_enter", "my_code", "my_passkey_enter", "my_leave", *OF_THE_PHONE),
    "transparency",
    # The secret in its address is the key: `rosters.own_views.calendar_feed`.
    "calendar_feed",
    # Is a release notice good? It answers to a signed code or a random number, and finds nobody by name.
    *("notice_check", "notice_shown"),
    *("notice_public", "notice_public_of"),
    # The random address that was shown to whoever asked at a gate.
    "question_public",
    # A visitor's own page: the secret in its address is the key.
    *("visit_page", "visit_worker"),
)

# Registering an arrival, step by step: on the phone, and the same steps at the desk.
_STEPS: Final = ("_new", "", "_person_new", "_person", "_stay_new", "_stay", "_way", "_where", "_proof_new")
MY_ARRIVALS: Final = ("my_arrivals", *(f"my_arrival{step}" for step in _STEPS))

# Open to residents with a phone, who have come in by a one-time code or a passkey. Staff as such do not open them.
MY: Final = (
    *("my_account", "my_passkey_add", "my", "my_waiting", "my_apply", "my_withdraw", "my_invitation"),
    *("my_data", "my_data_pdf", "my_data_json"),
    *("my_person", "my_history", "my_declare", "my_appeal", "my_paper", "my_invite", "my_grant"),
    "my_check",
    *("my_interpreter", "my_interpreter_exchange"),
    *("my_calls", "my_calls_talk", "my_calls_exchange"),
    *("my_helping", "my_help_offer", "my_help_answer", "my_help_end"),
    *("my_quarantine", "my_quarantine_report", "my_order", "my_notice", "my_need"),
    "my_notices",
    *("my_visitors", "my_visitor_invite", "my_visitor", "my_visitor_end", "my_visit_answer"),
    *("my_told", "my_told_subscribe"),
    *MY_ARRIVALS,
    "my_survey",
    *("my_questions", "my_questions_while_typing", "my_question_ask", "my_question_rule"),
    *("my_question", "my_question_withdraw"),
)

# The own second factors, and the question that comes before they are changed: it is still you?
FACTORS: Final = (
    *("mfa_index", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes"),
    *("mfa_generate_recovery_codes", "mfa_add_webauthn", "mfa_remove_webauthn"),
    *("account_reauthenticate", "mfa_reauthenticate", "mfa_reauthenticate_webauthn"),
)

# Open to everybody who is logged in.
OWN: Final = (
    *FACTORS,
    *(
        "home",
        "logout",
        "password",
        "alarm_contact",
        "told",
        "told_subscribe",
        "account",
        "session_end",
        "rights",
        "rights_export",
        "search",
        "search_while_typing",
    ),
)

BOARD: Final = ("board", "passages", "passages_export")
INSIGHTS: Final = ("insights", "insights_export", "reports", "reports_export", "report_make", "report_file")
RESIDENTS: Final = ("residents", "resident", "resident_photo_file", "filter_save", "filter_drop")
RESIDENTS_OUT: Final = ("residents_export", "residents_export_xlsx", "households_export", "places_export")
REGISTER: Final = (
    *("resident_register", "resident_duplicates", "resident_change", "resident_document_add"),
    *("resident_document_retire", "resident_household", "resident_photo", "resident_photo_withdraw"),
    *("resident_protection", "place_suggest"),
)
HOUSEHOLDS: Final = ("households", "household")
PLACES: Final = ("places", "place")
MERGES: Final = ("resident_merge", "resident_merge_with", "resident_unmerge")
IMPORTS: Final = (
    *("imports", "imports_export", "import_new", "import_template", "import", "import_progress", "import_map"),
    *("import_row", "import_decide", "import_run", "import_stop", "import_undo", "import_drop", "import_left"),
)
APPLICATIONS: Final = ("applications", "applications_export", "application")
APPEALS: Final = ("appeals", "appeals_export", "appeal")
CARE: Final = ("resident_declare", "resident_acting", "mandate_end", "paper_print", "paper_lost")
FACTS: Final = ("resident_facts", "resident_facts_export")
FACT_WORK: Final = ("fact_end", "fact_withdraw", "colour_by_policy")
POLICIES: Final = (
    *("policies", "policies_export", "policy_version", "policy_file", "policy_compare"),
    *("policy_run", "policy_run_progress", "policy_run_export"),
)
POLICY_WORK: Final = (
    *("policy_new", "policy_edit", "policy_state", "policy_schedule", "policy_term_cancel", "policy_site_end"),
    *("policy_dry_run", "policy_re_evaluate", "policy_run_cancel"),
)
GATES: Final = ("gates", "gates_export", "gate", "plan")
FIND: Final = ("gate_find",)
EQUIP: Final = (
    *("community_create", "site_create", "site_change", "site_place", "gate_create", "gate_change", "gate_rules"),
    *("gate_enrolment", "device_revoke"),
)
STAFF: Final = (
    *("staff", "staff_export", "staff_create", "staff_change", "staff_active"),
    *("staff_invite", "staff_sessions_end", "staff_factors"),
)
# Why each field is kept; what residents ask about their own data; what was forgotten, and who was erased.
INVENTORY: Final = ("privacy", "privacy_export")
RECEIPTS: Final = ("privacy_receipts", "privacy_receipts_export")
REQUESTS: Final = (
    *("privacy_requests", "privacy_requests_export", "privacy_request"),
    *("resident_privacy", "resident_privacy_pdf", "resident_privacy_json"),
)
AUDIT: Final = ("audit", "audit_export")
ALARMS: Final = ("alarms", "alarms_export", "alarm")
ALARM_WORK: Final = ("alarm_acknowledge", "alarm_clear")
TOKENS: Final = ("tokens", "tokens_export", "token_revoke")
WEBHOOKS: Final = (
    *("webhooks", "webhooks_export", "webhook", "webhook_export", "webhook_change", "webhook_step", "webhook_replay"),
)
MESSAGES: Final = ("messages", "messages_export", "message_again")

ARRIVALS: Final = ("arrivals", "arrivals_export", "arrival")
ARRIVAL_ENTER: Final = tuple(f"arrival{step}" for step in _STEPS if step)
# Figures for whoever makes a survey; names for those who answer for people.
SURVEYS: Final = ("surveys", "survey")
SURVEY_MAKE: Final = ("survey_new", "survey_remind", "survey_close")
SURVEY_WORK: Final = ("survey_answer", "survey_export")
ARRIVAL_WORK: Final = ("arrival_acknowledge", "arrival_here", "proof_check", "proof_file")

COMPANIES: Final = (
    *("companies", "companies_export", "colleagues", "colleagues_export", "colleague", "permits", "permits_export"),
    *("company_month", "staff_lists", "staff_template", "staff_list", "staff_row", "staff_enter"),
)
APPOINT: Final = ("company_appoint", "appointment_end")

# Cases and what they find: nobody but tracers, and behind each page a case that two of them opened (`tracing.access`).
TRACING: Final = (
    *("cases", "cases_export", "case", "case_movements", "case_chains", "contacts", "contacts_export", "contact"),
    *("case_new", "case_answer", "case_close", "case_extend", "case_extension", "case_count", "contact_reveal"),
    *("contact_offer", "contact_work", "contact_trace", "hand_over_answer"),
)

# Who is in quarantine and how they are: whoever looks after residents. Two people where the rules want two.
QUARANTINE: Final = (
    *("quarantines", "quarantines_export", "quarantine", "quarantine_new", "quarantine_explain", "quarantine_amend"),
    *("quarantine_close", "quarantine_today", "quarantine_report", "quarantine_care"),
    "quarantine_order",
)
# A temperature that is measured at the gate. It answers the same whoever it is, so that it tells nobody's secret.
AT_THE_GATE: Final = ("quarantine_gate",)
ROSTER: Final = ("roster", "roster_export")
ROSTER_WORK: Final = (
    *("shifts", "shift_new", "shift_end", "roster_change", "roster_change_cancel", "need_new", "need_end"),
)
# The own duty of an interpreter: to see it, give it, take it over.
DUTY: Final = ("duty", "duty_act")
# A call rings for one interpreter; she reaches the calls that rang for her and no other (`interpreting.access`).
CALLS: Final = ("calls", "call_answer", "call_talk", "call_exchange", "call_conclude", "call_register")
CALL_LIST: Final = ("call_list", "call_list_export", "call_page", "call_lines")
# Who is inside as a visitor; and inviting for a resident, which is the office's and the social workers'.
VISITORS: Final = ("visitors", "visitors_export", "visit", "visit_left")
INVITE: Final = ("visitor_invitations", "visitor_invite", "visitor_invitation_end")
VOLUNTEERS: Final = (
    *("volunteers", "volunteers_export", "volunteer", "volunteer_decide"),
    *("tasks", "tasks_export", "task", "task_new", "task_move"),
)
RELEASES: Final = (*("quarantine_release", "quarantine_release_answer", "quarantine_take_back", "quarantine_notice"),)

# What residents are told, in five languages: to read it, to write and review it, to make it public and send it.
NOTICES: Final = (
    *("notices", "notices_export", "notice", "notice_text", "notice_poster", "notice_sound", "posters"),
    *("notice_fallbacks", "notice_fallbacks_export", "terms"),
)
NOTICE_WORDS: Final = ("notice_translate", "notice_review", "notice_queue")
NOTICE_WORK: Final = (
    *("notice_new", "notice_revise", "notice_publish", "notice_withdraw", "notice_end", "notice_show"),
    *("notice_take_down", "notice_broadcast", "broadcast", "broadcast_cancel", "term_set", "term_drop"),
)

# The desk of questions: an interpreter meets those in her languages.
QUESTIONS: Final = (
    *("questions", "questions_export", "question", "question_claim", "question_hand_over"),
    *("question_answer", "question_close"),
)
# Of an answer, one for everybody: a notice is begun.
QUESTION_APPROVE: Final = ("question_approve",)

ALLOWED: Final[dict[Role, tuple[str, ...]]] = {
    # Sets up gates and accounts; does not see residents.
    Role.ADMINISTRATOR: (
        "board",
        *SURVEYS,
        *SURVEY_MAKE,
        *INSIGHTS,
        *GATES,
        *FIND,
        *EQUIP,
        *STAFF,
        *AUDIT,
        *INVENTORY,
        *RECEIPTS,
        *ALARMS,
        *ALARM_WORK,
        *MESSAGES,
        *TOKENS,
        *WEBHOOKS,
        *POLICIES,
        *POLICY_WORK,
        *ROSTER,
        *ROSTER_WORK,
        *CALL_LIST,
    ),
    # Registers residents and gives colours.
    Role.OFFICE: (
        *APPLICATIONS,
        "application_decide",
        *ARRIVALS,
        *ARRIVAL_ENTER,
        *ARRIVAL_WORK,
        *SURVEYS,
        *SURVEY_MAKE,
        *SURVEY_WORK,
        *COMPANIES,
        *APPOINT,
        *APPEALS,
        *INVENTORY,
        *REQUESTS,
        *CARE,
        *QUARANTINE,
        *AT_THE_GATE,
        *RELEASES,
        *ALARMS,
        *ALARM_WORK,
        *BOARD,
        *INSIGHTS,
        *RESIDENTS,
        *RESIDENTS_OUT,
        *REGISTER,
        *HOUSEHOLDS,
        *PLACES,
        *("place_enter", "place_remove"),
        *MERGES,
        *IMPORTS,
        "resident_colour",
        *FACTS,
        *FACT_WORK,
        *POLICIES,
        *GATES,
        *ROSTER,
        *ROSTER_WORK,
        *CALL_LIST,
        *VISITORS,
        *INVITE,
        *VOLUNTEERS,
        *NOTICES,
        *NOTICE_WORDS,
        *NOTICE_WORK,
        *QUESTIONS,
        *QUESTION_APPROVE,
    ),
    # Registers the people they care for; colours are the office's.
    Role.SOCIAL_WORKER: (
        *APPLICATIONS,
        *ARRIVALS,
        *ARRIVAL_ENTER,
        *ARRIVAL_WORK,
        *SURVEYS,
        *SURVEY_MAKE,
        *SURVEY_WORK,
        *QUARANTINE,
        *AT_THE_GATE,
        *RELEASES,
        *ALARMS,
        *ALARM_WORK,
        *CARE,
        *RESIDENTS,
        *REGISTER,
        *HOUSEHOLDS,
        *PLACES,
        *IMPORTS,
        *FACTS,
        *ROSTER,
        *VISITORS,
        *INVITE,
        *VOLUNTEERS,
        *NOTICES,
        *QUESTIONS,
    ),
    # Answers for the companies to which she is appointed, and sees no resident of a community: `employers.access`.
    Role.GRID_WORKER: (*COMPANIES, *ARRIVALS, *ARRIVAL_ENTER, *SURVEYS, *SURVEY_WORK),
    # Asks who met whom, for a confirmed case and a while. A grant for one site opens no case.
    Role.TRACER: ("board", *TRACING),
    # Interpreters are called, and translate notices; they look nobody up. The roster is theirs as well.
    Role.INTERPRETER: (*CALLS, *DUTY, *ROSTER, *NOTICES, *NOTICE_WORDS, *QUESTIONS),
    Role.GUARD_LEAD: (*VISITORS, *AT_THE_GATE, *BOARD, *INSIGHTS, *GATES, *FIND, *ALARMS, *ALARM_WORK, *NOTICES),
    # Sees who did what, and changes nothing.
    Role.AUDITOR: (*AUDIT, *INVENTORY, *RECEIPTS, *ALARMS, *GATES, *POLICIES),
}

# These reach beyond any one community: only a grant for the whole town opens them.
TOWN_ONLY: Final = (
    *STAFF,
    *AUDIT,
    *RECEIPTS,
    *MESSAGES,
    *TOKENS,
    *WEBHOOKS,
    *POLICIES,
    *POLICY_WORK,
    "community_create",
)
