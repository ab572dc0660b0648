"""What a gate asks the desk for somebody who does not say who they are, and what it may tell them.

POST /gate/v1/questions    GateQuestion -> GateAnswer    signed; MessagePack
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from gatepass.languages import Language


class GateQuestion(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: Annotated[str, msgspec.Meta(min_length=8, max_length=40)]
    """Of the form: what is sent twice is asked once."""
    language: Language
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class GateAnswer(msgspec.Struct, frozen=True):
    address: str
    """Where the answer will stand, for whoever is shown it."""
    looks: str
    """When a person looks, as a sentence in the language of the question."""
