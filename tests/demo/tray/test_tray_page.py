"""The card tray in real Chromium: the real page and its real server, with a stage that only remembers what was done."""

from __future__ import annotations

import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.browser import SCREENSHOTS, free_port, served, snap
from tests.gate.pages.scripted_agent import until

from gatepass.demo.answers import Answers
from gatepass.demo.carried import THINGS
from gatepass.demo.stage import StageError
from gatepass.demo.town import Townsperson, people
from gatepass.demo.tray_server import PAGES, tray_application
from gatepass.languages import LANGUAGES
from gatepass.policy.reasons import REASONS

WORDS: dict[str, dict[str, str]] = json.loads((PAGES / "words.json").read_text("utf-8"))
DESKTOP = (1440, 900)


@dataclass
class Cable:
    plugged: bool = True

    async def pull(self) -> None:
        self.plugged = False

    async def plug_in(self) -> None:
        self.plugged = True


@dataclass
class RememberingStage:
    tray_url: str
    gate_url: str = "http://127.0.0.1:1"
    centre_url: str = "http://127.0.0.1:2"
    card: str | None = None
    cable: Cable = field(default_factory=Cable)
    gate_lives: bool = True
    reader_attached: bool = True
    refuses: bool = False
    done: list[tuple[str, Any]] = field(default_factory=list)
    town: list[Townsperson] = field(default_factory=lambda: people(residents=400))
    answers: Answers = field(default_factory=lambda: Answers("http://127.0.0.1:1"))

    async def present(self, key: str) -> None:
        """The gate of this stage refuses everything."""
        self.done.append(("present", key))
        self.answers.hear([])
        self.answers.expect(key)
        refused = {"outcome": "refuse", "reasons": ["code_revoked"], "document": "", "method": "code"}
        self.answers.hear([{"id": f"p{len(self.done)}", **refused}])

    def lay(self, key: str, hold: float | None = None) -> None:
        if self.refuses:
            raise StageError("reader")
        self.card = key
        self.done.append(("lay", key))

    async def lift(self) -> None:
        self.card = None
        self.done.append(("lift", None))

    def fault(self, name: str) -> None:
        if name in {"vanish", "come_back"}:
            self.reader_attached = name == "come_back"
        self.done.append(("fault", name))

    async def kill_gate(self) -> None:
        self.gate_lives = False

    async def start_gate(self) -> None:
        self.gate_lives = True

    def laid(self) -> list[str]:
        return [key for verb, key in self.done if verb == "lay"]


@asynccontextmanager
async def tray(chromium, size=DESKTOP):
    port = free_port()
    stage = RememberingStage(f"http://127.0.0.1:{port}")
    async with served(tray_application(stage), port) as address, chromium.page(*size) as page:
        await page.goto(f"{address}/")
        await page.wait_for_selector("#everybody .card")
        yield stage, page


def test_every_word_speaks_all_five_languages():
    for key, texts in WORDS.items():
        assert tuple(texts) == LANGUAGES, key
        assert all(texts.values()), key
        assert len({frozenset(re.findall(r"\{(\w+)\}", text)) for text in texts.values()}) == 1, key


def test_every_story_of_the_town_has_its_sentence():
    stories = {person.story for person in people(residents=50) if person.story}
    assert {f"story_{story}" for story in stories} <= set(WORDS)


def test_every_word_that_the_page_asks_for_exists():
    page = (PAGES / "tray.html").read_text("utf-8")
    page += (PAGES / "answers.html").read_text("utf-8")
    script = "".join((PAGES / name).read_text("utf-8") for name in ("tray.js", "answers.js"))
    asked = set(re.findall(r'data-(?:words|label)="(\w+)"', page)) | set(re.findall(r'words\("(\w+)"', script))
    assert asked <= set(WORDS)
    assert "style=" not in page
    assert "https://" not in page + script


@pytest.mark.browser
@pytest.mark.slow
async def test_a_click_lays_a_card_down_and_it_is_lifted_by_itself(chromium):
    async with tray(chromium) as (stage, page):
        await page.click("#featured .card >> nth=0")
        await page.wait_for_selector("#plate .card")
        assert stage.laid() == ["elder_green"]
        assert "王秀英" in await page.inner_text("#plate")
        await until(lambda: stage.card is None, "the card is lifted")
        await page.wait_for_selector("#plate-empty, #plate p")


@pytest.mark.browser
@pytest.mark.slow
async def test_number_keys_lay_the_featured_cards_and_escape_lifts(chromium):
    async with tray(chromium) as (stage, page):
        await page.check("#stay")
        await page.locator("#featured .card").first.focus()
        await page.keyboard.press("3")
        await until(lambda: stage.card == "red", "the third card lies")
        await page.keyboard.press("Escape")
        await until(lambda: stage.card is None, "lifted")


@pytest.mark.browser
@pytest.mark.slow
async def test_the_next_card_waits_until_the_reader_has_seen_an_empty_plate(chromium):
    async with tray(chromium) as (stage, page):
        await page.keyboard.press("1")
        await page.keyboard.press("2")
        await until(lambda: stage.laid() == ["elder_green", "test_due"], "both cards were laid")
        verbs = [verb for verb, _ in stage.done]
        assert verbs[:3] == ["lay", "lift", "lay"]


