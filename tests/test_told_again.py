"""A browser story that waited in vain is told once more in CI, and in CI alone; nothing else is."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]
STORY = """
    import pytest
    from playwright.async_api import TimeoutError

    TOLD = []

    @pytest.fixture
    def fresh():
        TOLD.append("set up")
        yield
        TOLD.append("taken down")

    @pytest.mark.{mark}
    def test_story(fresh):
        TOLD.append("told")
        {what}

    def test_after():
        assert TOLD == {told}
"""
ONCE = ["set up", "told", "taken down"]


@pytest.fixture
def story(pytester: pytest.Pytester, monkeypatch):
    def story(what: str, *, told: list[str], mark: str = "browser", ci: str = "true") -> pytest.RunResult:
        monkeypatch.setenv("CI", ci)
        pytester.makeconftest("from tests.told_again import pytest_runtest_protocol, pytest_terminal_summary")
        pytester.makeini("[pytest]\nmarkers =\n    browser\n    other\n")
        pytester.makepyfile(STORY.format(mark=mark, what=what, told=told))
        return pytester.runpytest_inprocess("-p", "no:django", "-p", "no:schemathesis", "-p", "no:randomly")

    return story


def test_a_story_that_waits_in_vain_once_passes_and_the_summary_tells_of_it(story) -> None:
    ran = story("if TOLD.count('told') == 1: raise TimeoutError('no summary')", told=ONCE * 2)
    ran.assert_outcomes(passed=2)
    ran.stdout.fnmatch_lines(["*1 told again*", "*test_story*", "*TimeoutError: no summary*"])


def test_a_story_that_waits_in_vain_twice_fails(story) -> None:
    story("raise TimeoutError('no summary')", told=ONCE * 2).assert_outcomes(passed=1, failed=1)


@pytest.mark.parametrize(
    ("what", "others"),
    [
        ("assert False, 'TimeoutError is only a word here'", {}),
        ("raise TimeoutError('in vain')", {"mark": "other"}),
        ("raise TimeoutError('in vain')", {"ci": ""}),
    ],
)
def test_whatever_else_fails_fails_at_once(story, what, others) -> None:
    ran = story(what, told=ONCE, **others)
    ran.assert_outcomes(passed=1, failed=1)
    assert "told again" not in ran.stdout.str()
