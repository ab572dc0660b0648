"""The grid worker's morning in real Chromium, on her phone; and every page of a company in five languages.

GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone
from tests.browser import SCREENS, snap
from tests.centre.employers.things import HEADINGS, company_of
from tests.centre.looking import looked_at

from gatepass.centre.accounts.roles import Role
from gatepass.centre.employers.actions import appoint, report_whereabouts, upload_staff
from gatepass.centre.employers.models import Company, Confirmation

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WRONG = (",KOR,M22222222,,,,,", "LEE SUJI,Atlantis,M33333333,,,,,", "PARK JIN,KOR,M44444444,,,3/12/2026,,",
         "CHOI ARA,KOR,M55555555,,,,WP-5,", "HAN SOL,KOR,M66666666,,,,,", "JUNG HO,KOR,M66666666,,,,,")  # fmt: skip
MENDED = {2: ("full_name", "YOON SEO"), 3: ("nationality", "KOR"), 4: ("since", "2026-03-12"),
          5: ("permit_until", "2027-01-01"), 7: ("document_number", "M77777777")}  # fmt: skip
"""Row of the spreadsheet, column, what is right. The sixth row is right, and the seventh has its number."""


@pytest.fixture
def worker(town, employ):
    return employ(Role.GRID_WORKER, community=town.community)


@pytest.fixture
def mill(town, employ, worker) -> Company:
    soon = timezone.localdate() + timedelta(days=20)
    office = employ(Role.OFFICE, community=town.community)
    company = company_of(
        office, "萧山纺织厂", town.community, 5, f"KIM MINJI,KOR,M12345678,A-1,Sales,2026-03-01,WP-778,{soon}"
    )
    appoint(office, company, worker, "email", "worker@example.org")
    return company


@pytest.fixture
def cookies(live_server, log_in, worker) -> list[dict]:
    value = log_in(worker).cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]


async def test_a_grid_worker_mends_five_kinds_of_wrong_row_and_confirms_the_month_on_her_phone(
    chromium, live_server, mill, cookies, worker
) -> None:
    async with chromium.page(*SCREENS["phone"]) as page:
        await page.context.add_cookies(cookies)
        await page.goto(f"{live_server.url}/")
        await page.wait_for_url(f"**/companies/{mill.pk}/colleagues/")
        await snap(page, "grid-colleagues")
        await page.click("a[href$='lists/']")
        content = "\n".join((HEADINGS, *WRONG)).encode()
        await page.set_input_files("[name=file]", {"name": "staff.csv", "mimeType": "text/csv", "buffer": content})
        await page.click("main form[enctype] button.primary")
        await page.wait_for_selector("#row-2")
        assert await page.locator("[aria-invalid=true]").count() == 6
        await snap(page, "grid-wrong-rows")
        for number, (field, right) in MENDED.items():
            row = page.locator(f"#row-{number}")
            await row.locator(f"[name={field}]").fill(right)
            await row.locator("[value=mend]").click()
            await page.wait_for_selector(f"#row-{number}", state="detached")
        await page.click("form[action$='enter/'] button")
        await page.wait_for_selector(".messages")
        await snap(page, "grid-entered")
        assert await sync_to_async(mill.colleagues.count)() == 7

        await page.goto(f"{live_server.url}/companies/{mill.pk}/month/")
        await page.locator("fieldset", has_text="PARK JIN").locator("[value=left]").check()
        await snap(page, "grid-month")
        await page.click("main form button.primary")
        await page.wait_for_selector(".messages")
        await snap(page, "grid-confirmed")
        confirmation = await sync_to_async(Confirmation.objects.get)()
        assert confirmation.confirmed_by_id == worker.pk
        assert confirmation.counts == {"here": 6, "left": 1}


@pytest.fixture
def pages(mill, worker) -> dict[str, str]:
    report_whereabouts(worker, mill.colleagues.get(), "isolation", "Room 501", timezone.localdate())
    batch = upload_staff(worker, mill, "staff.csv", "\n".join((HEADINGS, *WRONG)).encode())
    company = f"/companies/{mill.pk}/"
    return {
        "colleagues": f"{company}colleagues/",
        "colleague": f"{company}colleagues/{mill.colleagues.get().pk}/",
        "permits": f"{company}permits/",
        "month": f"{company}month/",
        "lists": f"{company}lists/",
        "list": f"{company}lists/{batch.pk}/",
    }


@pytest.mark.timeout(600)
async def test_every_page_of_a_company_fits_every_screen_and_axe_finds_nothing(
    chromium, live_server, pages, cookies
) -> None:
    async with chromium.page(*SCREENS["desk"]) as page:
        await page.context.add_cookies(cookies)
        await looked_at(page, live_server.url, pages, "company", screens=("phone", "desk"))
