"""What do they show? A shown text becomes a `Verdict`: the gatepass health code now, other formats by the same door."""

from gatepass.credentials.errors import CredentialError
from gatepass.credentials.judging import judge
from gatepass.credentials.trust import Purpose, TrustedKey, TrustList
from gatepass.credentials.verdicts import REASON_CODES, CodeKind, Format, HealthCode, Revocations, Verdict, VisitorPass

__all__ = [
    "REASON_CODES",
    "CodeKind",
    "CredentialError",
    "Format",
    "HealthCode",
    "Purpose",
    "Revocations",
    "TrustList",
    "TrustedKey",
    "Verdict",
    "VisitorPass",
    "judge",
]
