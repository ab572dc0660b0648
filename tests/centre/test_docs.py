"""docs/centre.md against the code: every setting, role, reason, key file and command."""

from __future__ import annotations

import re
from pathlib import Path

from gatepass.centre import commands, keys
from gatepass.centre.accounts.roles import Role
from gatepass.centre.codes.models import Reason
from gatepass.centre.configuration import Configuration
from gatepass.centre.sites.actions import CODE_LIVES

PAGE = (Path(__file__).parents[2] / "docs" / "centre.md").read_text(encoding="utf-8")


def test_every_setting_is_documented_and_no_other() -> None:
    settings = {f"GATEPASS_CENTRE_{name.upper()}" for name in Configuration.model_fields}
    assert set(re.findall(r"GATEPASS_\w+", PAGE)) == settings | {commands.PASSWORD_VARIABLE}


def test_every_role_and_reason_is_documented_and_no_other() -> None:
    assert set(re.findall(r"^\| `([a-z_]+)` \|", PAGE, re.MULTILINE)) == set(Role.values)
    assert set(re.findall(r"^\| `([A-Z]\d?)` \|", PAGE, re.MULTILINE)) == set(Reason.values)


def test_every_key_file_is_documented() -> None:
    assert keys.__doc__
    for name in re.findall(r"^    ([a-z-]+\.[a-z]+) ", keys.__doc__, re.MULTILINE):
        assert f"keys/{name}" in PAGE


def test_figures_and_commands_are_those_of_the_code() -> None:
    assert f"for {CODE_LIVES.seconds // 60} minutes" in PAGE
    named = {
        command.name or command.callback.__name__.replace("_", "-") for command in commands.app.registered_commands
    }
    assert set(re.findall(r"gatepass centre ([a-z-]+)", PAGE)) <= named
