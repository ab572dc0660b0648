"""The fuzzing itself: that it reaches the parsers, and that it would tell if one broke a promise."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from fuzz import guided
from fuzz.mutate import as_case, mutated, tally
from fuzz.parsers import ACCEPTED, PARSERS, NotPromisedError, Parser
from fuzz.parsers.promises import require

ROOT = Path(__file__).parents[2]
INPUTS = 800


@pytest.mark.parametrize("name", PARSERS)
def test_each_parser_takes_what_honest_devices_send_and_keeps_its_promises_on_what_they_do_not(name):
    parser = PARSERS[name]
    assert ACCEPTED in {parser.parse(seed) for seed in parser.seeds()}
    assert all(len(seed) <= parser.longest for seed in parser.seeds())
    found = tally(parser, INPUTS, seed=1)
    assert found.not_promised == []
    assert found.outcomes.total() == INPUTS
    assert found.outcomes[ACCEPTED] > INPUTS // 100, "some damage does no harm, else nothing is reached"
    assert found.outcomes[ACCEPTED] < INPUTS * 0.98, "and some does"


@pytest.mark.parametrize("name", PARSERS)
@pytest.mark.parametrize("octets", [b"", b"\x00", b"\xff", bytes(4000), b"\xff" * 4000], ids=len)
def test_the_shortest_and_the_longest_inputs_are_no_exception(name, octets):
    assert PARSERS[name].parse(octets)


def test_a_broken_promise_is_counted_and_kept_and_the_rest_goes_on():
    def breaks(octets: bytes) -> str:
        require(len(octets) % 3 > 0, "a length that three divides")
        if len(octets) % 5 == 0:
            raise IndexError("as parsers do")
        return ACCEPTED

    found = tally(Parser("broken", lambda: [b"0123456789" * 3], breaks, 60), 500, seed=1)
    assert found.faults > 50
    assert found.outcomes.total() + found.faults == 500
    assert 0 < len(found.not_promised) <= 5
    assert {said.partition(":")[0] for _, said in found.not_promised} <= {"NotPromisedError", "IndexError"}


def test_the_same_seed_gives_the_same_inputs_and_another_gives_others():
    seeds = PARSERS["mrz"].seeds()
    one, same, other = ([mutated(seeds, chance, 450) for _ in range(50)] for chance in map(random.Random, (1, 1, 2)))
    assert one == same != other
    assert len(set(one)) > 40


def test_a_slow_parser_is_seen():
    def slow(octets: bytes) -> str:
        return str(sum(range(200_000))) and ACCEPTED

    assert tally(Parser("slow", lambda: [b"x"], slow, 10), 5, seed=1).slowest_s > 0.001


def test_a_finding_is_printed_as_the_case_that_will_be_tried_again():
    assert 'input = "AAH/"' in as_case("chip", b"\x00\x01\xff")


@pytest.mark.slow
def test_the_command_prints_a_line_for_each_parser_and_fails_on_a_name_that_is_none():
    told = subprocess.run(
        [sys.executable, "-m", "gatepass", "fuzz", "--inputs", "200", "chip", "mrz"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert [line.split()[0] for line in told.stdout.splitlines() if not line.startswith(" ")] == [
        "parser", "chip", "mrz", "200",
    ]  # fmt: skip
    assert told.stdout.endswith("0 not as promised\n")
    words = [sys.executable, "-m", "gatepass", "fuzz", "abacus"]
    refused = subprocess.run(words, capture_output=True, text=True, check=False, cwd=ROOT)
    assert refused.returncode == 2
    assert "no parser abacus" in refused.stderr


def test_a_broken_promise_never_shows_the_input():
    with pytest.raises(NotPromisedError) as told:
        require(False, "a number in a repr")
    assert str(told.value) == "a number in a repr"


def test_without_atheris_it_is_said_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setattr(guided.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["fuzz", "chip"])
    assert guided.main() == 2
    assert "uv pip install atheris" in capsys.readouterr().err