@pytest.mark.browser
@pytest.mark.slow
async def test_a_paper_is_shown_and_the_answer_stands_beside_it_in_every_language(chromium):
    async with tray(chromium) as (stage, page):
        await page.click("#featured .thing[data-id=paper_lost]")
        await page.wait_for_selector("#answers li.refuse")
        assert ("present", "paper_lost") in stage.done
        for language in LANGUAGES:
            await page.select_option("#language", language)
            said = REASONS["code_revoked"].texts[language]
            row = await page.inner_text("#answers li >> nth=0")
            assert said.word in row
            assert said.sentence in row
            assert WORDS["carried_paper_lost"][language] in row


@pytest.mark.browser
@pytest.mark.slow
async def test_the_list_of_answers_has_every_thing_and_five_languages_beside_one_another(chromium):
    async with tray(chromium) as (stage, page):
        await stage.present("paper_lost")
        await page.click("a.all")
        await page.wait_for_selector(".result.refuse")
        assert await page.locator(".result").count() == len(THINGS) + sum(bool(each.story) for each in stage.town)
        said = await page.inner_text(".result.refuse")
        assert all(REASONS["code_revoked"].texts[language].sentence in said for language in LANGUAGES)
        await page.click("#all")
        await until(lambda: stage.laid() == ["elder_green"], "the first card is laid")
        await page.click("#all")


@pytest.mark.browser
@pytest.mark.slow
async def test_arrows_choose_and_enter_lays(chromium):
    async with tray(chromium) as (stage, page):
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("ArrowRight")
        await page.keyboard.press("Enter")
        await until(lambda: stage.laid() == [stage.town[1].key], "the second card lies")
        await page.keyboard.press("ArrowDown")
        below = await page.evaluate("document.activeElement.dataset.id")
        assert below not in {stage.town[0].key, stage.town[1].key}


@pytest.mark.browser
@pytest.mark.slow
async def test_a_search_finds_people_and_survives_a_reload(chromium):
    async with tray(chromium) as (stage, page):
        name = next(person for person in stage.town if not person.story).document.holder.native_name
        others = page.locator("#everybody .name").filter(has_not_text=name)
        await page.fill("#query", name)
        await others.first.wait_for(state="detached")
        await page.reload()
        await page.wait_for_selector("#everybody .card")
        assert await page.input_value("#query") == name
        assert set(await page.locator("#everybody .name").all_inner_texts()) == {name}


@pytest.mark.browser
@pytest.mark.slow
async def test_colours_filter_the_town(chromium):
    async with tray(chromium) as (_, page):
        await page.click("#colours button >> nth=3")
        await page.locator("#everybody .dot:not(.red)").first.wait_for(state="detached")
        assert await page.locator("#everybody .dot.red").count() > 0
        assert await page.get_attribute("#colours button >> nth=3", "aria-pressed") == "true"


@pytest.mark.browser
@pytest.mark.slow
async def test_nobody_found_says_what_to_do(chromium):
    async with tray(chromium) as (_, page):
        await page.fill("#query", "没有这个人")
        await page.wait_for_selector("#nobody:not([hidden])")


@pytest.mark.browser
@pytest.mark.slow
async def test_cables_and_power(chromium):
    async with tray(chromium) as (stage, page):
        for row, state in enumerate(
            (lambda: stage.cable.plugged, lambda: stage.reader_attached, lambda: stage.gate_lives)
        ):
            button = page.locator("#switches button").nth(row)
            await button.click()
            await until(lambda state=state: not state(), "it is off")
            await page.wait_for_selector(f"#switches li:nth-child({row + 1}).down")
            await button.click()
            await until(lambda state=state: state(), "it is on again")
            await page.wait_for_selector(f"#switches li:nth-child({row + 1}).up")


@pytest.mark.browser
@pytest.mark.slow
async def test_faults_are_named_as_the_simulator_names_them(chromium):
    async with tray(chromium) as (stage, page):
        for each in await page.locator("#faults button").all():
            await each.click()
        await until(lambda: len(stage.done) == 6, "all faults were ordered")
        from gatepass.readers.sam.simulator import Fault

        assert all(name.upper() in Fault.__members__ for _, name in stage.done)


@pytest.mark.browser
@pytest.mark.slow
async def test_a_refused_order_is_said(chromium):
    async with tray(chromium) as (stage, page):
        stage.refuses = True
        await page.keyboard.press("1")
        await page.locator("#said", has_text="没有成功").wait_for()


@pytest.mark.browser
@pytest.mark.slow
async def test_the_other_pages_are_one_click_away(chromium):
    async with tray(chromium) as (stage, page):
        links = [await link.get_attribute("href") for link in await page.locator("#links a").all()]
        assert links == [f"{stage.gate_url}/", f"{stage.gate_url}/desk", f"{stage.centre_url}/board/"]


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize("size", [DESKTOP, (820, 1180), (390, 844)], ids=str)
async def test_it_fits_in_every_language(chromium, size):
    cut_off = Path(__file__).parents[2].joinpath("gate", "pages", "measures.js").read_text("utf-8")
    cut_off = cut_off.replace("export function", "function")
    async with tray(chromium, size) as (_, page):
        for language in LANGUAGES:
            await page.select_option("#language", language)
            assert await page.get_attribute("html", "lang") == language
            assert await page.evaluate(f"() => {{ {cut_off}\n return cutOff(); }}") == []
            await page.check("#stay")
            await page.click("#featured .card >> nth=0")
            await page.wait_for_selector("#plate .card")
            if SCREENSHOTS:
                await snap(page, f"tray-{size[0]}x{size[1]}-{language}")
            await page.click("#lift")
            await page.wait_for_selector("#plate p")
