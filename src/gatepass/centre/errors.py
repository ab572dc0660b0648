"""What a verb of the centre refuses, as a value: code, fields, and a sentence in the reader's language.

Exception
└── RefusedError(code, **fields)      what was asked for will not be done; nothing was changed
    ├── enrolment_code_unknown        nobody issued that code (or it was typed wrongly)
    ├── enrolment_code_used           it has enrolled a device already
    ├── enrolment_code_expired        it was issued too long ago
    ├── enrolment_proof_wrong         the device does not hold the key that it wants to enrol
    ├── device_revoked_already
    ├── rules_out_of_range            `field`
    ├── name_taken                    a community, site, gate or account of that name is there
    ├── document_known                the document belongs to a resident already
    ├── document_elsewhere            it is, and the asking user may not know whose
    ├── document_held, document_retired_already
    ├── changed_meanwhile             somebody else saved the resident first
    ├── phone_number
    ├── household_…, place_…          of households and addresses: there, elsewhere, in use, a second head
    ├── photo_…                       no consent, too large, unreadable
    ├── protection_…                  nobody named, or somebody who could not look anyway
    ├── merge_…, merged_…, unmerged_…
    ├── file_…                        what is wrong with an uploaded list as a whole
    ├── import_…                      of a list: not now, a column is missing (`missing`), not a choice
    ├── valid_until_is_past
    ├── time_zone_unknown, off_the_plan
    ├── fact_data, fact_times         `field`: not what such a fact looks like; it ends before it begins
    ├── fact_withdrawn                it counts no more
    ├── policy_final, policy_not_handed_in, policy_not_approved, policy_own    what state a version is in, and who may
    ├── policy_renamed, policy_too_early                                       what its file says of itself
    ├── term_past, term_empty, term_begun, run_over
    ├── too_many                      `minutes` to wait: a limit is passed
    ├── contact_wrong                 neither a telephone number nor a mailbox
    ├── code_just_sent, code_wrong    of one-time codes
    ├── passkey_wrong, passkeys_many
    ├── consent_missing               how the person agreed does not fit who acts
    ├── mandate_not_own, invitation_unknown
    ├── application_waits, application_decided
    ├── appeal_open, appeal_nothing, appeal_needs_words, appeal_answered
    ├── token_scopes, token_of_company, token_period    of programs
    ├── webhook_events, webhook_address_…    of addresses to which programs are told
    ├── paper_needs_document, paper_needs_code, phone_key
    ├── alarm_cures_itself            a machine sees when it is over; nobody closes it by hand
    ├── second_person                 two people are needed, and this is the first one again
    ├── second_not_apart, second_too_new    one opened the other's account, or somebody this one's within a day: `until`
    ├── account_inactive, staff_invitation_unknown, factor_none
    ├── request_open, request_answered, request_needs_words    of what a resident asks about their own data
    ├── erasure_under_way, erasure_proof_wrong
    ├── case_…                        of tracing: not open, the own one, somebody was quicker; `field` that is not right
    ├── extension_waits, count_first, trace_too_far
    ├── reveal_…, hand_over_…, work_needs_words
    ├── push_…                        of browsers that want to be told: a service that is not reached, nonsense
    ├── quarantine_…, report_…        of cases, their reports and their release: over, no such reason, asked again
    ├── notice_…                      of notices: what state a text is in, who may review it, what is missing
    ├── screen_full, poster_…, broadcast_…, voice_…    of showing, printing, sending and speaking them
    ├── upload_…                      what is wrong with an uploaded photo or PDF
    ├── zone_none, zone_blurred       no machine-readable zone in a photo, or one that cannot be read
    ├── journey_…                     of registrations of an arrival: what is missing, or not at this point
    ├── question_…                    of questions: taken by a colleague, not claimed, over, without words
    ├── survey_…                      of surveys: closed, under way already, a day that has passed
    ├── traveller_…, proof…           of one person of it; of a paper
    ├── last_administrator            nobody would be left who can manage accounts
    └── number_…, document_…          what `identity` found wrong with a number: length, characters, region, date …;
                                      `swapped` and `mistyped` say where (`identity.checks.slips`)

The codes are stable: programs read them. `SENTENCES` has one sentence for each; a test refuses gaps.
"""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gatepass.identity.checks import place_of_slip

