"""Residents and what belongs to them as people see it: five languages, phone, tablet and desk; and three stories.

GATEPASS_SCREENSHOTS=folder keeps the pictures.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.utils import timezone
from tests.cast import LI, SUN, WANG, ZHAO, number
from tests.centre.looking import looked_at
from tests.centre.people.imports.lists import LI_ROW, SUN_ROW, WANG_ROW, as_csv, elders
from tests.centre.people.test_residents import KIM
from tests.centre.people.things import small_picture

from gatepass.centre.accounts.models import User
from gatepass.centre.accounts.roles import Role
from gatepass.centre.codes.actions import set_colour
from gatepass.centre.people.actions import PhoneFacts, Registration, register_resident, retire_document, set_phones
from gatepass.centre.people.addresses.actions import enter_places
from gatepass.centre.people.addresses.models import Place
from gatepass.centre.people.imports import actions as imports
from gatepass.centre.people.imports import work
from gatepass.centre.people.merges.actions import merge
from gatepass.centre.people.models import IdentityDocument, Resident
from gatepass.centre.people.photos.actions import consent_to_photo, keep_photo
from gatepass.centre.people.protection.actions import protect
from gatepass.centre.people.saved import save_filter
from gatepass.policy import Advice, Colour

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def office(employ, town) -> User:
    return employ(Role.OFFICE, community=town.community)


@pytest.fixture
def cookies(live_server, log_in) -> Callable[[User], list[dict]]:
    def cookies(user: User) -> list[dict]:
        value = log_in(user).cookies[settings.SESSION_COOKIE_NAME].value
        return [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}]

    return cookies


@pytest.fixture
def pages(town, register, office) -> dict[str, str]:
    """A town with something on every page."""
    rooms = [(f"{block}幢", f"{unit}单元", f"{floor}0{flat}") for block in (1, 2, 3, 10) for unit in (1, 2)
             for floor in (1, 2, 5) for flat in (1, 2)]  # fmt: skip
    enter_places(None, town.estate, rooms)
    room = Place.objects.get(path="3幢 2单元 501")
    wang = register_resident(
        None,
        Registration(
            WANG.document, site=town.estate.pk, household="3幢 2单元 501", relation="head", room=room.pk, further=(KIM,)
        ),
    )
    li = register_resident(
        None, Registration(LI.document, site=town.estate.pk, household="3幢 2单元 501", relation="child", room=room.pk)
    )
    sun, zhao = register(SUN), register(ZHAO, town.hospital)
    set_colour(None, li, Colour.YELLOW, "B1", Advice.TEST)
    set_phones(None, wang, [PhoneFacts("13800000000", "own"), PhoneFacts("057188881234", "relative", "女儿", True)])
    retire_document(None, wang.documents.get(kind="passport"), IdentityDocument.Retired.EXPIRED)
    consent_to_photo(office, wang, manner="signed", given_on=timezone.localdate(), given_by="女儿 李小美")
    keep_photo(office, wang, small_picture())
    other = register_resident(None, Registration(KIM, site=town.estate.pk))
    merge(office, wang, other, take=["latin_name"])
    protect(office, zhao, [office])
    save_filter(office, "七十岁以上独居", {"oldest": "70", "alone": "yes"}, shared=True)
    alike, short = ("孙莉", number("330102", "19900228", "266")), ("王秀英", "33010219410312182")
    done = upload(office, town, [SUN_ROW, alike, short, *elders(4), WANG_ROW])
    content = as_csv([WANG_ROW, LI_ROW])
    mapping = imports.upload(office, "residents", "定安路社区老人名单（2026年11月）.csv", content, town.estate)
    entered = upload(office, town, elders(3, start=300))
    imports.run(office, entered)
    work.work_off()
    running = upload(office, town, elders(30, start=100))
    imports.run(office, running)
    return {
        "residents": "/residents/",
        "residents-narrowed": "/residents/?oldest=70&colour=yellow",
        "resident": f"/residents/{wang.pk}/",
        "resident-protected": f"/residents/{zhao.pk}/",
        "register": "/residents/new/",
        "change": f"/residents/{wang.pk}/change/",
        "document": f"/residents/{wang.pk}/documents/new/",
        "retire": f"/residents/{li.pk}/documents/{li.documents.get().pk}/retire/",
        "move": f"/residents/{wang.pk}/household/",
        "photo": f"/residents/{wang.pk}/photo/",
        "photo-consent": f"/residents/{li.pk}/photo/",
        "protection": f"/residents/{zhao.pk}/protection/",
        "merge": f"/residents/{sun.pk}/merge/",
        "merge-two": f"/residents/{wang.pk}/merge/{li.pk}/",
        "households": "/households/",
        "household": f"/households/{wang.household.pk}/",
        "places": "/addresses/",
        "place": f"/addresses/{room.parent.parent.pk}/",
        "imports": "/imports/",
        "import-new": "/imports/new/",
        "import-mapping": f"/imports/{mapping.pk}/",
        "import-wrong": f"/imports/{done.pk}/?show=wrong",
        "import-alike": f"/imports/{done.pk}/?show=alike",
        "import-known": f"/imports/{done.pk}/?show=known",
        "import-ready": f"/imports/{done.pk}/?show=ready",
        "import-progress": f"/imports/{running.pk}/",
        "import-entered": f"/imports/{entered.pk}/",
    }


def upload(user: User, town, rows) -> imports.Import:
    batch = imports.upload(user, "residents", "老人名单.csv", as_csv(rows), town.estate)
    imports.map_columns(user, batch, batch.columns, town.estate)
    work.work_off()
    batch.refresh_from_db()
    return batch


@pytest.mark.timeout(600)
async def test_every_page_fits_every_screen_and_can_be_used_by_everybody(
    chromium, live_server, pages, cookies, office
) -> None:
    async with chromium.page(1440, 900) as page:
        await page.context.add_cookies(await sync_to_async(cookies)(office))
        await looked_at(page, live_server.url, pages, "people")


async def test_while_a_name_is_typed_who_may_be_there_already_appears_beside_it(
    chromium, live_server, register, cookies, office
) -> None:
    wang = await sync_to_async(register)(WANG)
    async with chromium.page(1440, 900) as page:
        await page.context.add_cookies(await sync_to_async(cookies)(office))
        await page.goto(f"{live_server.url}/residents/new/")
        beside = page.locator("[data-candidates]")
        assert not await beside.is_visible()
        await page.locator("[name=full_name]").press_sequentially("WANG XIUYING")
        await beside.wait_for(state="visible")
        await beside.locator(f"a[href='/residents/{wang.pk}/']").wait_for()
        assert await beside.locator(".reasons li").count() >= 1
        # Another date of birth is another person.
        await page.fill("[name=birth]", "1960-01-01")
        await beside.wait_for(state="hidden")
        await page.fill("[name=birth]", "1941-03-12")
        await beside.wait_for(state="visible")
        assert "WANG" not in page.url


async def test_a_list_with_five_kinds_of_wrong_row_is_mended_with_the_keyboard_entered_and_taken_back(
    chromium, live_server, register, cookies, office, town, tmp_path
) -> None:
    await sync_to_async(register)(SUN)
    swapped = LI.number[:16] + LI.number[17] + LI.number[16]
    rows = [
        WANG_ROW,
        ("", ZHAO.number),
        ("李建国", swapped),
        ("陈玉兰", number("330102", "19500101", "102"), "?"),
        ("林建华", number("330102", "19510101", "111"), "男", "call me"),
        ("黄秀珍", WANG.number),
        ("孙莉", number("330102", "19900228", "266")),
    ]
    file = tmp_path / "老人名单.csv"
    file.write_bytes(as_csv(rows))
    async with chromium.page(390, 844) as page:
        await page.context.add_cookies(await sync_to_async(cookies)(office))
        await page.goto(f"{live_server.url}/imports/new/")
        await page.set_input_files("[name=file]", file)
        await page.select_option("[name=site]", str(town.estate.pk))
        await page.click("button.primary")
        await page.wait_for_url("**/imports/*/")
        assert await page.locator("select[name=column-1]").input_value() == "document_number"
        await page.click("button[value=check]")
        await page.locator("progress").wait_for()
        await sync_to_async(work.work_off)()
        # The page looks by itself, and loads anew when the work is done.
        await page.locator(".tag.wrong").first.wait_for(timeout=30_000)
        assert await page.locator("[data-row]").count() == 5

        async def mend(row: int, cell: str, text: str) -> None:
            field = page.locator(f"#cell-{row}-{cell}")
            if cell == "sex":
                await field.select_option(text)
                await page.locator(f"#row-{row} button[name=check]").press("Enter")
            else:
                await field.fill(text)
                await field.press("Enter")
            await page.locator(f"#row-{row} .tag.ready").wait_for()

        assert await page.locator("#fault-4-document_number").inner_text() != ""
        await mend(3, "full_name", ZHAO.name)
        await mend(4, "document_number", LI.number)
        await mend(5, "sex", "female")
        await mend(6, "phone", "13900000000")
        await mend(7, "document_number", number("330102", "19520101", "122"))
        await page.goto(page.url)
        await page.click("a[href='?show=alike']")
        await page.locator("#row-8 button[value=create]").press("Enter")
        await page.locator("#row-8 [value=create][aria-pressed=true]").wait_for()
        await page.goto(page.url)
        await page.click("form[action$='/run/'] button")
        await sync_to_async(work.work_off)()
        await page.locator("a[href='?show=created']").wait_for(timeout=30_000)
        assert await sync_to_async(Resident.objects.count)() == 8
        await page.click("[data-opens=undo]")
        await page.click("#undo button.severe")
        await sync_to_async(work.work_off)()
        await page.locator("a[href='?show=undone']").wait_for(timeout=30_000)
        assert await sync_to_async(Resident.objects.count)() == 1


async def test_two_entries_are_merged_and_parted_by_hand(chromium, live_server, register, cookies, office) -> None:
    wang, li = await sync_to_async(register)(WANG), await sync_to_async(register)(LI)
    async with chromium.page(820, 1180) as page:
        await page.context.add_cookies(await sync_to_async(cookies)(office))
        await page.goto(f"{live_server.url}/residents/{wang.pk}/merge/{li.pk}/")
        await page.check("[name=full_name][value=other]")
        await page.click("button.primary")
        await page.wait_for_url(f"**/residents/{wang.pk}/")
        assert await page.locator("h1").inner_text() == LI.name
        assert await page.locator("h2:has-text('Documents') ~ .lines li").count() == 2
        await page.click("form[action*=unmerge] button")
        await page.locator("h1", has_text=WANG.name).wait_for()
        assert (await page.locator("h1").inner_text()).strip() == WANG.name
