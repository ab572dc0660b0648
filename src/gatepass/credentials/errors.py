"""The one exception of this room. `judge` never lets it out; `make` and `TrustList.decode` may raise it.

CredentialError(code)
    base45                      a character, a group or a length that RFC 9285 does not have
    cbor                        not CBOR, or not the one deterministic form of it, or larger than we read
    cose                        not a COSE_Sign1 of the form that is asked for
    claims                      signed perhaps, but not the claims of a health code
    trust_list                  not a list of trusted keys
    key_length, serial_length, person_length, period      what `make` was given cannot be a code
"""

from __future__ import annotations


class CredentialError(Exception):
    """Something that is no credential. `code` is stable; nothing of the content is in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
