-- Written by `./gatepass run python -m gatepass.centre.schema update`; what it is for: schema.py.
-- made from account 0001_initial 6f27ff6bdf57521a
-- made from account 0002_email_max_length c956ab7a3c3660a1
-- made from account 0003_alter_emailaddress_create_unique_verified_email 66b6f1939621bcfa
-- made from account 0004_alter_emailaddress_drop_unique_email ebc6317e90c47d7a
-- made from account 0005_emailaddress_idx_upper_email e7569f1662da1754
-- made from account 0006_emailaddress_lower 54adb08cb3fba66b
-- made from account 0007_emailaddress_idx_email 87fad70bfde8ae29
-- made from account 0008_emailaddress_unique_primary_email_fixup 794bf875bdbef9c4
-- made from account 0009_emailaddress_unique_primary_email 79762cfa7b1e1d7c
-- made from accounts 0001_staff_and_their_grants 1ba3928323ff4cc8
-- made from accounts 0002_sessions_invitations_and_languages b4e05ca7370c0364
-- made from accounts 0003_asked_resets_of_second_factors 462d9e83647c7482
-- made from addresses 0001_buildings_units_and_rooms 308553ce79c29ffe
-- made from alarms 0001_alarms_and_who_hears_of_them f39f79cf7e59a7ef
-- made from alarms 0002_alarms_that_are_due_are_found_by_their_index 6481de4bd66f7a8e
-- made from api 0001_programs_and_their_tokens 79baa30bccdd0dae
-- made from api 0002_tokens_for_a_site_or_a_company 0db7e1f80cc89475
-- made from appeals 0001_objections_to_a_colour b40969ae1d237d5b
-- made from applicants 0001_people_with_a_phone 539cc73df4205ccc
-- made from applications 0001_applications_for_a_code 7f1078e7664a2c4c
-- made from applications 0002_decided_ones_newest_first 3542f7e0b942a6c0
-- made from arrivals 0001_who_comes_from_where 64e36ff200090987
-- made from arrivals 0002_lists_in_their_order ff3c9cedd9ddca20
-- made from arrivals 0003_the_board_in_its_order aa7f6917dbe61be7
-- made from audit 0001_entries_in_a_chain 95bfde8e0f9a709e
-- made from audit 0002_no_entry_is_changed_or_deleted 75cc065aa2783b71
-- made from audit 0003_entries_by_whose_they_are 92156dcd5311c3e2
-- made from auth 0001_initial 845cff319606332f
-- made from auth 0002_alter_permission_name_max_length feaf97e0e8f7d148
-- made from auth 0003_alter_user_email_max_length 9d5657b4db9872dc
-- made from auth 0004_alter_user_username_opts 9538db342c9a9bec
-- made from auth 0005_alter_user_last_login_null 79f60a35dc000fdd
-- made from auth 0006_require_contenttypes_0002 00cb16e3405f14b6
-- made from auth 0007_alter_validators_add_error_messages 115db87dc327530f
-- made from auth 0008_alter_user_username_max_length 02857f65f7d64814
-- made from auth 0009_alter_user_last_name_max_length 19a89500e7f108a7
-- made from auth 0010_alter_group_name_max_length 0963ed6498ac0b3a
-- made from auth 0011_update_proxy_permissions 85a5dde708dc4b61
-- made from auth 0012_alter_user_first_name_max_length 6cefbc9f80903763
-- made from codes 0001_colours_and_their_history 07c819d2b522f148
-- made from codes 0002_codes_follow_a_policy_or_a_person ab7afb60d9cdba82
-- made from contenttypes 0001_initial 35ed8489a147e0b4
-- made from contenttypes 0002_remove_content_type_name 7d36494075750f0e
-- made from employers 0001_companies_and_their_people 8ac538d14df5aa37
-- made from employers 0002_whereabouts_are_called_so ca97dde32dd7c356
-- made from employers 0003_colleagues_by_document 2923bc1426e55431
-- made from facts 0001_what_is_known_of_residents 9c894a0101a913e4
-- made from facts 0002_when_facts_changed_and_who_waits 7ae90406c5ec8f37
-- made from households 0001_households_and_who_lives_in_them 6fef4fbbecc5ebfd
-- made from households 0002_a_list_by_label_reads_an_index c9b8bfef3e7e4f0d
-- made from households 0003_who_lives_with_whom_is_read_from_indexes c00aae676a06f685
-- made from imports 0001_lists_and_their_rows 007775e5b954c8a9
-- made from imports 0002_rows_that_look_alike_name_each_other 438378ea491db290
-- made from insights 0001_time_at_the_gate_and_daily_reports 8a5afaf4f5f2eb36
-- made from insights 0002_the_stages_of_a_whole_day 8c5aab12e69ffebc
-- made from interpreting 0001_calls_for_an_interpreter 9aec77b5351ce80b
-- made from interpreting 0002_volunteers_are_rung 25e750545167d659
-- made from limits 0001_tries_and_alarms 4e308d51d64a3a99
-- made from limits 0002_alarms_are_a_noun_of_their_own 12c84749f3ffcd86
-- made from mandates 0001_who_acts_for_whom 7b677fe94ba181f6
-- made from merges 0001_two_rows_of_one_person 0a95167d0c6377b4
-- made from mfa 0001_initial a42b6353f2ed5dd7
-- made from mfa 0002_authenticator_timestamps b6566eb07301e2e4
-- made from mfa 0003_authenticator_type_uniq 88550a456154080c
-- made from notices 0001_the_first_notices 96c839e1b32a93d2
-- made from notices 0002_answers_to_questions 4fe1f022ef88f032
-- made from papers 0001_paper_codes_and_phones 62f98e464a1214b9
-- made from people 0001_residents_and_their_documents 72961a66a5232844
-- made from people 0002_enrolled_cards_are_documents de431f3d23ccc1ca
-- made from people 0003_documents_phones_rooms_and_names_of_their_own 3b0f39b53977464f
-- made from people 0004_texts_become_households_phones_and_name_keys 70fa1775294de150
-- made from people 0005_household_and_telephone_are_rows_now 59649fed1a7c4b39
-- made from people 0006_a_list_by_name_reads_an_index f3d245eff54e8cae
-- made from people 0007_nobody_is_found_by_being_in_no_merge af0a1f53cfd77ac9
-- made from people 0008_names_are_found_by_their_parts d943ee827fd6e8f2
-- made from people 0009_residents_by_nationality_and_by_change 9bafb5492b9c0d6e
-- made from phone 0001_who_was_told 4aaf747dce12e1ef
-- made from photos 0001_photos_and_the_consent_to_them 9e0816875f0d1489
-- made from policies 0001_versions_terms_and_runs 78b8df7967c78d4d
-- made from privacy 0001_what_people_ask_and_what_was_erased cb7a6f344385c3bd
-- made from protection 0001_people_whom_only_named_staff_see 6127f8508519549c
-- made from quarantine 0001_cases_reports_and_releases de7254a8b733ea6b
-- made from quarantine 0002_a_release_may_have_several_notices 9b2376f4293b6e35
-- made from quarantine 0003_reports_name_the_gates_device 66676170f843048f
-- made from quarantine 0004_orders_have_numbers 27f4af16ef92b5e1
-- made from quarantine 0005_the_ladder_finds_what_is_due_by_its_index 2144433768d132d4
-- made from questions 0001_questions_and_the_desk a7ca2eddf075256f
-- made from questions 0002_lists_in_their_order e3f4a4fe97feb6f0
-- made from rosters 0001_shifts_and_what_differs_on_a_day bfba06a5a587ad2a
-- made from rosters 0002_duty_for_written_questions fc1c140cf307d937
-- made from sending 0001_messages_to_people ff2e1cd127ebb393
-- made from sending 0002_messages_to_browsers 64aa5ecc750b941c
-- made from sessions 0001_initial 2aa438e2393ee513
-- made from sites 0001_communities_sites_gates_and_devices b68f8c3e14d5e9fc
-- made from sites 0002_the_civil_time_of_a_site a39767e5a75bbcf8
-- made from sites 0003_kinds_of_sites_the_plan_and_what_devices_confirm f4adaf2d5fb39153
-- made from socialaccount 0001_initial 3647538d149b8190
-- made from socialaccount 0002_token_max_lengths 1f6fc8859622f595
-- made from socialaccount 0003_extra_data_default_dict e8b6fe9e20bed061
-- made from socialaccount 0004_app_provider_id_settings 82163ba3cc18a1ea
-- made from socialaccount 0005_socialtoken_nullable_app f023fe1a501c3e63
-- made from socialaccount 0006_alter_socialaccount_extra_data d1de2c79db317f6f
-- made from surveys 0001_who_is_away db3436ff552ef499
-- made from tracing 0001_cases_contacts_and_links 9365efe954140c53
-- made from tracing 0002_how_far_a_count_was_narrowed 52e7b508e8a09831
-- made from visitors 0001_invitations_visits_and_what_gates_told ee8372b1773a2e55
-- made from visitors 0002_lists_in_their_order 8741e148836e1c1a
-- made from volunteers 0001_residents_who_help 0a1cec2cc88545d1
-- made from volunteers 0002_lists_in_their_order 65c502b4ef08e80d
-- made from webhooks 0001_what_programs_are_told 8f48ab44955f447b
-- made from webpush 0001_browsers_that_are_told a60238c9eee3e38f
CREATE TABLE "account_emailaddress" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "verified" bool NOT NULL, "primary" bool NOT NULL, "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "email" varchar(254) NOT NULL);
CREATE TABLE "account_emailconfirmation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "created" datetime NOT NULL, "sent" datetime NULL, "key" varchar(64) NOT NULL UNIQUE, "email_address_id" integer NOT NULL REFERENCES "account_emailaddress" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "accounts_factorreset" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "asked_by_name" varchar(120) NOT NULL, "asked_at" datetime NOT NULL, "asked_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" bigint NOT NULL UNIQUE REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "accounts_grant" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "role" varchar(20) NOT NULL, "community_id" bigint NULL REFERENCES "sites_community" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "languages" text NOT NULL CHECK ((JSON_VALID("languages") OR "languages" IS NULL)), CONSTRAINT "one_scope_at_most" CHECK (("community_id" IS NULL OR "site_id" IS NULL)), CONSTRAINT "granted_once" UNIQUE ("user_id", "role", "community_id", "site_id"));
CREATE TABLE "accounts_loginfailure" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "username" varchar(60) NOT NULL, "address" char(39) NULL, "at" datetime NOT NULL);
CREATE TABLE "accounts_staffinvitation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "token_hash" BLOB NOT NULL UNIQUE, "made_by_name" varchar(120) NOT NULL, "made_at" datetime NOT NULL, "expires_at" datetime NOT NULL, "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "accounts_staffsession" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "session_key" varchar(40) NOT NULL UNIQUE, "device" varchar(60) NOT NULL, "began_at" datetime NOT NULL, "seen_at" datetime NOT NULL, "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "accounts_user" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "password" varchar(128) NOT NULL, "last_login" datetime NULL, "username" varchar(60) NOT NULL UNIQUE, "full_name" varchar(120) NOT NULL, "language" varchar(10) NOT NULL, "is_active" bool NOT NULL, "must_change_password" bool NOT NULL, "created_at" datetime NOT NULL);
CREATE TABLE "addresses_place" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "level" varchar(8) NOT NULL, "name" varchar(40) NOT NULL, "path" varchar(130) NOT NULL, "order" varchar(200) NOT NULL, "parent_id" bigint NULL REFERENCES "addresses_place" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NOT NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_place_of_a_name_in_another" UNIQUE ("parent_id", "name"));
CREATE TABLE "alarms_alarm" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(40) NOT NULL, "subject" varchar(120) NOT NULL, "facts" text NOT NULL CHECK ((JSON_VALID("facts") OR "facts" IS NULL)), "state" varchar(12) NOT NULL, "armed_at" datetime NOT NULL, "alert_after" datetime NOT NULL, "raised_at" datetime NULL, "last_at" datetime NOT NULL, "count" integer unsigned NOT NULL CHECK ("count" >= 0), "cleared_at" datetime NULL, "community_id" bigint NULL REFERENCES "sites_community" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "alarms_contact" ("user_id" bigint NOT NULL PRIMARY KEY REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "channel" varchar(5) NOT NULL, "address" BLOB NOT NULL);
CREATE TABLE "alarms_delivery" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "channel" varchar(5) NOT NULL, "at" datetime NOT NULL, "alarm_id" bigint NOT NULL REFERENCES "alarms_alarm" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "told_once" UNIQUE ("alarm_id", "user_id"));
CREATE TABLE "alarms_flip" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "old" varchar(12) NOT NULL, "new" varchar(12) NOT NULL, "alarm_id" bigint NOT NULL REFERENCES "alarms_alarm" ("id") DEFERRABLE INITIALLY DEFERRED, "by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "api_call" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(64) NOT NULL, "request_hash" BLOB NOT NULL, "status" smallint unsigned NOT NULL CHECK ("status" >= 0), "body" BLOB NOT NULL, "at" datetime NOT NULL, "token_id" bigint NOT NULL REFERENCES "api_token" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_answer_under_a_key" UNIQUE ("token_id", "key"));
CREATE TABLE "api_token" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(60) NOT NULL UNIQUE, "token_hash" BLOB NOT NULL UNIQUE, "scopes" text NOT NULL CHECK ((JSON_VALID("scopes") OR "scopes" IS NULL)), "created_at" datetime NOT NULL, "expires_at" datetime NOT NULL, "revoked_at" datetime NULL, "used_at" datetime NULL, "community_id" bigint NULL REFERENCES "sites_community" ("id") DEFERRABLE INITIALLY DEFERRED, "created_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "company_id" bigint NULL REFERENCES "employers_company" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_place_of_a_token_at_most" CHECK ((("community_id" IS NULL AND "site_id" IS NULL) OR ("community_id" IS NULL AND "company_id" IS NULL) OR ("company_id" IS NULL AND "site_id" IS NULL))));
CREATE TABLE "appeals_appeal" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "about" varchar(10) NOT NULL, "words" BLOB NOT NULL, "colour" varchar(6) NOT NULL, "reason" varchar(2) NOT NULL, "state" varchar(9) NOT NULL, "sent_at" datetime NOT NULL, "due_at" datetime NOT NULL, "answer" BLOB NULL, "answered_at" datetime NULL, "answered_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "applicant_id" bigint NULL REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "applicants_applicant" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "channel" varchar(5) NOT NULL, "contact" BLOB NOT NULL, "contact_hash" BLOB NOT NULL UNIQUE, "full_name" varchar(120) NOT NULL, "language" varchar(10) NOT NULL, "created_at" datetime NOT NULL);
CREATE TABLE "applicants_onetimecode" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "contact_hash" BLOB NOT NULL UNIQUE, "code_hash" BLOB NOT NULL, "sent_at" datetime NOT NULL, "expires_at" datetime NOT NULL, "tries" smallint unsigned NOT NULL CHECK ("tries" >= 0));
CREATE TABLE "applicants_passkey" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "credential_id" BLOB NOT NULL UNIQUE, "public_key" BLOB NOT NULL, "sign_count" bigint unsigned NOT NULL CHECK ("sign_count" >= 0), "device" varchar(60) NOT NULL, "created_at" datetime NOT NULL, "used_at" datetime NULL, "applicant_id" bigint NOT NULL REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "applicants_visit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "token_hash" BLOB NOT NULL UNIQUE, "device" varchar(60) NOT NULL, "began_at" datetime NOT NULL, "seen_at" datetime NOT NULL, "applicant_id" bigint NOT NULL REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "applications_application" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "relation" varchar(14) NOT NULL, "consent" varchar(14) NOT NULL, "facts" BLOB NOT NULL, "person_key" BLOB NOT NULL, "state" varchar(9) NOT NULL, "refusal" varchar(8) NOT NULL, "sent_at" datetime NOT NULL, "decided_at" datetime NULL, "applicant_id" bigint NOT NULL REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED, "decided_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "mandate_id" bigint NULL REFERENCES "mandates_mandate" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NOT NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "arrivals_journey" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "manner" varchar(14) NOT NULL, "consent" varchar(14) NOT NULL, "consented_at" datetime NULL, "address" BLOB NULL, "phone" BLOB NULL, "arrives_at" datetime NULL, "port" varchar(60) NOT NULL, "transport" varchar(6) NOT NULL, "number" varchar(20) NOT NULL, "seat" varchar(40) NOT NULL, "boarding_at" datetime NULL, "boarding_zone" varchar(40) NOT NULL, "explanation" BLOB NULL, "state" varchar(12) NOT NULL, "created_at" datetime NOT NULL, "changed_at" datetime NOT NULL, "sent_at" datetime NULL, "acknowledge_by" datetime NULL, "overdue_after" datetime NULL, "acknowledged_at" datetime NULL, "cancelled_at" datetime NULL, "acknowledged_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "applicant_id" bigint NULL REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED, "building_id" bigint NULL REFERENCES "addresses_place" ("id") DEFERRABLE INITIALLY DEFERRED, "company_id" bigint NULL REFERENCES "employers_company" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, "staff_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "a_journey_has_one_author" CHECK (("applicant_id" IS NULL OR "staff_id" IS NULL)));
CREATE TABLE "arrivals_proof" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(11) NOT NULL, "content" BLOB NOT NULL, "media_type" varchar(20) NOT NULL, "size" integer unsigned NOT NULL CHECK ("size" >= 0), "uploaded_at" datetime NOT NULL, "sample_at" datetime NULL, "sample_zone" varchar(40) NOT NULL, "method" varchar(8) NOT NULL, "result" varchar(8) NOT NULL, "verdict" text NOT NULL CHECK ((JSON_VALID("verdict") OR "verdict" IS NULL)), "outcome" varchar(8) NOT NULL, "why" varchar(10) NOT NULL, "checked_at" datetime NULL, "is_fact" bool NOT NULL, "checked_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "traveller_id" bigint NOT NULL REFERENCES "arrivals_traveller" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "arrivals_stay" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "country" varchar(3) NOT NULL, "division" varchar(6) NOT NULL, "region" varchar(60) NOT NULL, "city" varchar(60) NOT NULL, "zone" varchar(40) NOT NULL, "first" date NOT NULL, "last" date NOT NULL, "transit" bool NOT NULL, "transport" varchar(6) NOT NULL, "number" varchar(20) NOT NULL, "seat" varchar(40) NOT NULL, "companions" BLOB NULL, "journey_id" bigint NOT NULL REFERENCES "arrivals_journey" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "arrivals_stay_travellers" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "stay_id" bigint NOT NULL REFERENCES "arrivals_stay" ("id") DEFERRABLE INITIALLY DEFERRED, "traveller_id" bigint NOT NULL REFERENCES "arrivals_traveller" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "arrivals_traveller" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "relation" varchar(14) NOT NULL, "full_name" varchar(120) NOT NULL, "latin_name" varchar(120) NOT NULL, "birth" varchar(10) NOT NULL, "sex" varchar(10) NOT NULL, "nationality" varchar(3) NOT NULL, "language" varchar(10) NOT NULL, "kind" varchar(20) NOT NULL, "issuer" varchar(3) NOT NULL, "number" BLOB NOT NULL, "valid_until" date NULL, "person_key" BLOB NOT NULL, "doubtful" text NOT NULL CHECK ((JSON_VALID("doubtful") OR "doubtful" IS NULL)), "confirmed" bool NOT NULL, "state" varchar(9) NOT NULL, "arrived_at" datetime NULL, "seen" varchar(5) NOT NULL, "facts_at" datetime NULL, "journey_id" bigint NOT NULL REFERENCES "arrivals_journey" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "audit_entry" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" bigint NOT NULL, "actor" varchar(40) NOT NULL, "actor_name" varchar(120) NOT NULL, "verb" varchar(60) NOT NULL, "object" varchar(60) NOT NULL, "fields" text NOT NULL CHECK ((JSON_VALID("fields") OR "fields" IS NULL)), "previous" BLOB NOT NULL, "hash" BLOB NOT NULL UNIQUE);
CREATE TABLE "audit_head" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "entry" bigint NOT NULL, "hash" BLOB NOT NULL);
CREATE TABLE "auth_group" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL UNIQUE);
CREATE TABLE "auth_group_permissions" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED, "permission_id" integer NOT NULL REFERENCES "auth_permission" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "auth_permission" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "content_type_id" integer NOT NULL REFERENCES "django_content_type" ("id") DEFERRABLE INITIALLY DEFERRED, "codename" varchar(100) NOT NULL, "name" varchar(255) NOT NULL);
CREATE TABLE "codes_code" ("resident_id" bigint NOT NULL PRIMARY KEY REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "colour" varchar(6) NOT NULL, "reason" varchar(2) NOT NULL, "advice" varchar(16) NOT NULL, "since" datetime NOT NULL, "valid_until" datetime NULL, "by_hand" bool NOT NULL, "policy_id" bigint NULL REFERENCES "policies_policyversion" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "codes_codechange" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "colour" varchar(6) NOT NULL, "reason" varchar(2) NOT NULL, "advice" varchar(16) NOT NULL, "valid_until" datetime NULL, "by_name" varchar(120) NOT NULL, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "by_hand" bool NOT NULL, "policy_id" bigint NULL REFERENCES "policies_policyversion" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "codes_directorychange" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "person_key" BLOB NOT NULL, "queued_at" datetime NOT NULL);
CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);
CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL);
CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL);
CREATE TABLE "employers_answer" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "said" varchar(7) NOT NULL, "colleague_id" bigint NOT NULL REFERENCES "employers_colleague" ("id") DEFERRABLE INITIALLY DEFERRED, "confirmation_id" bigint NOT NULL REFERENCES "employers_confirmation" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_answer_a_month" UNIQUE ("confirmation_id", "colleague_id"));
CREATE TABLE "employers_appointment" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "channel" varchar(5) NOT NULL, "address" BLOB NOT NULL, "since" datetime NOT NULL, "until" datetime NULL, "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "company_id" bigint NOT NULL REFERENCES "employers_company" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "employers_colleague" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "full_name" varchar(120) NOT NULL, "latin_name" varchar(120) NOT NULL, "nationality" varchar(3) NOT NULL, "person_key" BLOB NOT NULL, "number" BLOB NOT NULL, "employee_number" varchar(40) NOT NULL, "department" varchar(80) NOT NULL, "since" date NULL, "until" date NULL, "changed_at" datetime NOT NULL, "resident_id" bigint NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "company_id" bigint NOT NULL REFERENCES "employers_company" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_colleague_of_a_document" UNIQUE ("company_id", "person_key"));
CREATE TABLE "employers_company" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(120) NOT NULL, "credit_code" varchar(18) NOT NULL UNIQUE, "created_at" datetime NOT NULL, "community_id" bigint NOT NULL REFERENCES "sites_community" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "employers_confirmation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "month" date NOT NULL, "due_on" date NOT NULL, "confirmed_at" datetime NULL, "counts" text NOT NULL CHECK ((JSON_VALID("counts") OR "counts" IS NULL)), "reminded_at" datetime NULL, "company_id" bigint NOT NULL REFERENCES "employers_company" ("id") DEFERRABLE INITIALLY DEFERRED, "confirmed_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_confirmation_a_month" UNIQUE ("company_id", "month"));
CREATE TABLE "employers_stafflist" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "file_name" varchar(120) NOT NULL, "created_at" datetime NOT NULL, "entered" integer unsigned NOT NULL CHECK ("entered" >= 0), "by_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "company_id" bigint NOT NULL REFERENCES "employers_company" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "employers_staffrow" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" integer unsigned NOT NULL CHECK ("number" >= 0), "values" BLOB NOT NULL, "notes" text NOT NULL CHECK ((JSON_VALID("notes") OR "notes" IS NULL)), "faults" text NOT NULL CHECK ((JSON_VALID("faults") OR "faults" IS NULL)), "finding" varchar(5) NOT NULL, "somebody_else" bool NOT NULL, "person_key" BLOB NULL, "alike_id" bigint NULL REFERENCES "employers_colleague" ("id") DEFERRABLE INITIALLY DEFERRED, "staff_list_id" bigint NOT NULL REFERENCES "employers_stafflist" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_staff_row_of_a_number" UNIQUE ("staff_list_id", "number"));
CREATE TABLE "employers_whereabouts" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "state" varchar(9) NOT NULL, "place" BLOB NOT NULL, "until" date NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "colleague_id" bigint NOT NULL REFERENCES "employers_colleague" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "employers_workpermit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" BLOB NOT NULL, "valid_until" date NOT NULL, "warned" smallint unsigned NULL CHECK ("warned" >= 0), "colleague_id" bigint NOT NULL UNIQUE REFERENCES "employers_colleague" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "facts_fact" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(12) NOT NULL, "at" datetime NOT NULL, "until" datetime NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)), "source" varchar(10) NOT NULL, "recorded_at" datetime NOT NULL, "withdrawn_at" datetime NULL, "recorded_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "withdrawn_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "facts_standing" ("resident_id" bigint NOT NULL PRIMARY KEY REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "changed_at" datetime NOT NULL, "waiting" bool NOT NULL);
CREATE TABLE "households_household" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "label" varchar(60) NOT NULL, "room_id" bigint NULL REFERENCES "addresses_place" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NOT NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_household_of_a_label_at_a_site" UNIQUE ("site_id", "label"));
CREATE TABLE "households_membership" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "relation" varchar(12) NOT NULL, "since" datetime NOT NULL, "until" datetime NULL, "household_id" bigint NOT NULL REFERENCES "households_household" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "imports_import" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "state" varchar(10) NOT NULL, "file_name" varchar(120) NOT NULL, "columns" text NOT NULL CHECK ((JSON_VALID("columns") OR "columns" IS NULL)), "header" integer unsigned NOT NULL CHECK ("header" >= 0), "sheet" integer unsigned NOT NULL CHECK ("sheet" >= 0), "encoding" varchar(10) NOT NULL, "preview" BLOB NULL, "content" BLOB NULL, "total" integer unsigned NOT NULL CHECK ("total" >= 0), "done" integer unsigned NOT NULL CHECK ("done" >= 0), "stop" bool NOT NULL, "founded" text NOT NULL CHECK ((JSON_VALID("founded") OR "founded" IS NULL)), "created_at" datetime NOT NULL, "moved_at" datetime NOT NULL, "erased_at" datetime NULL, "counts" text NOT NULL CHECK ((JSON_VALID("counts") OR "counts" IS NULL)), "by_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "imports_mapping" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "headings" BLOB NOT NULL, "columns" text NOT NULL CHECK ((JSON_VALID("columns") OR "columns" IS NULL)), "used_at" datetime NOT NULL, CONSTRAINT "one_mapping_of_headings" UNIQUE ("kind", "headings"));
CREATE TABLE "imports_row" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" integer unsigned NOT NULL CHECK ("number" >= 0), "values" BLOB NOT NULL, "notes" text NOT NULL CHECK ((JSON_VALID("notes") OR "notes" IS NULL)), "faults" text NOT NULL CHECK ((JSON_VALID("faults") OR "faults" IS NULL)), "finding" varchar(8) NOT NULL, "candidates" text NOT NULL CHECK ((JSON_VALID("candidates") OR "candidates" IS NULL)), "choice" varchar(8) NOT NULL, "person_keys" BLOB NULL, "first_key" BLOB NULL, "outcome" varchar(8) NOT NULL, "why" varchar(40) NOT NULL, "added" text NOT NULL CHECK ((JSON_VALID("added") OR "added" IS NULL)), "batch_id" bigint NOT NULL REFERENCES "imports_import" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "target_id" bigint NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "twin" integer unsigned NULL CHECK ("twin" >= 0), CONSTRAINT "one_row_of_a_number" UNIQUE ("batch_id", "number"));
CREATE TABLE "insights_report" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "day" date NOT NULL, "made_at" datetime NOT NULL, "figures" text NOT NULL CHECK ((JSON_VALID("figures") OR "figures" IS NULL)), "by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NOT NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "insights_stageday" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "day" date NOT NULL, "stage" varchar(20) NOT NULL, "n" bigint NOT NULL, "total_us" bigint NOT NULL, CONSTRAINT "one_row_a_stage_and_day" UNIQUE ("day", "stage"));
CREATE TABLE "insights_stagehour" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "day" date NOT NULL, "hour" smallint unsigned NOT NULL CHECK ("hour" >= 0), "stage" varchar(20) NOT NULL, "n" bigint NOT NULL, "total_us" bigint NOT NULL, "gate_id" bigint NOT NULL REFERENCES "sites_gate" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_row_a_stage_and_hour" UNIQUE ("day", "gate_id", "hour", "stage"));
CREATE TABLE "insights_stageseen" ("device_id" varchar(24) NOT NULL PRIMARY KEY REFERENCES "sites_device" ("id") DEFERRABLE INITIALLY DEFERRED, "started" bigint NOT NULL, "counts" text NOT NULL CHECK ((JSON_VALID("counts") OR "counts" IS NULL)));
CREATE TABLE "interpreting_call" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "language" varchar(10) NOT NULL, "source" varchar(6) NOT NULL, "device" varchar(24) NOT NULL, "state" varchar(8) NOT NULL, "state_at" datetime NOT NULL, "asked_at" datetime NOT NULL, "asker_seen_at" datetime NOT NULL, "interpreter_seen_at" datetime NULL, "answered_at" datetime NULL, "ended_at" datetime NULL, "outcome" varchar(10) NOT NULL, "notes" BLOB NULL, "applicant_id" bigint NULL REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED, "gate_id" bigint NULL REFERENCES "sites_gate" ("id") DEFERRABLE INITIALLY DEFERRED, "interpreter_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NOT NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, "volunteer_id" bigint NULL REFERENCES "volunteers_volunteer" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "interpreting_line" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "language" varchar(10) NOT NULL, "number" varchar(30) NOT NULL, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "interpreting_move" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "old" varchar(8) NOT NULL, "new" varchar(8) NOT NULL, "why" varchar(12) NOT NULL, "call_id" bigint NOT NULL REFERENCES "interpreting_call" ("id") DEFERRABLE INITIALLY DEFERRED, "rung_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "volunteer_id" bigint NULL REFERENCES "volunteers_volunteer" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "interpreting_signal" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "body" text NOT NULL, "at" datetime NOT NULL, "call_id" bigint NOT NULL REFERENCES "interpreting_call" ("id") DEFERRABLE INITIALLY DEFERRED, "to_interpreter_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "to_volunteer_id" bigint NULL REFERENCES "volunteers_volunteer" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "limits_attempt" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "limit" varchar(40) NOT NULL, "subject" BLOB NOT NULL, "at" datetime NOT NULL);
CREATE TABLE "mandates_invitation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "token_hash" BLOB NOT NULL UNIQUE, "relation" varchar(14) NOT NULL, "consent" varchar(14) NOT NULL, "made_at" datetime NOT NULL, "expires_at" datetime NOT NULL, "used_at" datetime NULL, "made_by" varchar(120) NOT NULL, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "mandates_mandate" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "relation" varchar(14) NOT NULL, "consent" varchar(14) NOT NULL, "consented_at" datetime NOT NULL, "valid_until" datetime NULL, "recorded_at" datetime NOT NULL, "recorded_by" varchar(120) NOT NULL, "ended_at" datetime NULL, "applicant_id" bigint NULL REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "staff_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "a_mandate_has_one_holder" CHECK ((("applicant_id" IS NOT NULL AND "staff_id" IS NULL) OR ("applicant_id" IS NULL AND "staff_id" IS NOT NULL))));
CREATE TABLE "merges_merge" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "moved" text NOT NULL CHECK ((JSON_VALID("moved") OR "moved" IS NULL)), "before" BLOB NOT NULL, "undone_at" datetime NULL, "by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "kept_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "other_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "mfa_authenticator" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "type" varchar(20) NOT NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)), "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "created_at" datetime NOT NULL, "last_used_at" datetime NULL);
CREATE TABLE "notices_broadcast" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "language" varchar(10) NOT NULL, "state" varchar(9) NOT NULL, "total" integer unsigned NOT NULL CHECK ("total" >= 0), "looked_at" integer unsigned NOT NULL CHECK ("looked_at" >= 0), "queued" integer unsigned NOT NULL CHECK ("queued" >= 0), "unreached" integer unsigned NOT NULL CHECK ("unreached" >= 0), "cursor" bigint unsigned NOT NULL CHECK ("cursor" >= 0), "begun_at" datetime NOT NULL, "ended_at" datetime NULL, "begun_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "building_id" bigint NULL REFERENCES "addresses_place" ("id") DEFERRABLE INITIALLY DEFERRED, "community_id" bigint NULL REFERENCES "sites_community" ("id") DEFERRABLE INITIALLY DEFERRED, "company_id" bigint NULL REFERENCES "employers_company" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, "notice_id" bigint NOT NULL REFERENCES "notices_notice" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "notices_edition" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "language" varchar(10) NOT NULL, "title" varchar(120) NOT NULL, "short" varchar(300) NOT NULL, "body" text NOT NULL, "published_at" datetime NOT NULL, "ended_at" datetime NULL, "ended_for" varchar(9) NOT NULL, "published_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "reviewer_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "translator_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "notice_id" bigint NOT NULL REFERENCES "notices_notice" ("id") DEFERRABLE INITIALLY DEFERRED, "revision_id" bigint NOT NULL REFERENCES "notices_revision" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "notices_fallback" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "language" varchar(10) NOT NULL, "told_in" varchar(10) NOT NULL, "place" varchar(7) NOT NULL, "count" integer unsigned NOT NULL CHECK ("count" >= 0), "last_at" datetime NOT NULL, "notice_id" bigint NOT NULL REFERENCES "notices_notice" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_count_of_a_language_and_place" UNIQUE ("notice_id", "language", "told_in", "place"));
CREATE TABLE "notices_notice" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "code" varchar(8) NOT NULL UNIQUE, "kind" varchar(8) NOT NULL, "language" varchar(10) NOT NULL, "ready_made" varchar(40) NOT NULL, "ends_at" datetime NULL, "created_at" datetime NOT NULL, "withdrawn_at" datetime NULL, "community_id" bigint NULL REFERENCES "sites_community" ("id") DEFERRABLE INITIALLY DEFERRED, "created_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, "withdrawn_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "notices_revision" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" integer unsigned NOT NULL CHECK ("number" >= 0), "title" varchar(120) NOT NULL, "short" varchar(300) NOT NULL, "body" text NOT NULL, "change" varchar(9) NOT NULL, "at" datetime NOT NULL, "by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "notice_id" bigint NOT NULL REFERENCES "notices_notice" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_revision_of_a_number" UNIQUE ("notice_id", "number"));
CREATE TABLE "notices_screenschanged" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL);
CREATE TABLE "notices_showing" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "begins_at" datetime NOT NULL, "ends_at" datetime NOT NULL, "ended_at" datetime NULL, "by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "community_id" bigint NULL REFERENCES "sites_community" ("id") DEFERRABLE INITIALLY DEFERRED, "notice_id" bigint NOT NULL REFERENCES "notices_notice" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "notices_told" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "contact_hash" BLOB NOT NULL, "broadcast_id" bigint NOT NULL REFERENCES "notices_broadcast" ("id") DEFERRABLE INITIALLY DEFERRED, "message_id" bigint NULL REFERENCES "sending_message" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "told_of_a_broadcast_once" UNIQUE ("broadcast_id", "contact_hash"));
CREATE TABLE "notices_townterm" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "words" text NOT NULL CHECK ((JSON_VALID("words") OR "words" IS NULL)), "avoid" text NOT NULL CHECK ((JSON_VALID("avoid") OR "avoid" IS NULL)), "changed_at" datetime NOT NULL, "changed_by_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "notices_translation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "language" varchar(10) NOT NULL, "title" varchar(120) NOT NULL, "short" varchar(300) NOT NULL, "body" text NOT NULL, "state" varchar(10) NOT NULL, "note" varchar(300) NOT NULL, "changed_at" datetime NOT NULL, "notice_id" bigint NOT NULL REFERENCES "notices_notice" ("id") DEFERRABLE INITIALLY DEFERRED, "reviewer_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "revision_id" bigint NOT NULL REFERENCES "notices_revision" ("id") DEFERRABLE INITIALLY DEFERRED, "translator_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_text_of_a_language" UNIQUE ("notice_id", "language"));
CREATE TABLE "papers_grant" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "serial" BLOB NOT NULL UNIQUE, "phone_key" BLOB NOT NULL, "issued_at" datetime NOT NULL, "expires_at" datetime NOT NULL, "voided_at" datetime NULL, "applicant_id" bigint NOT NULL REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "papers_paper" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "serial" BLOB NOT NULL UNIQUE, "person_key" BLOB NOT NULL, "issued_at" datetime NOT NULL, "expires_at" datetime NOT NULL, "issued_by" varchar(120) NOT NULL, "voided_at" datetime NULL, "voided_for" varchar(8) NOT NULL, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "papers_revocation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "serial" BLOB NOT NULL, "queued_at" datetime NOT NULL);
CREATE TABLE "people_identitydocument" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(20) NOT NULL, "issuer" varchar(3) NOT NULL, "number" BLOB NOT NULL, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "added_at" datetime NOT NULL, "valid_until" date NULL, "retired_at" datetime NULL, "retired_for" varchar(10) NOT NULL, "person_key" BLOB NOT NULL);
CREATE TABLE "people_namekey" ("key" bigint NOT NULL, "site" integer NOT NULL, "birth_year" smallint NOT NULL, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY ("key", "site", "birth_year", "resident_id"));
CREATE TABLE "people_namepart" ("part" varchar(4) NOT NULL, "name" varchar(120) NOT NULL, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, PRIMARY KEY ("part", "name", "resident_id"));
CREATE TABLE "people_phone" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "number" BLOB NOT NULL, "number_key" BLOB NOT NULL, "purpose" varchar(10) NOT NULL, "whose" varchar(60) NOT NULL, "preferred" bool NOT NULL, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "people_resident" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "full_name" varchar(120) NOT NULL, "latin_name" varchar(120) NOT NULL, "sex" varchar(10) NOT NULL, "birth" varchar(10) NOT NULL, "nationality" varchar(3) NOT NULL, "language" varchar(10) NOT NULL, "address" varchar(200) NOT NULL, "registered_at" datetime NOT NULL, "site_id" bigint NOT NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, "preferred_name" varchar(120) NOT NULL, "room_id" bigint NULL REFERENCES "addresses_place" ("id") DEFERRABLE INITIALLY DEFERRED, "changed_at" datetime NOT NULL, "revision" integer unsigned NOT NULL CHECK ("revision" >= 0), "merged_into_id" bigint NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "people_savedfilter" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(60) NOT NULL, "query" varchar(500) NOT NULL, "shared" bool NOT NULL, "created_at" datetime NOT NULL, "owner_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_filter_of_a_name_and_owner" UNIQUE ("owner_id", "name"));
CREATE TABLE "phone_told" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "change" bigint NOT NULL);
CREATE TABLE "photos_photo" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "jpeg" BLOB NOT NULL, "taken_at" datetime NOT NULL, "resident_id" bigint NOT NULL UNIQUE REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "photos_photoconsent" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "given_on" date NOT NULL, "manner" varchar(10) NOT NULL, "given_by" varchar(60) NOT NULL, "recorded_at" datetime NOT NULL, "withdrawn_at" datetime NULL, "recorded_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "policies_policyversion" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "policy" varchar(40) NOT NULL, "number" integer unsigned NOT NULL CHECK ("number" >= 0), "source" text NOT NULL, "note" varchar(200) NOT NULL, "state" varchar(10) NOT NULL, "author_name" varchar(120) NOT NULL, "created_at" datetime NOT NULL, "changed_at" datetime NOT NULL, "approved_by_name" varchar(120) NOT NULL, "approved_at" datetime NULL, "approved_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "author_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_version_of_a_number" UNIQUE ("policy", "number"));
CREATE TABLE "policies_run" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "at" datetime NULL, "state" varchar(10) NOT NULL, "total" integer unsigned NOT NULL CHECK ("total" >= 0), "done" integer unsigned NOT NULL CHECK ("done" >= 0), "asked_at" datetime NOT NULL, "asked_by_name" varchar(120) NOT NULL, "started_at" datetime NULL, "finished_at" datetime NULL, "cancel_asked" bool NOT NULL, "report" text NOT NULL CHECK ((JSON_VALID("report") OR "report" IS NULL)), "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, "version_id" bigint NULL REFERENCES "policies_policyversion" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "policies_term" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "effective_from" datetime NOT NULL, "ordered_at" datetime NOT NULL, "ordered_by_name" varchar(120) NOT NULL, "begun_at" datetime NULL, "cancelled_at" datetime NULL, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, "version_id" bigint NULL REFERENCES "policies_policyversion" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "privacy_erasure" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "subject" bigint NOT NULL, "state" varchar(6) NOT NULL, "person_keys" BLOB NULL, "asked_at" datetime NOT NULL, "rows_gone_at" datetime NULL, "finished_at" datetime NULL, "by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "request_id" bigint NULL REFERENCES "privacy_request" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "privacy_receipt" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "store" varchar(60) NOT NULL, "at" datetime NULL, "counts" text NOT NULL CHECK ((JSON_VALID("counts") OR "counts" IS NULL)), "proof" BLOB NULL, "entry" bigint NULL, "device_id" varchar(24) NULL REFERENCES "sites_device" ("id") DEFERRABLE INITIALLY DEFERRED, "erasure_id" bigint NOT NULL REFERENCES "privacy_erasure" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_receipt_of_a_store" UNIQUE ("erasure_id", "store"));
CREATE TABLE "privacy_request" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "subject" bigint NOT NULL, "kind" varchar(7) NOT NULL, "words" BLOB NULL, "state" varchar(9) NOT NULL, "sent_at" datetime NOT NULL, "due_at" datetime NOT NULL, "answer" BLOB NULL, "answered_at" datetime NULL, "answered_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "applicant_id" bigint NULL REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "protection_protection" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "since" datetime NOT NULL, "resident_id" bigint NOT NULL UNIQUE REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "protection_protection_staff" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "protection_id" bigint NOT NULL REFERENCES "protection_protection" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "quarantine_amendment" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "started_at" datetime NOT NULL, "ends_at" datetime NOT NULL, "place" BLOB NULL, "reason" varchar(30) NOT NULL, "words" BLOB NULL, "by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "quarantine_id" bigint NOT NULL REFERENCES "quarantine_quarantine" ("id") DEFERRABLE INITIALLY DEFERRED, "serial" BLOB NOT NULL UNIQUE);
CREATE TABLE "quarantine_breach" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "direction" varchar(3) NOT NULL, "noticed_at" datetime NOT NULL, "state" varchar(9) NOT NULL, "answered_at" datetime NULL, "words" BLOB NULL, "answered_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "gate_id" bigint NULL REFERENCES "sites_gate" ("id") DEFERRABLE INITIALLY DEFERRED, "quarantine_id" bigint NOT NULL REFERENCES "quarantine_quarantine" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_breach_of_a_passage" UNIQUE ("quarantine_id", "gate_id", "at"));
CREATE TABLE "quarantine_explanation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "manner" varchar(10) NOT NULL, "language" varchar(10) NOT NULL, "interpreter" BLOB NULL, "understood" bool NOT NULL, "supplies" bool NOT NULL, "help_needed" BLOB NULL, "by_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "quarantine_id" bigint NOT NULL REFERENCES "quarantine_quarantine" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "quarantine_need" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "what" varchar(9) NOT NULL, "words" BLOB NULL, "state" varchar(7) NOT NULL, "asked_at" datetime NOT NULL, "done_at" datetime NULL, "applicant_id" bigint NULL REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED, "asked_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "assignee_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "quarantine_id" bigint NOT NULL REFERENCES "quarantine_quarantine" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "quarantine_notice" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "serial" BLOB NOT NULL UNIQUE, "languages" text NOT NULL CHECK ((JSON_VALID("languages") OR "languages" IS NULL)), "issued_at" datetime NOT NULL, "issuer" varchar(160) NOT NULL, "revoked_at" datetime NULL, "revoked_for" varchar(30) NOT NULL, "release_id" bigint NOT NULL REFERENCES "quarantine_release" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "quarantine_quarantine" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(30) NOT NULL, "rules" varchar(20) NOT NULL, "zone" varchar(40) NOT NULL, "reason" BLOB NULL, "place" BLOB NULL, "started_at" datetime NOT NULL, "ends_at" datetime NOT NULL, "state" varchar(9) NOT NULL, "opened_at" datetime NOT NULL, "closed_at" datetime NULL, "closed_for" varchar(30) NOT NULL, "closed_words" BLOB NULL, "awaited" datetime NULL, "rung" varchar(9) NOT NULL, "alert_after" datetime NULL, "last_report_at" datetime NULL, "assignee_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "closed_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "fact_id" bigint NULL REFERENCES "facts_fact" ("id") DEFERRABLE INITIALLY DEFERRED, "opened_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "a_quarantine_has_a_period" CHECK ("started_at" < ("ends_at")));
CREATE TABLE "quarantine_release" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "state" varchar(10) NOT NULL, "timing" varchar(7) NOT NULL, "reason" varchar(30) NOT NULL, "words" BLOB NULL, "rules" varchar(20) NOT NULL, "evidence" text NOT NULL CHECK ((JSON_VALID("evidence") OR "evidence" IS NULL)), "asked_at" datetime NOT NULL, "done_at" datetime NULL, "taken_back_at" datetime NULL, "taken_back_for" varchar(30) NOT NULL, "asked_by_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "quarantine_id" bigint NOT NULL REFERENCES "quarantine_quarantine" ("id") DEFERRABLE INITIALLY DEFERRED, "second_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "taken_back_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "nobody_seconds_the_own_release" CHECK ((NOT ("state" = 'done') OR "second_id" IS NULL OR NOT ("second_id" = ("asked_by_id") AND "second_id" IS NOT NULL))));
CREATE TABLE "quarantine_report" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "slot" datetime NOT NULL, "measured_at" datetime NOT NULL, "received_at" datetime NOT NULL, "tenths" smallint unsigned NULL CHECK ("tenths" >= 0), "symptoms" text NOT NULL CHECK ((JSON_VALID("symptoms") OR "symptoms" IS NULL)), "note" BLOB NULL, "via" varchar(9) NOT NULL, "key" varchar(40) NOT NULL, "alarming" bool NOT NULL, "applicant_id" bigint NULL REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED, "by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "fact_id" bigint NULL REFERENCES "facts_fact" ("id") DEFERRABLE INITIALLY DEFERRED, "quarantine_id" bigint NOT NULL REFERENCES "quarantine_quarantine" ("id") DEFERRABLE INITIALLY DEFERRED, "corrects_id" bigint NULL REFERENCES "quarantine_report" ("id") DEFERRABLE INITIALLY DEFERRED, "device_id" varchar(24) NULL REFERENCES "sites_device" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_report_of_a_key" UNIQUE ("quarantine_id", "key"));
CREATE TABLE "quarantine_sample" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "taken_at" datetime NOT NULL, "method" varchar(8) NOT NULL, "result" varchar(8) NOT NULL, "result_at" datetime NULL, "fact_id" bigint NULL REFERENCES "facts_fact" ("id") DEFERRABLE INITIALLY DEFERRED, "quarantine_id" bigint NOT NULL REFERENCES "quarantine_quarantine" ("id") DEFERRABLE INITIALLY DEFERRED, "recorded_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "quarantine_step" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "slot" datetime NOT NULL, "rung" varchar(9) NOT NULL, "due_at" datetime NOT NULL, "at" datetime NOT NULL, "outcome" varchar(7) NOT NULL, "why" varchar(30) NOT NULL, "quarantine_id" bigint NOT NULL REFERENCES "quarantine_quarantine" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "each_step_once" UNIQUE ("quarantine_id", "slot", "rung"));
CREATE TABLE "quarantine_trip" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "why" varchar(6) NOT NULL, "since" datetime NOT NULL, "until" datetime NOT NULL, "at" datetime NOT NULL, "by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "quarantine_id" bigint NOT NULL REFERENCES "quarantine_quarantine" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "quarantine_visit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "found" varchar(6) NOT NULL, "note" BLOB NULL, "by_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "quarantine_id" bigint NOT NULL REFERENCES "quarantine_quarantine" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "questions_move" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL, "what" varchar(9) NOT NULL, "note" BLOB NULL, "by_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "to_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "question_id" bigint NOT NULL REFERENCES "questions_question" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "questions_question" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "code" varchar(14) NOT NULL UNIQUE, "key" varchar(40) NOT NULL, "source" varchar(5) NOT NULL, "language" varchar(10) NOT NULL, "words" BLOB NOT NULL, "foretold" BLOB NULL, "state" varchar(9) NOT NULL, "asked_at" datetime NOT NULL, "looks_at" datetime NULL, "due_at" datetime NOT NULL, "claimed_at" datetime NULL, "answer" BLOB NULL, "answered_at" datetime NULL, "answered_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "applicant_id" bigint NULL REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED, "claimed_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "gate_id" bigint NULL REFERENCES "sites_gate" ("id") DEFERRABLE INITIALLY DEFERRED, "notice_id" bigint NULL REFERENCES "notices_notice" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NOT NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "asked_once_by_an_applicant" UNIQUE ("applicant_id", "key"), CONSTRAINT "asked_once_at_a_gate" UNIQUE ("gate_id", "key"), CONSTRAINT "at_a_gate_or_by_phone" CHECK (("gate_id" IS NULL OR "applicant_id" IS NULL)));
CREATE TABLE "rosters_change" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(8) NOT NULL, "day" date NULL, "languages" text NOT NULL CHECK ((JSON_VALID("languages") OR "languages" IS NULL)), "channels" text NOT NULL CHECK ((JSON_VALID("channels") OR "channels" IS NULL)), "begins_at" datetime NOT NULL, "ends_at" datetime NOT NULL, "made_at" datetime NOT NULL, "cancelled_at" datetime NULL, "community_id" bigint NULL REFERENCES "sites_community" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "shift_id" bigint NULL REFERENCES "rosters_shift" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "change_has_length" CHECK ("begins_at" < ("ends_at")), CONSTRAINT "taken_over_is_a_shift" CHECK ((NOT ("kind" = 'instead') OR ("day" IS NOT NULL AND "shift_id" IS NOT NULL))));
CREATE TABLE "rosters_feed" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "token_hash" BLOB NOT NULL UNIQUE, "made_at" datetime NOT NULL, "revoked_at" datetime NULL, "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "rosters_handover" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "text" BLOB NOT NULL, "at" datetime NOT NULL, "author_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "community_id" bigint NULL REFERENCES "sites_community" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "rosters_need" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "weekdays" text NOT NULL CHECK ((JSON_VALID("weekdays") OR "weekdays" IS NULL)), "starts" time NOT NULL, "ends" time NOT NULL, "first_day" date NOT NULL, "last_day" date NULL, "language" varchar(10) NOT NULL, "channel" varchar(5) NOT NULL, "least" smallint unsigned NOT NULL CHECK ("least" >= 0), "lead_hours" smallint unsigned NOT NULL CHECK ("lead_hours" >= 0), "made_at" datetime NOT NULL, "community_id" bigint NULL REFERENCES "sites_community" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "rosters_shift" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "weekdays" text NOT NULL CHECK ((JSON_VALID("weekdays") OR "weekdays" IS NULL)), "starts" time NOT NULL, "ends" time NOT NULL, "first_day" date NOT NULL, "last_day" date NULL, "languages" text NOT NULL CHECK ((JSON_VALID("languages") OR "languages" IS NULL)), "channels" text NOT NULL CHECK ((JSON_VALID("channels") OR "channels" IS NULL)), "every_weeks" smallint unsigned NOT NULL CHECK ("every_weeks" >= 0), "made_at" datetime NOT NULL, "community_id" bigint NULL REFERENCES "sites_community" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "rosters_swap" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "day" date NOT NULL, "begins_at" datetime NOT NULL, "ends_at" datetime NOT NULL, "state" varchar(10) NOT NULL, "offered_at" datetime NOT NULL, "answered_at" datetime NULL, "asked_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "giver_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "shift_id" bigint NOT NULL REFERENCES "rosters_shift" ("id") DEFERRABLE INITIALLY DEFERRED, "taken_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "sending_message" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "channel" varchar(5) NOT NULL, "address" BLOB NOT NULL, "kind" varchar(30) NOT NULL, "language" varchar(10) NOT NULL, "subject" varchar(120) NOT NULL, "text" BLOB NULL, "state" varchar(6) NOT NULL, "queued_at" datetime NOT NULL, "due_at" datetime NOT NULL, "not_after" datetime NULL, "attempts" smallint unsigned NOT NULL CHECK ("attempts" >= 0), "detail" varchar(60) NOT NULL, "done_at" datetime NULL);
CREATE TABLE "sites_community" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(80) NOT NULL UNIQUE);
CREATE TABLE "sites_device" ("id" varchar(24) NOT NULL PRIMARY KEY, "public_key" BLOB NOT NULL, "software" varchar(40) NOT NULL, "enrolled_at" datetime NOT NULL, "revoked_at" datetime NULL, "gate_id" bigint NOT NULL REFERENCES "sites_gate" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "sites_enrolmentcode" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "digest" BLOB NOT NULL UNIQUE, "issued_at" datetime NOT NULL, "expires_at" datetime NOT NULL, "used_at" datetime NULL, "device_id" varchar(24) NULL UNIQUE REFERENCES "sites_device" ("id") DEFERRABLE INITIALLY DEFERRED, "gate_id" bigint NOT NULL REFERENCES "sites_gate" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "sites_gate" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(40) NOT NULL, "direction" varchar(3) NOT NULL, "rules" text NOT NULL CHECK ((JSON_VALID("rules") OR "rules" IS NULL)), "created_at" datetime NOT NULL, "site_id" bigint NOT NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, "configuration" integer unsigned NOT NULL CHECK ("configuration" >= 0), "find_until" datetime NULL, CONSTRAINT "one_gate_of_a_name_at_a_site" UNIQUE ("site_id", "name"));
CREATE TABLE "sites_health" ("device_id" varchar(24) NOT NULL PRIMARY KEY REFERENCES "sites_device" ("id") DEFERRABLE INITIALLY DEFERRED, "heard_at" datetime NOT NULL, "clock_offset_ms" bigint NOT NULL, "software" varchar(40) NOT NULL, "directory" bigint NOT NULL, "knowledge_at" datetime NULL, "waiting" bigint NOT NULL, "entered" bigint NOT NULL, "left" bigint NOT NULL, "readers" text NOT NULL CHECK ((JSON_VALID("readers") OR "readers" IS NULL)), "kiosk" bool NOT NULL, "configuration" bigint NOT NULL, "finding" bool NOT NULL, "reader_trouble" bool NOT NULL);
CREATE TABLE "sites_site" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(80) NOT NULL, "address" varchar(200) NOT NULL, "community_id" bigint NOT NULL REFERENCES "sites_community" ("id") DEFERRABLE INITIALLY DEFERRED, "time_zone" varchar(40) NOT NULL, "kind" varchar(10) NOT NULL, "x" real NULL, "y" real NULL, CONSTRAINT "one_site_of_a_name_in_a_community" UNIQUE ("community_id", "name"));
CREATE TABLE "socialaccount_socialaccount" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "provider" varchar(200) NOT NULL, "uid" varchar(191) NOT NULL, "last_login" datetime NOT NULL, "date_joined" datetime NOT NULL, "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "extra_data" text NOT NULL CHECK ((JSON_VALID("extra_data") OR "extra_data" IS NULL)));
CREATE TABLE "socialaccount_socialapp" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "provider" varchar(30) NOT NULL, "name" varchar(40) NOT NULL, "client_id" varchar(191) NOT NULL, "secret" varchar(191) NOT NULL, "key" varchar(191) NOT NULL, "provider_id" varchar(200) NOT NULL, "settings" text NOT NULL CHECK ((JSON_VALID("settings") OR "settings" IS NULL)));
CREATE TABLE "socialaccount_socialtoken" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "token" text NOT NULL, "token_secret" text NOT NULL, "expires_at" datetime NULL, "account_id" integer NOT NULL REFERENCES "socialaccount_socialaccount" ("id") DEFERRABLE INITIALLY DEFERRED, "app_id" integer NULL REFERENCES "socialaccount_socialapp" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "surveys_reply" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "state" varchar(4) NOT NULL, "place" BLOB NULL, "returns_on" date NULL, "answered_at" datetime NULL, "manner" varchar(8) NOT NULL, "reminders" smallint unsigned NOT NULL CHECK ("reminders" >= 0), "answered_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "colleague_id" bigint NULL REFERENCES "employers_colleague" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "survey_id" bigint NOT NULL REFERENCES "surveys_survey" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "a_resident_is_asked_once" UNIQUE ("survey_id", "resident_id"), CONSTRAINT "a_colleague_is_asked_once" UNIQUE ("survey_id", "colleague_id"));
CREATE TABLE "surveys_survey" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "due_on" date NOT NULL, "made_at" datetime NOT NULL, "reminded_at" datetime NULL, "closed_at" datetime NULL, "community_id" bigint NULL REFERENCES "sites_community" ("id") DEFERRABLE INITIALLY DEFERRED, "company_id" bigint NULL REFERENCES "employers_company" ("id") DEFERRABLE INITIALLY DEFERRED, "made_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "a_survey_asks_a_community_or_a_company" CHECK ((("community_id" IS NULL AND "company_id" IS NOT NULL) OR ("community_id" IS NOT NULL AND "company_id" IS NULL))));
CREATE TABLE "tracing_case" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "reason" BLOB NOT NULL, "legal_basis" varchar(40) NOT NULL, "since" datetime NOT NULL, "until" datetime NOT NULL, "margin" smallint unsigned NOT NULL CHECK ("margin" >= 0), "expires_at" datetime NOT NULL, "state" varchar(8) NOT NULL, "opened_at" datetime NOT NULL, "confirmed_at" datetime NULL, "closed_at" datetime NULL, "ending" varchar(8) NOT NULL, "candidates" integer unsigned NULL CHECK ("candidates" >= 0), "counted_at" datetime NULL, "closed_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "community_id" bigint NULL REFERENCES "sites_community" ("id") DEFERRABLE INITIALLY DEFERRED, "confirmed_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "opened_by_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "narrowed_to_s" integer unsigned NULL CHECK ("narrowed_to_s" >= 0), CONSTRAINT "nobody_confirms_the_own_case" CHECK (("confirmed_by_id" IS NULL OR NOT ("confirmed_by_id" = ("opened_by_id") AND "confirmed_by_id" IS NOT NULL) OR "state" = 'refused')), CONSTRAINT "a_case_has_a_window" CHECK ("since" < ("until")));
CREATE TABLE "tracing_contact" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "code" varchar(6) NOT NULL, "step" smallint unsigned NOT NULL CHECK ("step" >= 0), "person_key" BLOB NULL, "number" BLOB NULL, "kind" smallint unsigned NOT NULL CHECK ("kind" >= 0), "score" real NOT NULL, "first_met" datetime NULL, "last_met" datetime NULL, "reached_at" datetime NULL, "informed_at" datetime NULL, "tested_at" datetime NULL, "quarantined_at" datetime NULL, "assignee_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "case_id" bigint NOT NULL REFERENCES "tracing_case" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_contact_of_a_code" UNIQUE ("case_id", "code"), CONSTRAINT "one_contact_of_a_resident" UNIQUE ("case_id", "resident_id"), CONSTRAINT "one_contact_of_a_key" UNIQUE ("case_id", "person_key"), CONSTRAINT "a_contact_is_somebody" CHECK (("resident_id" IS NOT NULL OR "person_key" IS NOT NULL)));
CREATE TABLE "tracing_extension" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "until" datetime NOT NULL, "reason" BLOB NOT NULL, "state" varchar(8) NOT NULL, "asked_at" datetime NOT NULL, "answered_at" datetime NULL, "answered_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "asked_by_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "case_id" bigint NOT NULL REFERENCES "tracing_case" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "nobody_extends_alone" CHECK ((NOT ("state" = 'granted') OR NOT ("answered_by_id" = ("asked_by_id") AND "answered_by_id" IS NOT NULL))));
CREATE TABLE "tracing_handover" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "note" BLOB NULL, "state" varchar(8) NOT NULL, "at" datetime NOT NULL, "answered_at" datetime NULL, "case_id" bigint NOT NULL REFERENCES "tracing_case" ("id") DEFERRABLE INITIALLY DEFERRED, "giver_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "taker_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "tracing_handover_contacts" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "handover_id" bigint NOT NULL REFERENCES "tracing_handover" ("id") DEFERRABLE INITIALLY DEFERRED, "contact_id" bigint NOT NULL REFERENCES "tracing_contact" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "tracing_link" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" smallint unsigned NOT NULL CHECK ("kind" >= 0), "score" real NOT NULL, "why" text NOT NULL CHECK ((JSON_VALID("why") OR "why" IS NULL)), "case_id" bigint NOT NULL REFERENCES "tracing_case" ("id") DEFERRABLE INITIALLY DEFERRED, "source_id" bigint NOT NULL REFERENCES "tracing_contact" ("id") DEFERRABLE INITIALLY DEFERRED, "target_id" bigint NOT NULL REFERENCES "tracing_contact" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "one_link_of_a_kind" UNIQUE ("source_id", "target_id", "kind"));
CREATE TABLE "tracing_reveal" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "reason" varchar(40) NOT NULL, "words" BLOB NULL, "at" datetime NOT NULL, "contact_id" bigint NOT NULL REFERENCES "tracing_contact" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "revealed_once_to_each" UNIQUE ("contact_id", "user_id"));
CREATE TABLE "tracing_work" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "what" varchar(12) NOT NULL, "note" BLOB NULL, "at" datetime NOT NULL, "by_id" bigint NOT NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "contact_id" bigint NOT NULL REFERENCES "tracing_contact" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "visitors_gateevent" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "ident" BLOB NOT NULL UNIQUE, "what" varchar(20) NOT NULL, "at" datetime NOT NULL, "gate_id" bigint NULL REFERENCES "sites_gate" ("id") DEFERRABLE INITIALLY DEFERRED, "visit_id" bigint NULL REFERENCES "visitors_visit" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "visitors_invitation" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" BLOB NOT NULL, "contact" BLOB NULL, "language" varchar(10) NOT NULL, "kind" varchar(10) NOT NULL, "purpose" varchar(10) NOT NULL, "begins_at" datetime NOT NULL, "ends_at" datetime NOT NULL, "weekdays" text NOT NULL CHECK ((JSON_VALID("weekdays") OR "weekdays" IS NULL)), "starts" time NULL, "stops" time NULL, "serial" BLOB NOT NULL UNIQUE, "host_key" BLOB NOT NULL, "token" BLOB NOT NULL, "token_hash" BLOB NOT NULL UNIQUE, "issued_at" datetime NOT NULL, "state" varchar(6) NOT NULL, "ended_at" datetime NULL, "applicant_id" bigint NULL REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED, "gate_id" bigint NULL REFERENCES "sites_gate" ("id") DEFERRABLE INITIALLY DEFERRED, "host_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "staff_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "visitors_pauseschanged" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "at" datetime NOT NULL);
CREATE TABLE "visitors_visit" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "ident" BLOB NULL UNIQUE, "name" BLOB NOT NULL, "whom" BLOB NOT NULL, "document" BLOB NULL, "phone" BLOB NULL, "purpose" varchar(20) NOT NULL, "temperature" decimal NULL, "symptoms" bool NULL, "was_away" bool NULL, "person_key" BLOB NULL, "state" varchar(11) NOT NULL, "answer" varchar(3) NOT NULL, "reason" varchar(40) NOT NULL, "at" datetime NOT NULL, "came_at" datetime NULL, "left_at" datetime NULL, "leaves_by" datetime NULL, "gate_id" bigint NULL REFERENCES "sites_gate" ("id") DEFERRABLE INITIALLY DEFERRED, "host_id" bigint NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "invitation_id" bigint NULL REFERENCES "visitors_invitation" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NOT NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "volunteers_ask" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "state" varchar(10) NOT NULL, "asked_at" datetime NOT NULL, "answered_at" datetime NULL, "task_id" bigint NOT NULL REFERENCES "volunteers_task" ("id") DEFERRABLE INITIALLY DEFERRED, "volunteer_id" bigint NOT NULL REFERENCES "volunteers_volunteer" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "asked_once" UNIQUE ("task_id", "volunteer_id"));
CREATE TABLE "volunteers_hours" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "weekday" smallint unsigned NOT NULL CHECK ("weekday" >= 0), "starts" time NOT NULL, "ends" time NOT NULL, "volunteer_id" bigint NOT NULL REFERENCES "volunteers_volunteer" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "volunteers_task" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "kind" varchar(10) NOT NULL, "language" varchar(10) NOT NULL, "words" BLOB NOT NULL, "begins_at" datetime NOT NULL, "ends_at" datetime NOT NULL, "state" varchar(10) NOT NULL, "made_at" datetime NOT NULL, "closed_at" datetime NULL, "minutes" smallint unsigned NULL CHECK ("minutes" >= 0), "asked_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NOT NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED, "taken_by_id" bigint NULL REFERENCES "volunteers_volunteer" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "volunteers_volunteer" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "languages" text NOT NULL CHECK ((JSON_VALID("languages") OR "languages" IS NULL)), "kinds" text NOT NULL CHECK ((JSON_VALID("kinds") OR "kinds" IS NULL)), "words" BLOB NULL, "state" varchar(10) NOT NULL, "applied_at" datetime NOT NULL, "decided_at" datetime NULL, "ended_at" datetime NULL, "applicant_id" bigint NOT NULL UNIQUE REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED, "decided_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "resident_id" bigint NOT NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "webhooks_delivery" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "state" varchar(6) NOT NULL, "queued_at" datetime NOT NULL, "due_at" datetime NOT NULL, "attempts" smallint unsigned NOT NULL CHECK ("attempts" >= 0), "detail" varchar(60) NOT NULL, "took_ms" integer unsigned NULL CHECK ("took_ms" >= 0), "done_at" datetime NULL, "event_id" bigint NOT NULL REFERENCES "webhooks_event" ("id") DEFERRABLE INITIALLY DEFERRED, "subscription_id" bigint NOT NULL REFERENCES "webhooks_subscription" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "an_event_once_to_an_address" UNIQUE ("subscription_id", "event_id"));
CREATE TABLE "webhooks_event" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "key" varchar(32) NOT NULL UNIQUE, "type" varchar(30) NOT NULL, "at" datetime NOT NULL, "data" text NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)), "resident_id" bigint NULL REFERENCES "people_resident" ("id") DEFERRABLE INITIALLY DEFERRED, "site_id" bigint NULL REFERENCES "sites_site" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "webhooks_mark" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "change" bigint NOT NULL, "hour" datetime NOT NULL);
CREATE TABLE "webhooks_subscription" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "url" varchar(300) NOT NULL, "events" text NOT NULL CHECK ((JSON_VALID("events") OR "events" IS NULL)), "secret" BLOB NOT NULL, "old_secret" BLOB NULL, "old_until" datetime NULL, "state" varchar(7) NOT NULL, "mark" bigint NOT NULL, "created_at" datetime NOT NULL, "failures" integer unsigned NOT NULL CHECK ("failures" >= 0), "failing_since" datetime NULL, "rests_until" datetime NULL, "taken_at" datetime NULL, "created_by_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "token_id" bigint NOT NULL REFERENCES "api_token" ("id") DEFERRABLE INITIALLY DEFERRED);
CREATE TABLE "webpush_subscription" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "endpoint" BLOB NOT NULL, "endpoint_hash" BLOB NOT NULL UNIQUE, "key" BLOB NOT NULL, "secret" BLOB NOT NULL, "device" varchar(60) NOT NULL, "made_at" datetime NOT NULL, "told_at" datetime NULL, "applicant_id" bigint NULL REFERENCES "applicants_applicant" ("id") DEFERRABLE INITIALLY DEFERRED, "user_id" bigint NULL REFERENCES "accounts_user" ("id") DEFERRABLE INITIALLY DEFERRED, "visit_id" bigint NULL REFERENCES "applicants_visit" ("id") DEFERRABLE INITIALLY DEFERRED, CONSTRAINT "a_push_is_of_one_person" CHECK ((("applicant_id" IS NULL OR "user_id" IS NULL) AND 1 = (CASE WHEN "applicant_id" IS NULL THEN 1 ELSE 0 END + CASE WHEN "user_id" IS NULL THEN 1 ELSE 0 END))));
CREATE INDEX "account_emailaddress_email_03be32b2" ON "account_emailaddress" ("email");
CREATE INDEX "account_emailaddress_user_id_2c513194" ON "account_emailaddress" ("user_id");
CREATE UNIQUE INDEX "account_emailaddress_user_id_email_987c8728_uniq" ON "account_emailaddress" ("user_id", "email");
CREATE UNIQUE INDEX "unique_primary_email" ON "account_emailaddress" ("user_id", "primary") WHERE "primary";
CREATE UNIQUE INDEX "unique_verified_email" ON "account_emailaddress" ("email") WHERE "verified";
CREATE INDEX "account_emailconfirmation_email_address_id_5b7f8c58" ON "account_emailconfirmation" ("email_address_id");
CREATE INDEX "accounts_factorreset_asked_by_id_cbee6414" ON "accounts_factorreset" ("asked_by_id");
CREATE INDEX "accounts_grant_community_id_da9f96b8" ON "accounts_grant" ("community_id");
CREATE INDEX "accounts_grant_site_id_2d796173" ON "accounts_grant" ("site_id");
CREATE INDEX "accounts_grant_user_id_7b34be41" ON "accounts_grant" ("user_id");
CREATE INDEX "accounts_loginfailure_at_2a33a957" ON "accounts_loginfailure" ("at");
CREATE INDEX "failures_of_a_name" ON "accounts_loginfailure" ("username", "at");
CREATE INDEX "accounts_staffinvitation_user_id_26be294d" ON "accounts_staffinvitation" ("user_id");
CREATE INDEX "accounts_staffsession_user_id_6e112d64" ON "accounts_staffsession" ("user_id");
CREATE INDEX "addresses_place_parent_id_97235ee0" ON "addresses_place" ("parent_id");
CREATE INDEX "addresses_place_site_id_36f3cc69" ON "addresses_place" ("site_id");
CREATE UNIQUE INDEX "one_building_of_a_name_at_a_site" ON "addresses_place" ("site_id", "name") WHERE "parent_id" IS NULL;
CREATE INDEX "places_of_a_site" ON "addresses_place" ("site_id", "level", "order");
CREATE INDEX "alarms_alarm_community_id_ba9a3216" ON "alarms_alarm" ("community_id");
CREATE INDEX "alarms_alarm_site_id_012609be" ON "alarms_alarm" ("site_id");
CREATE INDEX "alarms_by_state" ON "alarms_alarm" ("state", "raised_at" DESC);
CREATE INDEX "alarms_of_a_subject" ON "alarms_alarm" ("kind", "subject");
CREATE INDEX "alarms_to_raise" ON "alarms_alarm" ("state", "alert_after") WHERE "state" = 'armed';
CREATE UNIQUE INDEX "one_open_alarm_of_a_subject" ON "alarms_alarm" ("kind", "subject") WHERE NOT ("state" = 'cleared');
CREATE INDEX "alarms_delivery_alarm_id_a1b2d30c" ON "alarms_delivery" ("alarm_id");
CREATE INDEX "alarms_delivery_user_id_66423645" ON "alarms_delivery" ("user_id");
CREATE INDEX "alarms_flip_alarm_id_afda21f6" ON "alarms_flip" ("alarm_id");
CREATE INDEX "alarms_flip_by_id_656e33df" ON "alarms_flip" ("by_id");
CREATE INDEX "api_call_at_93691d00" ON "api_call" ("at");
CREATE INDEX "api_call_token_id_769b0084" ON "api_call" ("token_id");
CREATE INDEX "api_token_community_id_e84b558e" ON "api_token" ("community_id");
CREATE INDEX "api_token_company_id_ac88e5fd" ON "api_token" ("company_id");
CREATE INDEX "api_token_created_by_id_9ed01c7c" ON "api_token" ("created_by_id");
CREATE INDEX "api_token_site_id_c6548cbd" ON "api_token" ("site_id");
CREATE INDEX "appeals_appeal_answered_by_id_28e20d47" ON "appeals_appeal" ("answered_by_id");
CREATE INDEX "appeals_appeal_applicant_id_36e20f75" ON "appeals_appeal" ("applicant_id");
CREATE INDEX "appeals_appeal_resident_id_1280f192" ON "appeals_appeal" ("resident_id");
CREATE INDEX "appeals_to_answer" ON "appeals_appeal" ("state", "due_at");
CREATE UNIQUE INDEX "one_open_appeal_of_a_resident" ON "appeals_appeal" ("resident_id") WHERE "state" = 'open';
CREATE INDEX "applicants_passkey_applicant_id_f08b2d7d" ON "applicants_passkey" ("applicant_id");
CREATE INDEX "applicants_visit_applicant_id_a80892b5" ON "applicants_visit" ("applicant_id");
CREATE INDEX "applications_application_applicant_id_bad0be99" ON "applications_application" ("applicant_id");
CREATE INDEX "applications_application_decided_by_id_0fbc7e77" ON "applications_application" ("decided_by_id");
CREATE INDEX "applications_application_mandate_id_e0a38c52" ON "applications_application" ("mandate_id");
CREATE INDEX "applications_application_person_key_92042c99" ON "applications_application" ("person_key");
CREATE INDEX "applications_application_resident_id_3221adc2" ON "applications_application" ("resident_id");
CREATE INDEX "applications_application_site_id_7c68754f" ON "applications_application" ("site_id");
CREATE INDEX "applications_decided" ON "applications_application" ("state", "decided_at" DESC, "id" DESC);
CREATE INDEX "applications_to_decide" ON "applications_application" ("state", "site_id", "sent_at");
CREATE UNIQUE INDEX "one_application_waits" ON "applications_application" ("applicant_id", "person_key") WHERE "state" = 'sent';
CREATE INDEX "arrivals_journey_acknowledged_by_id_373ecdb8" ON "arrivals_journey" ("acknowledged_by_id");
CREATE INDEX "arrivals_journey_applicant_id_24a1e4ce" ON "arrivals_journey" ("applicant_id");
CREATE INDEX "arrivals_journey_building_id_1d33d7b9" ON "arrivals_journey" ("building_id");
CREATE INDEX "arrivals_journey_company_id_91e57b76" ON "arrivals_journey" ("company_id");
CREATE INDEX "arrivals_journey_site_id_e325462d" ON "arrivals_journey" ("site_id");
CREATE INDEX "arrivals_journey_staff_id_97c9d2b7" ON "arrivals_journey" ("staff_id");
CREATE INDEX "journeys_in_their_order" ON "arrivals_journey" ("arrives_at", "id");
CREATE INDEX "journeys_of_an_applicant" ON "arrivals_journey" ("applicant_id");
CREATE INDEX "journeys_to_a_site" ON "arrivals_journey" ("site_id", "state", "arrives_at");
CREATE INDEX "journeys_to_acknowledge" ON "arrivals_journey" ("state", "acknowledge_by");
CREATE INDEX "arrivals_proof_checked_by_id_f17563b8" ON "arrivals_proof" ("checked_by_id");
CREATE INDEX "arrivals_proof_traveller_id_c14f577b" ON "arrivals_proof" ("traveller_id");
CREATE INDEX "proofs_to_check" ON "arrivals_proof" ("outcome") WHERE "outcome" = 'waiting';
CREATE INDEX "arrivals_stay_journey_id_6e3ab57c" ON "arrivals_stay" ("journey_id");
CREATE INDEX "arrivals_stay_travellers_stay_id_9abdad89" ON "arrivals_stay_travellers" ("stay_id");
CREATE UNIQUE INDEX "arrivals_stay_travellers_stay_id_traveller_id_3e284c15_uniq" ON "arrivals_stay_travellers" ("stay_id", "traveller_id");
CREATE INDEX "arrivals_stay_travellers_traveller_id_8efd742c" ON "arrivals_stay_travellers" ("traveller_id");
CREATE INDEX "arrivals_traveller_journey_id_a61f7e21" ON "arrivals_traveller" ("journey_id");
CREATE INDEX "arrivals_traveller_person_key_1461472d" ON "arrivals_traveller" ("person_key");
CREATE INDEX "arrivals_traveller_resident_id_9de41d8c" ON "arrivals_traveller" ("resident_id");
CREATE INDEX "travellers_expected" ON "arrivals_traveller" ("state") WHERE "state" = 'expected';
CREATE INDEX "audit_entry_at_bf642dd8" ON "audit_entry" ("at");
CREATE INDEX "audit_entry_object_0f8c0a25" ON "audit_entry" ("object");
CREATE INDEX "audit_entry_verb_f458eb38" ON "audit_entry" ("verb");
CREATE INDEX "entries_of_a_name" ON "audit_entry" ("actor_name");
CREATE INDEX "entries_of_an_actor" ON "audit_entry" ("actor");
CREATE INDEX "auth_group_permissions_group_id_b120cbf9" ON "auth_group_permissions" ("group_id");
CREATE UNIQUE INDEX "auth_group_permissions_group_id_permission_id_0cd325b0_uniq" ON "auth_group_permissions" ("group_id", "permission_id");
CREATE INDEX "auth_group_permissions_permission_id_84c5c92e" ON "auth_group_permissions" ("permission_id");
CREATE INDEX "auth_permission_content_type_id_2f476e4b" ON "auth_permission" ("content_type_id");
CREATE UNIQUE INDEX "auth_permission_content_type_id_codename_01ab375a_uniq" ON "auth_permission" ("content_type_id", "codename");
CREATE INDEX "codes_by_colour" ON "codes_code" ("colour");
CREATE INDEX "codes_to_expire" ON "codes_code" ("valid_until") WHERE "valid_until" IS NOT NULL;
CREATE INDEX "codes_codechange_resident_id_70386dc6" ON "codes_codechange" ("resident_id");
CREATE INDEX "history_of_a_resident" ON "codes_codechange" ("resident_id", "id" DESC);
CREATE UNIQUE INDEX "django_content_type_app_label_model_76bd3d3b_uniq" ON "django_content_type" ("app_label", "model");
CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date");
CREATE INDEX "employers_answer_colleague_id_2b735d86" ON "employers_answer" ("colleague_id");
CREATE INDEX "employers_answer_confirmation_id_7ada2a05" ON "employers_answer" ("confirmation_id");
CREATE UNIQUE INDEX "appointed_once" ON "employers_appointment" ("company_id", "user_id") WHERE "until" IS NULL;
CREATE INDEX "employers_appointment_company_id_071a6d62" ON "employers_appointment" ("company_id");
CREATE INDEX "employers_appointment_user_id_fe9049a2" ON "employers_appointment" ("user_id");
CREATE INDEX "colleagues_of_a_document" ON "employers_colleague" ("person_key");
CREATE INDEX "employers_colleague_company_id_ea842b81" ON "employers_colleague" ("company_id");
CREATE INDEX "employers_colleague_resident_id_2a8bf11e" ON "employers_colleague" ("resident_id");
CREATE INDEX "employers_company_community_id_c5d43f13" ON "employers_company" ("community_id");
CREATE INDEX "employers_confirmation_company_id_7b7fd801" ON "employers_confirmation" ("company_id");
CREATE INDEX "employers_confirmation_confirmed_by_id_d650a28c" ON "employers_confirmation" ("confirmed_by_id");
CREATE INDEX "employers_stafflist_by_id_4b9824ce" ON "employers_stafflist" ("by_id");
CREATE INDEX "employers_stafflist_company_id_12847b45" ON "employers_stafflist" ("company_id");
CREATE INDEX "employers_staffrow_alike_id_9ba2f954" ON "employers_staffrow" ("alike_id");
CREATE INDEX "employers_staffrow_staff_list_id_878a8397" ON "employers_staffrow" ("staff_list_id");
CREATE INDEX "employers_whereabouts_by_id_85b5b5a4" ON "employers_whereabouts" ("by_id");
CREATE INDEX "employers_whereabouts_colleague_id_2445c683" ON "employers_whereabouts" ("colleague_id");
CREATE INDEX "employers_workpermit_valid_until_fd8eb8c9" ON "employers_workpermit" ("valid_until");
CREATE INDEX "facts_fact_recorded_by_id_d4d6032b" ON "facts_fact" ("recorded_by_id");
CREATE INDEX "facts_fact_resident_id_b717f784" ON "facts_fact" ("resident_id");
CREATE INDEX "facts_fact_withdrawn_by_id_4afb8e89" ON "facts_fact" ("withdrawn_by_id");
CREATE INDEX "facts_of_a_resident" ON "facts_fact" ("resident_id") WHERE "withdrawn_at" IS NULL;
CREATE INDEX "residents_waiting" ON "facts_standing" ("changed_at") WHERE "waiting";
CREATE INDEX "households_by_label" ON "households_household" ("label", "id");
CREATE INDEX "households_household_room_id_f560acfd" ON "households_household" ("room_id");
CREATE INDEX "households_household_site_id_1cb438f3" ON "households_household" ("site_id");
CREATE INDEX "households_of_a_resident" ON "households_membership" ("resident_id", "until", "household_id");
CREATE INDEX "members_of_a_household" ON "households_membership" ("household_id", "until", "resident_id");
CREATE UNIQUE INDEX "one_head_of_a_household" ON "households_membership" ("household_id") WHERE ("relation" = 'head' AND "until" IS NULL);
CREATE UNIQUE INDEX "one_household_at_a_time" ON "households_membership" ("resident_id") WHERE "until" IS NULL;
CREATE INDEX "imports_by_state" ON "imports_import" ("state");
CREATE INDEX "imports_import_by_id_8b8eb7fa" ON "imports_import" ("by_id");
CREATE INDEX "imports_import_site_id_c39977f9" ON "imports_import" ("site_id");
CREATE INDEX "imports_row_batch_id_d8f60f4b" ON "imports_row" ("batch_id");
CREATE INDEX "imports_row_resident_id_e3499771" ON "imports_row" ("resident_id");
CREATE INDEX "imports_row_target_id_ae62c63f" ON "imports_row" ("target_id");
CREATE INDEX "rows_by_document" ON "imports_row" ("batch_id", "first_key");
CREATE INDEX "rows_by_finding" ON "imports_row" ("batch_id", "finding", "number");
CREATE INDEX "rows_by_outcome" ON "imports_row" ("batch_id", "outcome", "number");
CREATE INDEX "insights_report_by_id_113ad484" ON "insights_report" ("by_id");
CREATE INDEX "insights_report_site_id_45360a79" ON "insights_report" ("site_id");
CREATE UNIQUE INDEX "one_evening_report_a_day" ON "insights_report" ("site_id", "day") WHERE "by_id" IS NULL;
CREATE INDEX "insights_stagehour_gate_id_751cce83" ON "insights_stagehour" ("gate_id");
CREATE INDEX "calls_of_a_site" ON "interpreting_call" ("site_id", "asked_at" DESC);
CREATE INDEX "calls_under_way" ON "interpreting_call" ("asked_at") WHERE NOT ("state" = 'ended');
CREATE INDEX "interpreting_call_applicant_id_924f6a22" ON "interpreting_call" ("applicant_id");
CREATE INDEX "interpreting_call_gate_id_c36a82d4" ON "interpreting_call" ("gate_id");
CREATE INDEX "interpreting_call_interpreter_id_a414fd34" ON "interpreting_call" ("interpreter_id");
CREATE INDEX "interpreting_call_resident_id_32b09583" ON "interpreting_call" ("resident_id");
CREATE INDEX "interpreting_call_site_id_a0e5d478" ON "interpreting_call" ("site_id");
CREATE INDEX "interpreting_call_volunteer_id_3d7f2ac2" ON "interpreting_call" ("volunteer_id");
CREATE INDEX "interpreting_line_site_id_48febd70" ON "interpreting_line" ("site_id");
CREATE INDEX "interpreting_move_call_id_1c8b0704" ON "interpreting_move" ("call_id");
CREATE INDEX "interpreting_move_rung_id_d657e4f1" ON "interpreting_move" ("rung_id");
CREATE INDEX "interpreting_move_volunteer_id_f0fcd80b" ON "interpreting_move" ("volunteer_id");
CREATE INDEX "interpreting_signal_call_id_d1eda8f2" ON "interpreting_signal" ("call_id");
CREATE INDEX "interpreting_signal_to_interpreter_id_56ee81aa" ON "interpreting_signal" ("to_interpreter_id");
CREATE INDEX "interpreting_signal_to_volunteer_id_4466457e" ON "interpreting_signal" ("to_volunteer_id");
CREATE INDEX "tries_of_a_subject" ON "limits_attempt" ("limit", "subject", "at");
CREATE INDEX "tries_to_forget" ON "limits_attempt" ("at");
CREATE INDEX "mandates_invitation_resident_id_76b33a36" ON "mandates_invitation" ("resident_id");
CREATE INDEX "mandates_mandate_applicant_id_a90fd0fe" ON "mandates_mandate" ("applicant_id");
CREATE INDEX "mandates_mandate_resident_id_55826084" ON "mandates_mandate" ("resident_id");
CREATE INDEX "mandates_mandate_staff_id_75d5c9a9" ON "mandates_mandate" ("staff_id");
CREATE UNIQUE INDEX "one_mandate_of_an_applicant_for_a_resident" ON "mandates_mandate" ("resident_id", "applicant_id") WHERE ("applicant_id" IS NOT NULL AND "ended_at" IS NULL);
CREATE UNIQUE INDEX "one_mandate_of_staff_for_a_resident" ON "mandates_mandate" ("resident_id", "staff_id") WHERE ("ended_at" IS NULL AND "staff_id" IS NOT NULL);
CREATE UNIQUE INDEX "merged_once_at_a_time" ON "merges_merge" ("other_id") WHERE "undone_at" IS NULL;
CREATE INDEX "merges_merge_by_id_1f062c24" ON "merges_merge" ("by_id");
CREATE INDEX "merges_merge_kept_id_4d4cf459" ON "merges_merge" ("kept_id");
CREATE INDEX "merges_merge_other_id_11651dfa" ON "merges_merge" ("other_id");
CREATE INDEX "mfa_authenticator_user_id_0c3a50c0" ON "mfa_authenticator" ("user_id");
CREATE UNIQUE INDEX "unique_authenticator_type" ON "mfa_authenticator" ("user_id", "type") WHERE "type" IN ('totp', 'recovery_codes');
CREATE INDEX "notices_broadcast_begun_by_id_097ea47b" ON "notices_broadcast" ("begun_by_id");
CREATE INDEX "notices_broadcast_building_id_d174f212" ON "notices_broadcast" ("building_id");
CREATE INDEX "notices_broadcast_community_id_fa44cf4c" ON "notices_broadcast" ("community_id");
CREATE INDEX "notices_broadcast_company_id_768e1b1d" ON "notices_broadcast" ("company_id");
CREATE INDEX "notices_broadcast_notice_id_7358c71b" ON "notices_broadcast" ("notice_id");
CREATE INDEX "notices_broadcast_site_id_ec9d587e" ON "notices_broadcast" ("site_id");
CREATE INDEX "notices_edition_notice_id_547a7130" ON "notices_edition" ("notice_id");
CREATE INDEX "notices_edition_published_by_id_4db4e82e" ON "notices_edition" ("published_by_id");
CREATE INDEX "notices_edition_reviewer_id_25c87cbe" ON "notices_edition" ("reviewer_id");
CREATE INDEX "notices_edition_revision_id_aed4eabe" ON "notices_edition" ("revision_id");
CREATE INDEX "notices_edition_translator_id_8dacd392" ON "notices_edition" ("translator_id");
CREATE UNIQUE INDEX "one_public_text_of_a_language" ON "notices_edition" ("notice_id", "language") WHERE "ended_at" IS NULL;
CREATE INDEX "notices_fallback_notice_id_3b99e1ee" ON "notices_fallback" ("notice_id");
CREATE INDEX "notices_notice_community_id_1eac275c" ON "notices_notice" ("community_id");
CREATE INDEX "notices_notice_created_by_id_f13e4d0a" ON "notices_notice" ("created_by_id");
CREATE INDEX "notices_notice_site_id_19ddcdca" ON "notices_notice" ("site_id");
CREATE INDEX "notices_notice_withdrawn_by_id_baa4046a" ON "notices_notice" ("withdrawn_by_id");
CREATE INDEX "notices_revision_by_id_7c7cadde" ON "notices_revision" ("by_id");
CREATE INDEX "notices_revision_notice_id_8216464f" ON "notices_revision" ("notice_id");
CREATE INDEX "notices_showing_by_id_25d9028f" ON "notices_showing" ("by_id");
CREATE INDEX "notices_showing_community_id_1549d227" ON "notices_showing" ("community_id");
CREATE INDEX "notices_showing_notice_id_08532deb" ON "notices_showing" ("notice_id");
CREATE INDEX "notices_showing_site_id_f281da36" ON "notices_showing" ("site_id");
CREATE INDEX "showings_in_force" ON "notices_showing" ("ends_at") WHERE "ended_at" IS NULL;
CREATE INDEX "notices_told_broadcast_id_10cb20a9" ON "notices_told" ("broadcast_id");
CREATE INDEX "notices_told_message_id_b8abc8e5" ON "notices_told" ("message_id");
CREATE INDEX "notices_townterm_changed_by_id_1e6c22f1" ON "notices_townterm" ("changed_by_id");
CREATE INDEX "notices_translation_notice_id_baba15bb" ON "notices_translation" ("notice_id");
CREATE INDEX "notices_translation_reviewer_id_f2d03573" ON "notices_translation" ("reviewer_id");
CREATE INDEX "notices_translation_revision_id_e27d848e" ON "notices_translation" ("revision_id");
CREATE INDEX "notices_translation_translator_id_bf965442" ON "notices_translation" ("translator_id");
CREATE INDEX "translations_by_state" ON "notices_translation" ("state", "changed_at" DESC);
CREATE INDEX "grants_of_a_phone" ON "papers_grant" ("resident_id", "applicant_id");
CREATE INDEX "papers_grant_applicant_id_ed7ad303" ON "papers_grant" ("applicant_id");
CREATE INDEX "papers_grant_resident_id_3fdabb5e" ON "papers_grant" ("resident_id");
CREATE UNIQUE INDEX "one_paper_of_a_resident" ON "papers_paper" ("resident_id") WHERE "voided_at" IS NULL;
CREATE INDEX "papers_paper_resident_id_8f790b1e" ON "papers_paper" ("resident_id");
CREATE UNIQUE INDEX "one_holder_of_a_document_in_use" ON "people_identitydocument" ("person_key") WHERE "retired_at" IS NULL;
CREATE INDEX "people_identitydocument_person_key_13ef83f6" ON "people_identitydocument" ("person_key");
CREATE INDEX "people_identitydocument_resident_id_56f1b5a2" ON "people_identitydocument" ("resident_id");
CREATE INDEX "people_namekey_resident_id_58a017ed" ON "people_namekey" ("resident_id");
CREATE INDEX "people_namepart_resident_id_1cc7a05e" ON "people_namepart" ("resident_id");
CREATE UNIQUE INDEX "one_preferred_phone" ON "people_phone" ("resident_id") WHERE "preferred";
CREATE INDEX "people_phone_number_key_2d348d36" ON "people_phone" ("number_key");
CREATE INDEX "people_phone_resident_id_0ea8228d" ON "people_phone" ("resident_id");
CREATE INDEX "people_resident_room_id_aab3dc41" ON "people_resident" ("room_id");
CREATE INDEX "people_resident_site_id_00e42986" ON "people_resident" ("site_id");
CREATE INDEX "residents_by_birth" ON "people_resident" ("birth");
CREATE INDEX "residents_by_change" ON "people_resident" ("changed_at");
CREATE INDEX "residents_by_name" ON "people_resident" ("full_name", "id");
CREATE INDEX "residents_by_nationality" ON "people_resident" ("nationality", "full_name", "id");
CREATE INDEX "residents_merged" ON "people_resident" ("merged_into_id") WHERE "merged_into_id" IS NOT NULL;
CREATE INDEX "residents_of_a_site" ON "people_resident" ("site_id", "full_name");
CREATE INDEX "people_savedfilter_owner_id_19fd8b73" ON "people_savedfilter" ("owner_id");
CREATE UNIQUE INDEX "one_photo_consent_at_a_time" ON "photos_photoconsent" ("resident_id") WHERE "withdrawn_at" IS NULL;
CREATE INDEX "photos_photoconsent_recorded_by_id_81026f96" ON "photos_photoconsent" ("recorded_by_id");
CREATE INDEX "photos_photoconsent_resident_id_812589f0" ON "photos_photoconsent" ("resident_id");
CREATE INDEX "policies_policyversion_approved_by_id_9fb12dc8" ON "policies_policyversion" ("approved_by_id");
CREATE INDEX "policies_policyversion_author_id_eff8bbd5" ON "policies_policyversion" ("author_id");
CREATE INDEX "policies_policyversion_policy_cd8fc985" ON "policies_policyversion" ("policy");
CREATE INDEX "policies_run_site_id_2b0311d5" ON "policies_run" ("site_id");
CREATE INDEX "policies_run_version_id_a54b81f0" ON "policies_run" ("version_id");
CREATE INDEX "runs_under_way" ON "policies_run" ("state") WHERE "state" IN ('queued', 'running');
CREATE INDEX "policies_term_site_id_d29351ad" ON "policies_term" ("site_id");
CREATE INDEX "policies_term_version_id_177d60b7" ON "policies_term" ("version_id");
CREATE INDEX "terms_to_begin" ON "policies_term" ("effective_from") WHERE ("begun_at" IS NULL AND "cancelled_at" IS NULL);
CREATE INDEX "erasures_under_way" ON "privacy_erasure" ("state") WHERE NOT ("state" = 'done');
CREATE INDEX "privacy_erasure_by_id_5982a932" ON "privacy_erasure" ("by_id");
CREATE INDEX "privacy_erasure_request_id_5f04afaa" ON "privacy_erasure" ("request_id");
CREATE INDEX "privacy_receipt_device_id_b08ce235" ON "privacy_receipt" ("device_id");
CREATE INDEX "privacy_receipt_erasure_id_45ea45f6" ON "privacy_receipt" ("erasure_id");
CREATE INDEX "receipts_to_come" ON "privacy_receipt" ("device_id") WHERE "at" IS NULL;
CREATE UNIQUE INDEX "one_open_request_of_a_kind" ON "privacy_request" ("subject", "kind") WHERE "state" = 'open';
CREATE INDEX "privacy_request_answered_by_id_91783418" ON "privacy_request" ("answered_by_id");
CREATE INDEX "privacy_request_applicant_id_87e85a28" ON "privacy_request" ("applicant_id");
CREATE INDEX "privacy_request_resident_id_068c6c19" ON "privacy_request" ("resident_id");
CREATE INDEX "privacy_to_answer" ON "privacy_request" ("state", "due_at");
CREATE INDEX "protection_protection_staff_protection_id_7065d7db" ON "protection_protection_staff" ("protection_id");
CREATE UNIQUE INDEX "protection_protection_staff_protection_id_user_id_9f13f7dc_uniq" ON "protection_protection_staff" ("protection_id", "user_id");
CREATE INDEX "protection_protection_staff_user_id_aed331cc" ON "protection_protection_staff" ("user_id");
CREATE INDEX "quarantine_amendment_by_id_eb46f892" ON "quarantine_amendment" ("by_id");
CREATE INDEX "quarantine_amendment_quarantine_id_a89a961c" ON "quarantine_amendment" ("quarantine_id");
CREATE INDEX "quarantine_breach_answered_by_id_5a21eeb9" ON "quarantine_breach" ("answered_by_id");
CREATE INDEX "quarantine_breach_gate_id_8824a357" ON "quarantine_breach" ("gate_id");
CREATE INDEX "quarantine_breach_quarantine_id_955b5a27" ON "quarantine_breach" ("quarantine_id");
CREATE INDEX "quarantine_explanation_by_id_43c71aec" ON "quarantine_explanation" ("by_id");
CREATE INDEX "quarantine_explanation_quarantine_id_219d75b7" ON "quarantine_explanation" ("quarantine_id");
CREATE INDEX "needs_open" ON "quarantine_need" ("asked_at") WHERE "state" IN ('asked', 'taken');
CREATE INDEX "quarantine_need_applicant_id_ebcf14eb" ON "quarantine_need" ("applicant_id");
CREATE INDEX "quarantine_need_asked_by_id_503b15bc" ON "quarantine_need" ("asked_by_id");
CREATE INDEX "quarantine_need_assignee_id_3ca96e01" ON "quarantine_need" ("assignee_id");
CREATE INDEX "quarantine_need_quarantine_id_d9b13cfa" ON "quarantine_need" ("quarantine_id");
CREATE INDEX "quarantine_notice_release_id_0a6bb826" ON "quarantine_notice" ("release_id");
CREATE UNIQUE INDEX "one_open_quarantine_of_a_resident" ON "quarantine_quarantine" ("resident_id") WHERE "state" = 'open';
CREATE INDEX "quarantine_quarantine_assignee_id_e466c0f9" ON "quarantine_quarantine" ("assignee_id");
CREATE INDEX "quarantine_quarantine_closed_by_id_d287683c" ON "quarantine_quarantine" ("closed_by_id");
CREATE INDEX "quarantine_quarantine_fact_id_2c03fd9b" ON "quarantine_quarantine" ("fact_id");
CREATE INDEX "quarantine_quarantine_opened_by_id_83d6de42" ON "quarantine_quarantine" ("opened_by_id");
CREATE INDEX "quarantine_quarantine_resident_id_8d62bdb4" ON "quarantine_quarantine" ("resident_id");
CREATE INDEX "quarantines_by_end" ON "quarantine_quarantine" ("state", "ends_at");
CREATE INDEX "quarantines_of_a_resident" ON "quarantine_quarantine" ("resident_id", "id" DESC);
CREATE INDEX "quarantines_to_ask" ON "quarantine_quarantine" ("state", "alert_after") WHERE "alert_after" IS NOT NULL;
CREATE UNIQUE INDEX "one_release_that_stands" ON "quarantine_release" ("quarantine_id") WHERE "state" IN ('asked', 'done');
CREATE INDEX "quarantine_release_asked_by_id_c0dda9a0" ON "quarantine_release" ("asked_by_id");
CREATE INDEX "quarantine_release_quarantine_id_bc5cca19" ON "quarantine_release" ("quarantine_id");
CREATE INDEX "quarantine_release_second_id_657ca393" ON "quarantine_release" ("second_id");
CREATE INDEX "quarantine_release_taken_back_by_id_481ede2b" ON "quarantine_release" ("taken_back_by_id");
CREATE INDEX "quarantine_report_applicant_id_db90a8e5" ON "quarantine_report" ("applicant_id");
CREATE INDEX "quarantine_report_by_id_8fde8106" ON "quarantine_report" ("by_id");
CREATE INDEX "quarantine_report_corrects_id_b957bc1c" ON "quarantine_report" ("corrects_id");
CREATE INDEX "quarantine_report_device_id_b1444ebf" ON "quarantine_report" ("device_id");
CREATE INDEX "quarantine_report_fact_id_0b2d3fa6" ON "quarantine_report" ("fact_id");
CREATE INDEX "quarantine_report_quarantine_id_fd461b7f" ON "quarantine_report" ("quarantine_id");
CREATE INDEX "reports_of_a_quarantine" ON "quarantine_report" ("quarantine_id", "measured_at" DESC);
CREATE INDEX "quarantine_sample_fact_id_a9f7b164" ON "quarantine_sample" ("fact_id");
CREATE INDEX "quarantine_sample_quarantine_id_1b0dabf5" ON "quarantine_sample" ("quarantine_id");
CREATE INDEX "quarantine_sample_recorded_by_id_3691f341" ON "quarantine_sample" ("recorded_by_id");
CREATE INDEX "quarantine_step_quarantine_id_6e0b8fde" ON "quarantine_step" ("quarantine_id");
CREATE INDEX "quarantine_trip_by_id_2cccb82e" ON "quarantine_trip" ("by_id");
CREATE INDEX "quarantine_trip_quarantine_id_6a0a0e3e" ON "quarantine_trip" ("quarantine_id");
CREATE INDEX "quarantine_visit_by_id_f719568d" ON "quarantine_visit" ("by_id");
CREATE INDEX "quarantine_visit_quarantine_id_e12f8353" ON "quarantine_visit" ("quarantine_id");
CREATE INDEX "questions_move_by_id_8dd275be" ON "questions_move" ("by_id");
CREATE INDEX "questions_move_question_id_f3b1f4ba" ON "questions_move" ("question_id");
CREATE INDEX "questions_move_to_id_2f37737c" ON "questions_move" ("to_id");
CREATE INDEX "questions_in_order" ON "questions_question" ("state", "id" DESC);
CREATE INDEX "questions_of_an_applicant" ON "questions_question" ("applicant_id", "id" DESC);
CREATE INDEX "questions_question_answered_by_id_225e5b54" ON "questions_question" ("answered_by_id");
CREATE INDEX "questions_question_applicant_id_9f6414ac" ON "questions_question" ("applicant_id");
CREATE INDEX "questions_question_claimed_by_id_457f9372" ON "questions_question" ("claimed_by_id");
CREATE INDEX "questions_question_gate_id_71f6aef3" ON "questions_question" ("gate_id");
CREATE INDEX "questions_question_notice_id_1939919e" ON "questions_question" ("notice_id");
CREATE INDEX "questions_question_resident_id_1676ff55" ON "questions_question" ("resident_id");
CREATE INDEX "questions_question_site_id_41b2b07b" ON "questions_question" ("site_id");
CREATE INDEX "questions_to_answer" ON "questions_question" ("state", "due_at");
CREATE INDEX "changes_by_end" ON "rosters_change" ("ends_at");
CREATE INDEX "rosters_change_community_id_4df05f01" ON "rosters_change" ("community_id");
CREATE INDEX "rosters_change_shift_id_20c593a0" ON "rosters_change" ("shift_id");
CREATE INDEX "rosters_change_site_id_e915f520" ON "rosters_change" ("site_id");
CREATE INDEX "rosters_change_user_id_d93d3543" ON "rosters_change" ("user_id");
CREATE UNIQUE INDEX "one_calendar_a_member" ON "rosters_feed" ("user_id") WHERE "revoked_at" IS NULL;
CREATE INDEX "rosters_feed_user_id_559613a9" ON "rosters_feed" ("user_id");
CREATE INDEX "rosters_handover_author_id_21af989d" ON "rosters_handover" ("author_id");
CREATE INDEX "rosters_handover_community_id_9907ad88" ON "rosters_handover" ("community_id");
CREATE INDEX "rosters_handover_site_id_cba3ef72" ON "rosters_handover" ("site_id");
CREATE INDEX "rosters_need_community_id_6d6ddf78" ON "rosters_need" ("community_id");
CREATE INDEX "rosters_need_site_id_2989c61c" ON "rosters_need" ("site_id");
CREATE INDEX "rosters_shift_community_id_846228f2" ON "rosters_shift" ("community_id");
CREATE INDEX "rosters_shift_site_id_9617af36" ON "rosters_shift" ("site_id");
CREATE INDEX "rosters_shift_user_id_547d7c84" ON "rosters_shift" ("user_id");
CREATE UNIQUE INDEX "offered_once_at_a_time" ON "rosters_swap" ("shift_id", "day") WHERE "state" = 'offered';
CREATE INDEX "rosters_swap_asked_id_62b71d34" ON "rosters_swap" ("asked_id");
CREATE INDEX "rosters_swap_giver_id_55fdd0bb" ON "rosters_swap" ("giver_id");
CREATE INDEX "rosters_swap_shift_id_2b27d688" ON "rosters_swap" ("shift_id");
CREATE INDEX "rosters_swap_taken_by_id_edd890fc" ON "rosters_swap" ("taken_by_id");
CREATE INDEX "messages_by_state" ON "sending_message" ("state", "id" DESC);
CREATE INDEX "messages_to_send" ON "sending_message" ("due_at") WHERE "state" = 'queued';
CREATE UNIQUE INDEX "one_active_device_a_gate" ON "sites_device" ("gate_id") WHERE "revoked_at" IS NULL;
CREATE INDEX "sites_device_gate_id_85b7cafa" ON "sites_device" ("gate_id");
CREATE INDEX "sites_enrolmentcode_gate_id_2f0a99bc" ON "sites_enrolmentcode" ("gate_id");
CREATE INDEX "sites_gate_site_id_6ba5f053" ON "sites_gate" ("site_id");
CREATE INDEX "sites_site_community_id_a9b9e027" ON "sites_site" ("community_id");
CREATE UNIQUE INDEX "socialaccount_socialaccount_provider_uid_fc810c6e_uniq" ON "socialaccount_socialaccount" ("provider", "uid");
CREATE INDEX "socialaccount_socialaccount_user_id_8146e70c" ON "socialaccount_socialaccount" ("user_id");
CREATE INDEX "socialaccount_socialtoken_account_id_951f210e" ON "socialaccount_socialtoken" ("account_id");
CREATE INDEX "socialaccount_socialtoken_app_id_636a42d7" ON "socialaccount_socialtoken" ("app_id");
CREATE UNIQUE INDEX "socialaccount_socialtoken_app_id_account_id_fca4e0ac_uniq" ON "socialaccount_socialtoken" ("app_id", "account_id");
CREATE INDEX "surveys_reply_answered_by_id_078ee503" ON "surveys_reply" ("answered_by_id");
CREATE INDEX "surveys_reply_colleague_id_2418bd84" ON "surveys_reply" ("colleague_id");
CREATE INDEX "surveys_reply_resident_id_177c2a6c" ON "surveys_reply" ("resident_id");
CREATE INDEX "surveys_reply_survey_id_bd252632" ON "surveys_reply" ("survey_id");
CREATE INDEX "surveys_survey_community_id_78f919de" ON "surveys_survey" ("community_id");
CREATE INDEX "surveys_survey_company_id_12734784" ON "surveys_survey" ("company_id");
CREATE INDEX "surveys_survey_made_by_id_10a51689" ON "surveys_survey" ("made_by_id");
CREATE INDEX "cases_to_close" ON "tracing_case" ("expires_at") WHERE "state" = 'open';
CREATE INDEX "tracing_case_closed_by_id_11854ff8" ON "tracing_case" ("closed_by_id");
CREATE INDEX "tracing_case_community_id_06f2f4af" ON "tracing_case" ("community_id");
CREATE INDEX "tracing_case_confirmed_by_id_07168031" ON "tracing_case" ("confirmed_by_id");
CREATE INDEX "tracing_case_opened_by_id_4c23a02f" ON "tracing_case" ("opened_by_id");
CREATE INDEX "contacts_by_rank" ON "tracing_contact" ("case_id", "step", "kind", "score" DESC);
CREATE INDEX "tracing_contact_assignee_id_643df0ee" ON "tracing_contact" ("assignee_id");
CREATE INDEX "tracing_contact_case_id_d39748b2" ON "tracing_contact" ("case_id");
CREATE INDEX "tracing_contact_resident_id_9317a6f3" ON "tracing_contact" ("resident_id");
CREATE UNIQUE INDEX "one_extension_at_a_time" ON "tracing_extension" ("case_id") WHERE "state" = 'asked';
CREATE INDEX "tracing_extension_answered_by_id_f995b7cc" ON "tracing_extension" ("answered_by_id");
CREATE INDEX "tracing_extension_asked_by_id_9571aebe" ON "tracing_extension" ("asked_by_id");
CREATE INDEX "tracing_extension_case_id_e2d010ba" ON "tracing_extension" ("case_id");
CREATE INDEX "tracing_handover_case_id_92800b5a" ON "tracing_handover" ("case_id");
CREATE INDEX "tracing_handover_giver_id_607e534e" ON "tracing_handover" ("giver_id");
CREATE INDEX "tracing_handover_taker_id_f85b1804" ON "tracing_handover" ("taker_id");
CREATE INDEX "tracing_handover_contacts_contact_id_009b9cff" ON "tracing_handover_contacts" ("contact_id");
CREATE UNIQUE INDEX "tracing_handover_contacts_handover_id_contact_id_388e07ac_uniq" ON "tracing_handover_contacts" ("handover_id", "contact_id");
CREATE INDEX "tracing_handover_contacts_handover_id_d5d8b2f0" ON "tracing_handover_contacts" ("handover_id");
CREATE INDEX "tracing_link_case_id_43a77183" ON "tracing_link" ("case_id");
CREATE INDEX "tracing_link_source_id_d10363d3" ON "tracing_link" ("source_id");
CREATE INDEX "tracing_link_target_id_25bc047a" ON "tracing_link" ("target_id");
CREATE INDEX "tracing_reveal_contact_id_84d06e6b" ON "tracing_reveal" ("contact_id");
CREATE INDEX "tracing_reveal_user_id_56740554" ON "tracing_reveal" ("user_id");
CREATE INDEX "tracing_work_by_id_b0ccdcd0" ON "tracing_work" ("by_id");
CREATE INDEX "tracing_work_contact_id_1ef4a12a" ON "tracing_work" ("contact_id");
CREATE INDEX "visitors_gateevent_gate_id_3615e922" ON "visitors_gateevent" ("gate_id");
CREATE INDEX "visitors_gateevent_visit_id_cb07263c" ON "visitors_gateevent" ("visit_id");
CREATE INDEX "invitations_in_order" ON "visitors_invitation" ("issued_at" DESC, "id" DESC);
CREATE INDEX "invitations_of_a_host" ON "visitors_invitation" ("host_id", "state", "ends_at");
CREATE INDEX "visitors_invitation_applicant_id_5b18e57b" ON "visitors_invitation" ("applicant_id");
CREATE INDEX "visitors_invitation_gate_id_4ae2610e" ON "visitors_invitation" ("gate_id");
CREATE INDEX "visitors_invitation_host_id_443d54ac" ON "visitors_invitation" ("host_id");
CREATE INDEX "visitors_invitation_staff_id_ad84a913" ON "visitors_invitation" ("staff_id");
CREATE INDEX "visitors_visit_gate_id_11f68d97" ON "visitors_visit" ("gate_id");
CREATE INDEX "visitors_visit_host_id_fd567042" ON "visitors_visit" ("host_id");
CREATE INDEX "visitors_visit_invitation_id_41ac0099" ON "visitors_visit" ("invitation_id");
CREATE INDEX "visitors_visit_site_id_d02dae2b" ON "visitors_visit" ("site_id");
CREATE INDEX "visits_by_state" ON "visitors_visit" ("state", "leaves_by");
CREATE INDEX "visits_in_order" ON "visitors_visit" ("at" DESC, "id" DESC);
CREATE INDEX "visits_of_a_site" ON "visitors_visit" ("site_id", "at");
CREATE INDEX "visits_of_a_state" ON "visitors_visit" ("state", "at" DESC, "id" DESC);
CREATE INDEX "volunteers_ask_task_id_3a59aa12" ON "volunteers_ask" ("task_id");
CREATE INDEX "volunteers_ask_volunteer_id_763da6d4" ON "volunteers_ask" ("volunteer_id");
CREATE INDEX "volunteers_hours_volunteer_id_d4a4e694" ON "volunteers_hours" ("volunteer_id");
CREATE INDEX "tasks_by_state" ON "volunteers_task" ("state", "begins_at");
CREATE INDEX "tasks_in_order" ON "volunteers_task" ("begins_at" DESC, "id" DESC);
CREATE INDEX "volunteers_task_asked_by_id_d59a82d4" ON "volunteers_task" ("asked_by_id");
CREATE INDEX "volunteers_task_resident_id_0007c1f4" ON "volunteers_task" ("resident_id");
CREATE INDEX "volunteers_task_site_id_97e447f1" ON "volunteers_task" ("site_id");
CREATE INDEX "volunteers_task_taken_by_id_708506e9" ON "volunteers_task" ("taken_by_id");
CREATE INDEX "volunteers_volunteer_decided_by_id_fa56ae85" ON "volunteers_volunteer" ("decided_by_id");
CREATE INDEX "volunteers_volunteer_resident_id_9af61826" ON "volunteers_volunteer" ("resident_id");
CREATE INDEX "deliveries_by_state" ON "webhooks_delivery" ("subscription_id", "state", "id" DESC);
CREATE INDEX "webhooks_delivery_event_id_b6f5af91" ON "webhooks_delivery" ("event_id");
CREATE INDEX "webhooks_delivery_subscription_id_f436ed71" ON "webhooks_delivery" ("subscription_id");
CREATE INDEX "webhooks_to_deliver" ON "webhooks_delivery" ("subscription_id", "due_at") WHERE "state" = 'queued';
CREATE INDEX "webhooks_event_at_2bac45a2" ON "webhooks_event" ("at");
CREATE INDEX "webhooks_event_resident_id_aa9bbf69" ON "webhooks_event" ("resident_id");
CREATE INDEX "webhooks_event_site_id_bf35ad66" ON "webhooks_event" ("site_id");
CREATE INDEX "webhooks_subscription_created_by_id_667c65d5" ON "webhooks_subscription" ("created_by_id");
CREATE INDEX "webhooks_subscription_token_id_5b5deb51" ON "webhooks_subscription" ("token_id");
CREATE INDEX "webpush_subscription_applicant_id_b419bcc3" ON "webpush_subscription" ("applicant_id");
CREATE INDEX "webpush_subscription_user_id_1f81a120" ON "webpush_subscription" ("user_id");
CREATE INDEX "webpush_subscription_visit_id_2086bd17" ON "webpush_subscription" ("visit_id");
CREATE TRIGGER audit_entry_is_never_changed BEFORE UPDATE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'an audit entry is never changed'); END;
CREATE TRIGGER audit_entry_is_never_deleted BEFORE DELETE ON audit_entry
BEGIN SELECT RAISE(ABORT, 'an audit entry is never deleted'); END;
