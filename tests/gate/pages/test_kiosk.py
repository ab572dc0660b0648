"""The resident's page in real Chromium, against an agent that says what the test tells it."""

from __future__ import annotations

import asyncio
import time

import pytest
from tests.browser import free_port, holds
from tests.gate.pages.scripted_agent import HOLD_MS, knowledge, scripted_agent, shown, until

from gatepass.languages import LANGUAGES
from gatepass.policy.reasons import NOTICES, REASONS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

UPRIGHT = (1080, 1920)
COLOURS = {"pass": "rgb(11, 107, 58)", "hold": "rgb(255, 212, 0)", "refuse": "rgb(176, 0, 32)"}
INKS = {"pass": "rgb(255, 255, 255)", "hold": "rgb(0, 0, 0)", "refuse": "rgb(255, 255, 255)"}
ONE_OF_EACH = {"pass": "green", "hold": "unknown", "refuse": "red"}
ASLEEP = "body[data-state=idle]"
STOPPED = "body[data-state=stopped]"


async def opened(page, agent):
    await page.goto(agent.address)
    await page.wait_for_selector(ASLEEP)


async def laid(page, agent, reason, **further):
    """Show a result and wait until the page says that it is painted."""
    message = shown(reason, **further)
    await agent.say("kiosk", message)
    await until(lambda: any(each["id"] == message["id"] for each in agent.answers("painted")), "the page has painted")
    return message


def unspaced(text):
    """Without spaces and line breaks: where a sentence breaks is for test_looks."""
    return "".join(text.split())