SENTENCES: Final[dict[str, Promise]] = {
    "enrolment_code_unknown": _("This enrolment code is not known. Check it letter by letter, or issue a new one."),
    "enrolment_code_used": _("This enrolment code has been used already. Issue a new one."),
    "enrolment_code_expired": _("This enrolment code has expired. Issue a new one."),
    "enrolment_proof_wrong": _("The device could not prove that it holds its own key. Start the enrolment again."),
    "device_revoked_already": _("This device has been revoked already."),
    "rules_out_of_range": _("One of the gate rules is out of range."),
    "name_taken": _("This name is taken already. Choose another one."),
    "document_known": _("This document belongs to a resident who is registered already."),
    "valid_until_is_past": _("The end of validity lies in the past."),
    "request_open": _("The same has been asked for already and waits for an answer."),
    "request_answered": _("This has been answered already."),
    "request_needs_words": _("Write in a sentence what it is about."),
    "erasure_under_way": _("This person is being erased already."),
    "erasure_proof_wrong": _("The gate's receipt is not signed by that gate."),
    "time_zone_unknown": _("This time zone is not known. Write it like Asia/Shanghai, or leave the field empty."),
    "off_the_plan": _("A place on the plan is between 0 and 100 in both directions."),
    "policy_final": _("This version is final. Write a new one on the basis of it."),
    "policy_renamed": _("The file calls itself another policy. Keep the name, or import it as a policy of its own."),
    "policy_own": _("Whoever wrote a version cannot approve it. Ask a second person."),
    "policy_not_handed_in": _("This version has not been handed in yet. Its author does that."),
    "policy_not_approved": _("Only an approved version can rule. Have it approved first."),
    "policy_too_early": _(
        "The file itself says that it does not apply before {effective_from}. Choose a later moment."
    ),
    "term_past": _("This moment has passed. Choose now or later."),
    "term_empty": _("Choose a version, or the site that shall follow the town again."),
    "term_begun": _("This has begun already. To change what rules, schedule another version."),
    "run_over": _("This run is over already. Reload the page to see what it found."),
    "fact_data": _("This is not what such a fact looks like. Look at the marked field and try again."),
    "fact_times": _("The end lies before the beginning. Correct one of the two."),
    "fact_moment": _("A moment needs its time zone. Reload the page and try again."),
    "fact_withdrawn": _("This fact has been withdrawn already. Reload the page to see what counts."),
    "too_many": _("That was tried too often. Wait for {minutes} minutes, then try again, or ask the community office."),
    "contact_wrong": _(
        "This is neither a telephone number nor an e-mail address. Write a foreign number with + and its country code."
    ),
    "code_just_sent": _("The digits were sent a moment ago. Wait for half a minute before you ask for new ones."),
    "code_wrong": _("These are not the digits that we sent, or they are too old. Look again, or ask for new ones."),
    "passkey_wrong": _("The lock of this phone did not fit. Take the six digits instead."),
    "passkeys_many": _("Ten phones are enough. Remove one first."),
    "consent_missing": _("Say how the person agreed that you act for them."),
    "mandate_not_own": _("Only the person can invite somebody. Ask them, or let the community office do it."),
    "invitation_unknown": _("This invitation is not known, or was used already. Ask for a new one."),
    "application_waits": _("This application has been sent already and is being looked at. You need not do anything."),
    "application_decided": _("This application has been decided already. Reload the page to see the answer."),
    "appeal_open": _("An objection is being looked at already. The answer will come to the same place."),
    "appeal_nothing": _("The code is not restricted, so there is nothing to object to."),
    "appeal_needs_words": _("Write a few words."),
    "appeal_answered": _("This objection has been answered already. Reload the page to see the answer."),
    "token_of_company": _(
        "A company's own program may only read and enter the company's people, and verify codes. Choose no other right."
    ),
    "token_scopes": _("Choose at least one thing that the program may do."),
    "token_period": _("A token ends in the future, and after a year at most."),
    "webhook_events": _("Choose at least one event, and only those that the program's token may read."),
    "webhook_many": _("A program has {most} addresses at most. Remove one that is not needed any more."),
    "webhook_address_closed": _(
        "Nothing is sent to this address: its name is not known, or is not a public one with https. Ask the town's "
        "administrators."
    ),
    "webhook_address_url": _("Write the whole address, for example https://hospital.example.org/gatepass."),
    "webhook_address_plain": _(
        "Use https. Plain http is sent only into networks that the settings of the centre name as the town's own."
    ),
    "webhook_address_host": _("The settings of the centre do not name this host among those that may be told."),
    "webhook_address_network": _(
        "This address lies in a private network. Whoever runs the centre has to name that network in its settings."
    ),
    "paper_needs_document": _("There is no document in use for which a code could stand. Add the document first."),
    "paper_needs_code": _("There is no health code yet. Send the health declaration first."),
    "phone_key": _("This phone could not make its key. Take another browser, or print the paper code."),
    "alarm_cures_itself": _("This alarm goes by itself as soon as its cause is gone."),
    "quarantine_kind": _("There is no such kind of quarantine in the rules that are in force."),
    "quarantine_open": _("This person is in quarantine already. Change that case instead of opening another."),
    "quarantine_times": _("These times do not fit: the end lies after the beginning and in the future."),
    "quarantine_over": _("This quarantine is not under way. Reload the page to see what has become of it."),
    "quarantine_reason": _("This reason is not in the list any more. Choose another one."),
    "quarantine_needs_words": _("Write a sentence on how it came to this decision."),
    "quarantine_same": _("Nothing would change. Enter another beginning, end or place."),
    "care_moment": _("This time does not fit: look at the day and the hour again."),
    "care_done": _("Somebody else was quicker, or it is done already. Reload the page."),
    "care_many": _("Twenty things are asked for already. Call the community office."),
    "release_criteria": _("Not every criterion of the rules holds. The page shows which, and what was found."),
    "release_asked": _("A release has been asked for already. Reload the page."),
    "release_over": _("This has been decided already. Reload the page."),
    "push_service": _(
        "Messages are not sent to the push service of this browser. Text messages and mail come as before."
    ),
    "push_subscription": _("The browser's subscription could not be read. Reload the page and try again."),
    "report_empty": _("Say how the person is: a temperature, or what is amiss."),
    "report_impossible": _("No human being has this temperature. Please measure again."),
    "report_again": _("Is that really so? Look at the thermometer once more, then confirm."),
    "report_moment": _("This time lies in the future, or more than two days ago."),
    "report_corrected": _("This report has been corrected already. Reload the page."),
    "second_person": _("This needs a second person: somebody else with the same right."),
    "second_not_apart": _(
        "One of you two last opened the other's account, by its password, invitation, second factor or role. "
        "Ask a third person, or have another administrator renew it."
    ),
    "second_too_new": _(
        "An administrator opened or changed your account less than 24 hours ago. You can be the second person from "
        "{until} on; until then, ask somebody else."
    ),
    "factor_none": _("There is no second factor to take away, or nobody has asked for it. Reload the page."),
    "account_inactive": _("This account is deactivated. Reactivate it first."),
    "staff_invitation_unknown": _(
        "This link is not known, was used already, or is older than three days. Ask an administrator for a new one."
    ),
    "last_administrator": _("This is the last administrator. Make somebody else an administrator first."),
    "number_length": _("The number has the wrong length: a resident ID number has 18 characters."),
    "number_characters": _("The number has a character that does not belong there: 17 digits, then a digit or X."),
    "number_region": _("The first digits of the number name no province."),
    "number_birth_date": _("The date of birth in the number does not exist."),
    "number_birth_range": _("The date of birth in the number cannot be right."),
    "number_check": _("The last character does not fit the number: one of the digits is probably mistyped."),
    "number_form": _("Numbers on this kind of document are written otherwise. Compare the number and the kind."),
    "document_number": _("Write the document number in Latin letters and digits, 3 to 20 of them."),
    "document_issuer": _("Write the issuing country as three letters, for example JPN."),
    "document_elsewhere": _("This document cannot be registered here. Ask the town's office to settle it."),
    "document_held": _("This resident has this document already."),
    "document_retired_already": _("This document has been retired already."),
    "changed_meanwhile": _(
        "Somebody else changed this resident in the meantime. Look at what is there now, then save again."
    ),
    "phone_number": _("Write the telephone number with 5 to 15 digits; a foreign one with + and its country code."),
    "household_there": _("The site has a household of this name already. Choose that one, or name this one otherwise."),
    "household_has_head": _("A household has one head. Choose another relation for one of the two."),
    "household_elsewhere": _("This household belongs to another site."),
    "place_elsewhere": _("This is no room of the chosen site."),
    "place_without_building": _("The building is missing. Write it in the first field."),
    "place_name": _("Write a name of 1 to 40 characters."),
    "place_there": _("There is a place of this name already."),
    "place_in_use": _("Something lies in this place, or somebody lives there. Move that first, then remove the place."),
    "photo_needs_consent": _("Record first that the person agrees to a photo."),
    "photo_consent_there": _("A consent to a photo is on record already."),
    "photo_consent_in_future": _("The day of the consent lies in the future."),
    "photo_too_large": _("The picture is too large. Choose one of at most 8 MB."),
    "photo_unreadable": _("This picture cannot be read. Choose a JPEG, PNG or WebP file of a face."),
    "protection_needs_staff": _("Name at least one member of staff who may see this person."),
    "protection_staff_elsewhere": _(
        "One of those named has no role for this site. Give the role first, then name them."
    ),
    "merge_with_itself": _("These are one and the same entry."),
    "merged_already": _("One of the two has been merged already."),
    "unmerged_already": _("These two have been parted already."),
    "merge_in_chain": _("This resident was merged into a third one afterwards. Part those two first."),
    "file_too_large": _("The file is too large. Choose one of at most 8 MB, or part the list."),
    "file_kind": _("Choose an XLSX or CSV file. Other formats: open it in a spreadsheet and save it as XLSX."),
    "file_unreadable": _("This file cannot be read: it is damaged. Open it in a spreadsheet and save it anew."),
    "file_locked": _("This file is locked with a password. Save it without one, then choose it again."),
    "file_empty": _("There is no row in this file. The first row holds the headings, each further row one entry."),
    "file_too_many_rows": _("The list has more than {most} rows. Part it, and import one part after the other."),
    "file_too_many_columns": _("The list has more than {most} columns. Remove those that are not needed."),
    "credit_code": _("This is no unified social credit code: 18 letters and digits, of which the last one checks."),
    "company_known": _("A company with this unified social credit code is entered already."),
    "not_a_grid_worker": _("This account does not have the role of grid worker. An administrator can give it."),
    "appointed_already": _("This person is the grid worker of this company already."),
    "ends_before": _("The last day is before the first one."),
    "month_confirmed": _("This month has been confirmed already. Reload the page to see by whom."),
    "month_incomplete": _("The list has changed since this page was opened. Look at it again, then confirm."),
    "case_not_open": _(
        "This case is not open: nothing of it can be read. Somebody else confirms it, or a new case is opened."
    ),
    "case_own": _("This needs a second person. Ask another tracer."),
    "case_not_now": _("Somebody else, or the clock, was quicker. Look at what the page says now."),
    "case_facts": _("Something in the case is missing or out of range. Look at the fields and try again."),
    "extension_waits": _("More time has been asked for already. A colleague has to answer first."),
    "count_first": _("Count first: the list is there once it is known how many people it holds."),
    "trace_too_far": _("A chain has at most {most} steps."),
    "reveal_reason": _("Say why the names are needed; for another reason, write it down."),
    "reveal_nobody": _("Tick the people first whose names you need."),
    "reveal_many": _("At most {most} names at once. Tick fewer."),
    "hand_over_nobody": _("Tick the people first whom you hand over."),
    "hand_over_not_yours": _("This was offered to somebody else. Only they can answer."),
    "hand_over_colleague": _("Choose a colleague who is a tracer for this case."),
    "work_needs_words": _("Write a few words for the note."),
    "call_not_now": _("This call is over, or somebody else has it by now."),
    "roster_cannot": _(
        "This person is no interpreter for any of these languages there. An administrator gives the role."
    ),
    "roster_times": _("These hours end before they begin, are over, or name no day. Look at them again."),
    "roster_not_now": _("Somebody else was quicker, or these hours are over. Look at what the page says now."),
    "roster_not_theirs": _("This duty is somebody else's to give or to take."),
    "roster_away": _("You are entered as away at that time. Take back the absence first."),
    "visit_times": _(
        "Name the visitor, and choose times that lie ahead: for somebody who comes again, days and hours."
    ),
    "visit_host_closed": _("Whoever is in quarantine can invite nobody. When it is over, invite again."),
    "visit_needs_document": _("The gates know nobody without a document. Add the host's document first."),
    "visit_many": _("There are many invitations already. Take back those that are not needed."),
    "visit_over": _("This is over already. Reload the page to see what it says now."),
    "volunteer_not_resident": _("Apply for your own code first: volunteers are residents whom the community knows."),
    "volunteer_hours": _(
        "Say for at least one day from when until when you have time, and no end before its beginning."
    ),
    "volunteer_not_now": _("Somebody else was quicker, or this is over. Thank you all the same."),
    "volunteer_nobody": _("Choose at least one volunteer."),
    "notice_empty": _("Title, sentence and text are all needed, in each language."),
    "notice_long": _("That is too long: 120 characters for the title, 300 for the sentence, 12,000 for the text."),
    "notice_same": _("Nothing was changed."),
    "notice_state": _("Somebody was quicker: the text is in another state by now. Look at it again."),
    "notice_own": _("Whoever wrote a text does not review it. Ask a colleague who speaks the language."),
    "notice_behind": _("The source has changed since. Translate what is new first."),
    "notice_figures": _("Dates or figures differ from the source. Mend them, or say that you have looked at them."),
    "notice_needs_words": _("Say in a few words what should be changed."),
    "notice_nothing": _("No text is reviewed and waiting to become public."),
    "notice_source_first": _("The text in the language of the source comes first: have it reviewed."),
    "notice_withdrawn": _("This notice is withdrawn. Begin a new one."),
    "notice_end": _("The end must lie in the future, after the beginning, and not more than 60 days away on a screen."),
    "notice_not_public": _("Nothing of this notice is public yet."),
    "screen_full": _("{most} other notices stand on these screens at that time. Take one of them down first."),
    "poster_empty": _("Choose at least one language that is public."),
    "poster_overflow": _("The text does not fit on {size} in {languages}. Choose a larger paper, or shorten the text."),
    "broadcast_nobody": _("Nobody is in this group."),
    "broadcast_runs": _("This notice is being sent to this group already."),
    "broadcast_over": _("Everything has left already."),
    "voice_missing": _("This machine cannot speak this language. {what}"),
    "voice_long": _("Spoken, the sentence takes {seconds} s; a loudspeaker has {most} s. Shorten it."),
    "voice_wrong": _("The sound came out too quiet, too loud or empty. Nothing was made of it."),
    "upload_too_large": _("This file is too large: 8 MB at most. Take the photo with a lower resolution."),
    "upload_kind": _("This is no photo and no PDF. Choose a file that ends in jpg, png, webp or pdf."),
    "upload_unreadable": _("This file is damaged or cannot be read. Take the photo again, or save the PDF anew."),
    "upload_locked": _("This PDF is locked with a password. Save it without one, or take a photo of it."),
    "upload_active": _("This PDF contains a program or another file. Print it to a new PDF, or take a photo of it."),
    "zone_none": _(
        "No passport was found in the photo. Photograph the whole page with your picture, so that the two lines of "
        "letters at the bottom are in it; or type the fields below."
    ),
    "zone_blurred": _(
        "The two lines of letters are there but cannot be read. Hold the phone still and closer, without glare, and "
        "try again; or type the fields below."
    ),
    "journey_sent": _("This has been sent already. Press “Change something” first."),
    "journey_full": _("There are as many entries as fit. Send this one, and begin another."),
    "journey_over": _("This registration was cancelled. Begin a new one."),
    "journey_nobody": _("Enter who comes."),
    "journey_unconfirmed": _("Compare what was read from the photo with the passport, and save it."),
    "journey_no_arrival": _("Enter when you arrive."),
    "journey_nowhere": _("Enter where you will live."),
    "journey_days": _("Enter the missing days above, or write what you know of them."),
    "journey_too_far": _("This arrival is more than 90 days away. Send it later; it is saved."),
    "journey_acknowledged": _("The community has read it already. Call them if something changes."),
    "journey_answered": _("A colleague has acknowledged this already, or it was changed. Reload the page."),
    "journey_not_sent": _("This has not been sent yet. Send it first."),
    "question_needs_words": _("Write down what you want to know, or to say."),
    "question_taken": _("A colleague was quicker and has taken it. Reload the page."),
    "question_not_own": _("Take the question first; what a colleague has taken is theirs."),
    "question_over": _("This question is over: it was answered, withdrawn or closed. Reload the page."),
    "question_colleague": _("This colleague cannot answer it: choose one of the list."),
    "question_open": _("Answer the question first. Then an answer for everybody can be made of it."),
    "question_approved": _("There is an answer for everybody already."),
    "survey_past": _("Choose a day that has not passed."),
    "survey_open": _("A survey of the same people is under way. Close it first."),
    "survey_closed": _("This survey is closed."),
    "survey_reminded": _("They were reminded today already. Wait until tomorrow."),
    "survey_return": _("Say on which day they return; it must not have passed."),
    "traveller_twice": _("This document is entered already for another person of this registration."),
    "traveller_not_arrived": _("This person is not here yet, or not registered. Acknowledge the registration first."),
    "quarantine_not_due": _("The rules ask for no quarantine after this journey."),
    "traveller_not_expected": _("This person is not expected any more. Reload the page."),
    "proofs_many": _("There are eight papers already. Remove one that nobody has looked at yet."),
    "proof_checked": _("A colleague has looked at this paper already. Reload the page to see what they said."),
    "import_columns": _("Say which column of the file holds this: {missing}."),
    "import_choice": _("This cannot be chosen for this row. Mend it first, or choose otherwise."),
    "import_not_now": _("This list is not at that point, or not any more. Look at what its page says now."),
}

# Where a number was probably mistyped, beside what is wrong with it.
SLIPS: Final[dict[str, Promise]] = {
    "swapped": _("These neighbours may have changed places: {places}."),
    "mistyped": _("One of these characters may be wrong: {places}."),
}


class RefusedError(Exception):
    """`fields` never name a person. `sentence` is in the active language."""

    def __init__(self, code: str, **fields: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields

    @property
    def sentence(self) -> str:
        said = str(SENTENCES[self.code]).format(**self.fields)
        slip = place_of_slip(self.fields)
        if slip is None:
            return said
        which, places = slip
        return f"{said} {str(SLIPS[which]).format(places=places)}"
