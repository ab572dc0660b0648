"""Pages of a list: `{"items": […], "next": "…"}`.

A cursor says after which row the next page begins, not how many rows to skip: what is added meanwhile moves nothing,
and no row comes twice or is left out. It is signed, together with the operation and its filters, so that it is what
this centre gave out for this very question; it gives no right to anything, for each page asks again what the token may
see. It does not grow old.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Annotated, Any, Final, TypeVar

from django.conf import settings
from django.db.models import Model, QuerySet
from pydantic import ConfigDict, Field

from gatepass.centre import keys
from gatepass.centre.api.problems import CallError
from gatepass.centre.api.schemas import Strict

MOST: Final = 100
USUAL: Final = 50
_SEAL: Final = 12

Row = TypeVar("Row", bound=Model)


class Asked(Strict):
    """Of every list. A parameter that nobody knows is refused: a misspelt filter would show everything."""

    model_config = ConfigDict(extra="forbid")

    cursor: Annotated[str, Field(max_length=200, description="`next` of the page before; empty: the first page")] = ""
    limit: Annotated[int, Field(ge=1, le=MOST, description="how many items a page has at most")] = USUAL


def next_cursor(operation: str, asked: Asked, key: int | str) -> str:
    said = str(key).encode()
    return base64.urlsafe_b64encode(_seal(operation, asked, said) + said).rstrip(b"=").decode()


def key_in(operation: str, asked: Asked) -> str:
    """Where the page begins; empty: at the beginning. CallError `cursor_unknown`."""
    if not asked.cursor:
        return ""
    try:
        raw = base64.b64decode(asked.cursor + "=" * (-len(asked.cursor) % 4), b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise CallError("cursor_unknown") from None
    seal, said = raw[:_SEAL], raw[_SEAL:]
    if not said or not hmac.compare_digest(seal, _seal(operation, asked, said)):
        raise CallError("cursor_unknown")
    return said.decode()


def page_of_rows(
    rows: QuerySet[Row], operation: str, asked: Asked, *, newest_first: bool = False
) -> tuple[list[Row], str | None]:
    """One page of a table by its primary key, and the cursor of the next one."""
    after = key_in(operation, asked)
    if after:
        rows = rows.filter(**{"pk__lt" if newest_first else "pk__gt": int(after)})
    found = list(rows.order_by("-pk" if newest_first else "pk")[: asked.limit + 1])
    more = len(found) > asked.limit
    found = found[: asked.limit]
    return found, next_cursor(operation, asked, found[-1].pk) if more else None


def _seal(operation: str, asked: Asked, said: bytes) -> bytes:
    filters: dict[str, Any] = asked.model_dump(mode="json", exclude={"cursor", "limit"})
    question = json.dumps([operation, filters], sort_keys=True).encode()
    secret = keys.django_secret(settings.KEYS_DIR).encode()[:64]
    return hashlib.blake2b(
        len(question).to_bytes(4) + question + said, key=secret, person=b"gatepass-cursor1", digest_size=_SEAL
    ).digest()
