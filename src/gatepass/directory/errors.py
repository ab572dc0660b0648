"""The one exception of this room.

DirectoryError(code, **fields)
    key_length                                     a person key that is not 16 bytes
    not_a_directory, not_a_delta                   the file is something else
    unsupported_format                             written by a newer release
    torn                                           length or checksum do not fit: a broken copy
    malformed                                      checksum fits, contents break the format's rules
    too_many, duplicate_key, bad_state             what was given to `build` cannot be a directory
    not_revocations, serial_length                 no list of revoked codes; a serial that is not 8 bytes
    wrong_base, gap                                a delta for another base, or one that starts after our version
    no_base                                        a delta, but nothing that it could change
    unreachable                                    the repository does not answer
    expired, rolled_back, forged, refused          the repository answers, and its metadata or file is not believed
    storage                                        the disk does not take it
    bad_name, bad_role, no_key                     refused by the publisher
"""

from __future__ import annotations


class DirectoryError(Exception):
    """A directory, delta or update that is not believed or not usable. `code` is stable; no field names a person."""

    def __init__(self, code: str, **fields: str | int) -> None:
        super().__init__(code, fields)
        self.code = code
        self.fields = fields

    def __str__(self) -> str:
        return " ".join([self.code, *(f"{name}={value}" for name, value in self.fields.items())])
