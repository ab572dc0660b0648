"""What a call can come to when it does not come to an answer.

Exception
├── ApiError(code, title, status, fields)   the centre has refused: RFC 9457
│   ├── NotAllowedError       401, 403: the token is unknown or over, or lacks `fields["scope"]`
│   ├── NotFoundError         404: no such thing, or nobody of this document, where the token may look
│   ├── ConflictError         409: what a verb of the town refuses; `title` says the next step
│   ├── InvalidError          422, 413, 405: the program is wrong; `fields["where"]` and `fields["what"]` say what
│   ├── TooManyError          429, after every patience: wait `retry_after` seconds
│   └── UnavailableError      5xx, after every patience
└── NoAnswerError(reason)     no connection, or nothing that could be read
"""

from __future__ import annotations

from collections.abc import Mapping


class ApiError(Exception):
    """`code` is stable, `title` a sentence in the language that was asked for. `fields` hold nobody's name."""

    def __init__(
        self, code: str, title: str, status: int, fields: Mapping[str, str | int], retry_after: float | None = None
    ) -> None:
        super().__init__(f"{status} {code}: {title}")
        self.code, self.title, self.status, self.fields, self.retry_after = code, title, status, fields, retry_after


class NotAllowedError(ApiError):
    pass


class NotFoundError(ApiError):
    pass


class ConflictError(ApiError):
    pass


class InvalidError(ApiError):
    pass


class TooManyError(ApiError):
    pass


class UnavailableError(ApiError):
    pass


class NoAnswerError(Exception):
    pass


def error_class(status: int) -> type[ApiError]:
    if status >= 500:
        return UnavailableError
    return _CLASSES.get(status, ApiError)


_CLASSES: Mapping[int, type[ApiError]] = {
    401: NotAllowedError,
    403: NotAllowedError,
    404: NotFoundError,
    405: InvalidError,
    409: ConflictError,
    413: InvalidError,
    422: InvalidError,
    429: TooManyError,
}
