"""Whose name is it? One person's name in characters, hangul, kana and Latin letters, compared with reasons in words.

    keys(name)          -> the keys under which a name is found again, across scripts
    compare(a, b, ...)  -> NameMatch: verdict, score and reasons; a suggestion, never a merge

docs/names.md has worked examples.
"""

from gatepass.identity.names.comparison import compare
from gatepass.identity.names.keys import keys
from gatepass.identity.names.name import Name, NameMatch, Reason, Verdict

__all__ = ["Name", "NameMatch", "Reason", "Verdict", "compare", "keys"]