async def colours(page):
    return await page.evaluate(
        "() => { const s = getComputedStyle(document.body); return [s.backgroundColor, s.color]; }"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("outcome", ONE_OF_EACH)
async def test_a_result_has_colour_shape_word_and_sentence(chromium, outcome, language):
    reason = ONE_OF_EACH[outcome]
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        await laid(page, agent, reason, language=language)
        assert await colours(page) == [COLOURS[outcome], INKS[outcome]]
        visible = await page.locator(".shape svg:visible").evaluate_all("all => all.map((svg) => svg.classList[0])")
        assert visible == [outcome]
        wording = REASONS[reason].texts[language]
        assert await page.inner_text("#word") == wording.word
        assert unspaced(await page.inner_text("#sentence")) == unspaced(wording.sentence)
        assert await page.get_attribute("#word", "lang") == language
        second = "en" if language.startswith("zh") else "zh-Hans"
        assert await page.inner_text("#word-second") == REASONS[reason].texts[second].word


async def test_no_reason_of_health_is_on_the_public_screen(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        for reason in ("yellow", "red"):
            await laid(page, agent, reason, advice="test")
            text = await page.inner_text("main")
            for word in ("黄", "红", "检测", "隔离", "居家", "码："):
                assert word not in text


async def test_the_language_of_the_person_is_spoken_with_the_next_step_that_others_may_hear(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        await laid(page, agent, "unknown", language="ko")
        await until(lambda: agent.answers("sounded"), "sound")
        await until(lambda: {"ko/hold_unknown", "ko/advice_apply"} <= set(agent.spoken), "both prompts are fetched")


async def test_a_further_part_of_the_same_answer_does_not_interrupt_the_voice(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        first = await laid(page, agent, "green")
        await until(lambda: agent.answers("sounded"), "sound")
        await agent.say("kiosk", {**first, "holder": "金* 님", "repeat": True})
        await holds(page, "document.querySelector('#holder').textContent.includes('金')")
        await until(lambda: len(agent.answers("painted")) == 2, "the name is painted")
        assert len(agent.answers("sounded")) == 1
        await asyncio.sleep(0.6)  # the sentence is over: whoever lays the card again has not heard it
        await agent.say("kiosk", {**first, "repeat": True})
        await until(lambda: len(agent.answers("sounded")) == 2, "sound again")


NOTES_FRAMES = """
    let frame = 0, from = 0;
    const count = () => { frame += 1; requestAnimationFrame(count); };
    requestAnimationFrame(count);
    new MutationObserver((changes) => {
        const word = document.querySelector("#word");
        if (changes.some((change) => word?.contains(change.target))) from = frame;
    }).observe(document, { childList: true, characterData: true, subtree: true });
    window.painted = [];
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (text) {
        const said = JSON.parse(text);
        if (said.type === "painted")
            window.painted.push({ frames: frame - from, state: document.body.dataset.state });
        send.call(this, text);
    };
"""
"""Of each result that the page calls painted: how many frames began since its word was put in."""


async def test_painted_is_said_after_a_frame_that_shows_it_and_sound_waits_for_no_network(chromium):
    """How long both take is measured by benchmarks/tap_latency.py."""
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await page.add_init_script(NOTES_FRAMES)
        await opened(page, agent)
        prompts = {f"zh-Hans/{REASONS[reason].prompt}" for reason in ONE_OF_EACH.values()}
        await until(lambda: prompts <= set(agent.spoken), "prompts are warm")
        agent.spoken.clear()
        laid_down = []
        for reason in ("green", "red") * 3:
            laid_down.append((await laid(page, agent, reason))["id"])
            await until(lambda: len(agent.answers("sounded")) == len(laid_down), "sound")
        assert not prompts & set(agent.spoken)
        for kind in ("painted", "sounded"):
            assert [each["id"] for each in agent.answers(kind)] == laid_down
        painted = await page.evaluate("window.painted")
        assert [each["state"] for each in painted] == ["result"] * len(laid_down)
        # The second one begins when the first, which has the result on it, is on the screen.
        assert all(each["frames"] >= 2 for each in painted), painted


async def test_a_result_goes_after_its_time_and_the_next_card_does_not_wait(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        await laid(page, agent, "red")
        began = time.monotonic()
        await laid(page, agent, "green")
        assert time.monotonic() - began < 3, "it waited for the result before it to go"
        assert (await colours(page))[0] == COLOURS["pass"]
        await page.wait_for_selector(ASLEEP)
        assert time.monotonic() - began >= HOLD_MS / 1000 - 0.05


async def test_the_time_is_the_sites_whatever_zone_the_machine_has(chromium):
    # The browser of the tests stands in Shanghai, the site in Adelaide.
    async with scripted_agent(utc_offset=570) as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        adelaide = """[0, 1].some((ago) => new Date(Date.now() + (570 - ago) * 60000).toISOString()
            .slice(11, 16) === document.getElementById("time").textContent)"""
        await holds(page, adelaide)
        await page.goto(f"{agent.address}/desk")
        await holds(page, "document.getElementById('time').textContent.endsWith(' UTC+9:30')")


async def test_idle_from_the_agent_does_not_cut_a_result_short(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        await laid(page, agent, "green")
        await agent.say("kiosk", {"type": "idle"})
        await asyncio.sleep(0.2)
        assert await page.get_attribute("body", "data-state") == "result"


async def test_a_touch_shows_and_speaks_the_result_again_in_that_language(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        await laid(page, agent, "unknown")
        await page.click("nav button[lang=ja]")
        assert await page.inner_text("#word") == REASONS["unknown"].texts["ja"].word
        await until(lambda: {"type": "language", "language": "ja"} in agent.heard, "the agent hears of it")
        await until(lambda: "ja/hold_unknown" in agent.spoken, "it is spoken")
        offered = await page.locator("nav button").all_inner_texts()
        assert offered == ["简体中文", "繁體中文", "English", "한국어"]


async def test_a_choice_is_for_one_passage(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        await page.click("nav button[lang=en]")
        assert await page.inner_text("#instruction") == NOTICES["place_card"]["en"]
        # The agent knows the choice and sends the result in it.
        await laid(page, agent, "green", language="en")
        assert await page.get_attribute("html", "lang") == "en"
        await page.wait_for_selector(ASLEEP)
        assert await page.inner_text("#instruction") == NOTICES["place_card"]["zh-Hans"]


async def test_a_choice_made_during_a_result_is_not_for_whoever_comes_next(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        first = await laid(page, agent, "unknown")
        await page.click("nav button[lang=ja]")
        await agent.say("kiosk", {**first, "repeat": True})
        await asyncio.sleep(0.1)
        assert await page.get_attribute("html", "lang") == "ja"
        await laid(page, agent, "green")
        assert await page.get_attribute("html", "lang") == "zh-Hans"


async def test_the_desk_brings_the_last_sentence_back_in_another_language(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        await laid(page, agent, "unknown")
        await page.wait_for_selector(ASLEEP)
        await agent.say("kiosk", {"type": "language", "language": "ko"})
        await page.wait_for_selector("body[data-state=result]")
        assert await page.inner_text("#word") == REASONS["unknown"].texts["ko"].word


async def test_only_the_known_checks_are_shown(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        await laid(page, agent, "unknown", checks={"document": "ok", "code": "none"})
        assert await page.locator("#checks li").all_inner_texts() == ["证", "码"]
        labels = await page.locator("#checks svg").evaluate_all(
            "all => all.map((svg) => svg.getAttribute('aria-label'))"
        )
        assert labels == ["已确认", "没有记录"]


async def test_offline_is_a_plain_sentence_and_not_an_error(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        assert await page.is_hidden("#strip")
        await agent.say("kiosk", knowledge(online=False, as_of=60))
        await page.wait_for_selector("#strip:not([hidden])")
        text = await page.inner_text("#strip")
        assert text.startswith("△ 网络中断，信息截至 ")
        assert text.endswith("，照常通行")
        await agent.say("kiosk", knowledge())
        await page.wait_for_selector("#strip", state="hidden")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (knowledge(as_of=None), "no_directory"),
        (knowledge(as_of=8000, notice=True), "old"),
        (knowledge(as_of=400_000, notice=True, stale=True), "stale"),
    ],
    ids=["no directory", "old", "stale"],
)
async def test_the_screen_says_how_old_its_knowledge_is(chromium, message, code):
    async with scripted_agent(greeting=[message]) as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        await page.wait_for_selector("#strip:not([hidden])")
        before, _, after = NOTICES[code]["zh-Hans"].partition("{time}")
        text = await page.inner_text("#strip-text")
        assert text.startswith(before)
        assert text.endswith(after)


async def test_a_screen_without_a_reader_does_not_ask_for_cards(chromium):
    absent = knowledge(readers=[{"family": "sam", "state": "absent"}])
    async with scripted_agent(greeting=[absent]) as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        await page.wait_for_selector("body[data-reader=absent]")
        assert await page.inner_text("#instruction") == NOTICES["reader_absent"]["zh-Hans"]
        await agent.say("kiosk", knowledge())
        await page.wait_for_selector("body[data-reader=ready]")
        assert await page.inner_text("#instruction") == NOTICES["place_card"]["zh-Hans"]


@pytest.mark.parametrize(
    ("families", "notice"),
    [
        (["sam"], "place_card"),
        (["sam", "keypad"], "place_card"),
        (["sam", "scanner"], "place_or_show"),
        (["pcsc", "camera"], "place_or_show"),
        (["camera"], "show"),
        ([], "place_card"),
    ],
)
async def test_people_are_asked_for_what_this_gate_can_read(chromium, families, notice):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        await agent.say("kiosk", knowledge(readers=[{"family": family, "state": "ready"} for family in families]))
        shown = "said => document.querySelector('#instruction').textContent.trim() === said"
        await holds(page, shown, NOTICES[notice]["zh-Hans"])


async def test_reading_is_a_small_sign(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        await agent.say("kiosk", {"type": "reading"})
        await page.wait_for_selector("#reading:not([hidden])")
        assert await page.inner_text("#reading") == NOTICES["reading"]["zh-Hans"]
        await laid(page, agent, "green")
        assert await page.is_hidden("#reading")


async def test_a_silent_agent_sends_people_to_the_guard_in_five_languages(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        await laid(page, agent, "green")
        agent.beating = False
        await page.wait_for_selector(STOPPED, timeout=15_000)
        assert (await colours(page))[0] == "rgb(246, 244, 238)", "no colour of a decision is left"
        said = await page.locator("#stopped h1, #stopped li").all_inner_texts()
        assert ["".join(text.split()) for text in said] == [
            "".join(NOTICES["paused"][each].split()) for each in LANGUAGES
        ]
        agent.beating = True
        await page.wait_for_selector(ASLEEP, timeout=15_000)


async def test_a_closed_line_is_noticed_at_once_and_comes_back_by_itself(chromium):
    port = free_port()
    async with chromium.page(*UPRIGHT) as page:
        async with scripted_agent(port) as agent:
            await opened(page, agent)
        began = time.monotonic()
        await page.wait_for_selector(STOPPED)
        assert time.monotonic() - began < 4, "it waited for two heartbeats instead of seeing the line closed"
        async with scripted_agent(port) as agent:
            await page.wait_for_selector(ASLEEP, timeout=15_000)
            await laid(page, agent, "green")


async def test_a_page_that_never_reached_its_agent_says_so(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await page.route_web_socket("**/kiosk/socket", lambda socket: None)
        await page.goto(agent.address)
        await page.wait_for_selector(STOPPED, timeout=15_000)


async def test_a_reason_that_the_page_does_not_know_still_gets_its_outcome(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        message = {**shown("red"), "reason": "from_a_newer_agent"}
        await agent.say("kiosk", message)
        await until(lambda: agent.answers("painted"), "the page has painted")
        assert (await colours(page))[0] == COLOURS["refuse"]
        assert await page.inner_text("#word")


async def test_a_browser_that_blocks_sound_offers_a_button(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT, speaks_by_itself=False) as page:
        await opened(page, agent)
        await page.wait_for_selector("#sound:not([hidden])")
        await page.click("#sound")
        await page.wait_for_selector("#sound", state="hidden")
        await laid(page, agent, "green")
        await until(lambda: agent.answers("sounded"), "sound")


async def test_the_page_answers_the_heartbeat(chromium):
    async with scripted_agent() as agent, chromium.page(*UPRIGHT) as page:
        await opened(page, agent)
        await until(lambda: {"type": "beat", "n": 2} in agent.heard, "beats are answered")


async def test_the_card_on_the_idle_screen_moves_unless_people_asked_for_rest(chromium):
    moving = "getComputedStyle(document.querySelector('.idle .card')).animationName"
    async with scripted_agent() as agent:
        async with chromium.page(*UPRIGHT, still=False) as page:
            await opened(page, agent)
            assert await page.evaluate(moving) == "lay"
        async with chromium.page(*UPRIGHT, still=True) as page:
            await opened(page, agent)
            assert await page.evaluate(moving) == "none"
