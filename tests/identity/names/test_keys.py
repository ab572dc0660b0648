from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin.constants import PHRASES_DICT

from gatepass.identity.names import Name, keys
from gatepass.identity.names.keys import MAX_KEYS
from gatepass.identity.names.romanisation import pinyin


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("单晓梅", "shan|xiaomei"), ("SHAN Xiaomei", "shan|xiaomei"), ("XIAO-MEI SHAN", "shan|xiaomei"),
        ("陳大文", "chan|taiman"), ("張志明", "chang|chihming"), ("박지훈", "ko:박:jhn"),
        ("PARK JIHOON", "ko:박:jhn"),
        ("BAK JI HUN", "ko:박:jhn"), ("朴智勳", "ko:박:jhn"),
        ("佐藤健太", "kenta|sato"),
        ("さとう けんた", "kenta|sato"),
        ("SATOU KENTA", "kenta|sato"), ("Jürgen Krämer", "juergen|kraemer"), ("Jürgen Krämer", "jurgen|kramer"),
        ("Anneke van der Velde", "anneke|velde"), ("Suhartati", "suhartati"), ("張偉", "han:张伟"),
        ("WANGXIAOMING", "wangxiaoming"),
        ("王小明", "wangxiaoming"),
    ],
)  # fmt: skip
def test_a_name_has_this_key(name, key):
    assert key in keys(name)


def test_all_three_fields_of_a_name_give_keys():
    assert keys(Name("金民俊", "KIM MINJOON", "Minnie Kim")) >= keys("KIM MINJOON") | keys("Minnie Kim")


def test_a_text_without_a_letter_has_no_key():
    assert keys(" … ") == frozenset()


@settings(max_examples=400)
@given(st.text(max_size=80))
def test_any_text_has_few_keys(name):
    assert len(keys(name)) <= MAX_KEYS


@pytest.mark.slow
def test_keys_do_not_change_from_run_to_run():
    """They are stored: the order of a set, which Python changes from run to run, may have no say in them."""
    names = ["朴智勳", "박지훈", "林惠子", "陳大文", "佐藤裕子", "LIM KYUNG HEE JENNIFER", "乐重行"]
    program = f"from gatepass.identity.names import keys\nprint([sorted(keys(n)) for n in {names!r}])"
    seen = set()
    for seed in ("1", "2", "3"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        seen.add(subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, check=True).stdout)
    assert len(seen) == 1


def test_readings_of_single_characters_come_without_the_dictionary_of_phrases() -> None:
    """It weighs 44 MB in every gate; what single characters sound like does not depend on it."""
    assert not PHRASES_DICT
    assert [sorted(pinyin(character)) for character in "璟龑〇😀"] == [["jing"], ["yan"], ["ling"], []]
