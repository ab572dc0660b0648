"""States, document signers and travel documents that do not exist, for the simulator, the demo and the tests.

A `SpecimenState` has its own key (CSCA) and document signers; `issue` makes the files of a document as a state would
(9303-10, 9303-12). Everything is made when it is asked for: no key is kept anywhere.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from gatepass.identity import Document, Sex, checks
from gatepass.identity.emrtd import tlv
from gatepass.identity.emrtd.lds import GROUP_OF_TAG
from gatepass.readers.pcsc.groups import CurveGroup

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

_SIGNED_DATA: Final = "1.2.840.113549.1.7.2"
_LDS_SECURITY_OBJECT: Final = "2.23.136.1.1.1"
MASTER_LIST: Final = "2.23.136.1.1.2"
SECURITY_OBJECT: Final = "0.4.0.127.0.7.3.2.1"
_SHA_256: Final = "2.16.840.1.101.3.4.2.1"
_ECDSA_SHA_256: Final = "1.2.840.10045.4.3.2"
_RSA_SHA_256: Final = "1.2.840.113549.1.1.11"
_MASTER_LIST_SIGNER: Final = "2.23.136.1.1.3"
_CURVES: Final[dict[str, type[ec.EllipticCurve]]] = {
    curve.name: curve for curve in (ec.SECP256R1, ec.SECP384R1, ec.BrainpoolP256R1, ec.BrainpoolP384R1)
}
_TAG_OF_GROUP: Final = {number: tag for tag, number in GROUP_OF_TAG.items()}

SPECIMEN_FACE: Final = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4x9"
    "lnN+gXz/wAALCAAgABgBAREA/8QAGAABAQADAAAAAAAAAAAAAAAABQQBAgb/xAAnEAACAQIFAgcBAAAAAAAAAAABAgQAAxESITJBBTETIlFSYYGh"
    "wf/aAAgBAQAAPwB2pW6hHW5kzEjlgNBVIIIBBxB7EVreDGy4TcVOGB5rnqcghhEtZ++Hrxx+VmXKSLazvqTtXkmgXlu9/wAUrbx9uXQ01BmrLTXB"
    "bi7l/oozq9xnmshPlQAAfWNQ1RAuNamWip3MFPyDX//Z"
)
"""Nobody: a head and shoulders in two greys, 24 by 32 pixels, JPEG."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: PrivateKey = field(repr=False)

    @property
    def octets(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def sign(self, message: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(message, ec.ECDSA(hashes.SHA256()))

    @property
    def algorithm(self) -> bytes:
        """Its AlgorithmIdentifier."""
        if isinstance(self.key, rsa.RSAPrivateKey):
            return _algorithm(_RSA_SHA_256, null=True)
        return _algorithm(_ECDSA_SHA_256)


class SpecimenState:
    """A state that issues documents. `country` is written into its certificates (ISO 3166-1 alpha-2)."""

    def __init__(self, country: str = "UT", *, key: PrivateKey | None = None, first: date | None = None) -> None:
        self.country = country
        self.first = first or date(2020, 1, 1)
        key = key or ec.generate_private_key(ec.SECP256R1())
        name = self._name("CSCA")
        certificate = (
            self._builder(name, name, key, self.first, self.first.replace(year=self.first.year + 15))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.authority = Signer(certificate, key)

    @property
    def certificate(self) -> bytes:
        """The state's own, DER."""
        return self.authority.octets

    def signer(
        self,
        *,
        first: date | None = None,
        last: date | None = None,
        key: PrivateKey | None = None,
        purposes: Iterable[str] = (),
        country: str | None = None,
    ) -> Signer:
        """A document signer, valid for eleven years where nothing else is said."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        first = first or self.first
        builder = self._builder(
            self._name("Document signer", country),
            self.authority.certificate.subject,
            key,
            first,
            last or first.replace(year=first.year + 11),
        )
        usages = [x509.ObjectIdentifier(purpose) for purpose in purposes]
        if usages:
            builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=True)
        return Signer(builder.sign(self.authority.key, hashes.SHA256()), key)

    def issue(self, groups: Mapping[int, bytes], *, signer: Signer | None = None) -> dict[int, bytes]:
        """The files of a document by their identifier: EF.COM, the data groups (number -> file) and EF.SOD."""
        return issue(groups, signer or self.signer())

    def revocations(self, *signers: Signer, on: date | None = None) -> bytes:
        """A revocation list that names these signers, DER."""
        moment = _moment(on or self.first)
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.authority.certificate.subject)
        builder = builder.last_update(moment).next_update(moment + timedelta(days=90))
        for signer in signers:
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder()
                .serial_number(signer.certificate.serial_number)
                .revocation_date(moment)
                .build()
            )
        return builder.sign(self.authority.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    def master_list(self, *authorities: bytes) -> bytes:
        """A list of states' certificates, signed for this state."""
        signer = self.signer(purposes=[_MASTER_LIST_SIGNER])
        certificates = tlv.build(tlv.SET, *sorted({self.certificate, *authorities}))
        content = tlv.build(tlv.SEQUENCE, tlv.build(tlv.INTEGER, b"\0"), certificates)
        return signed_data(MASTER_LIST, content, signer, self.certificate)

    def _name(self, common: str, country: str | None = None) -> x509.Name:
        return x509.Name(
            [
                x509.NameAttribute(NameOID.COUNTRY_NAME, country or self.country),
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Specimen"),
                x509.NameAttribute(NameOID.COMMON_NAME, common),
            ]
        )

    def _builder(
        self, subject: x509.Name, issuer: x509.Name, key: PrivateKey, first: date, last: date
    ) -> x509.CertificateBuilder:
        issuing = key if subject == issuer else self.authority.key
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_moment(first))
            .not_valid_after(_moment(last))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.public_key()), critical=False)
        )


def issue(groups: Mapping[int, bytes], signer: Signer) -> dict[int, bytes]:
    """The files of a document that this signer vouches for, by their identifier."""
    listed = [
        tlv.build(tlv.SEQUENCE, tlv.build(tlv.INTEGER, bytes((number,))), tlv.build(tlv.OCTET_STRING, _digest(content)))
        for number, content in sorted(groups.items())
    ]
    content = tlv.build(
        tlv.SEQUENCE,
        tlv.build(tlv.INTEGER, b"\0"),
        _algorithm(_SHA_256, null=True),
        tlv.build(tlv.SEQUENCE, *listed),
    )
    files = {0x0100 + number: group for number, group in groups.items()}
    files[0x011D] = tlv.build(0x77, signed_data(_LDS_SECURITY_OBJECT, content, signer))
    files[0x011E] = tlv.build(
        0x60,
        tlv.build(0x5F01, b"0107"),
        tlv.build(0x5F36, b"040000"),
        tlv.build(0x5C, bytes(_TAG_OF_GROUP[number] for number in sorted(groups))),
    )
    return files


def signed_data(content_type: str, content: bytes, signer: Signer, *further: bytes) -> bytes:
    """A ContentInfo with SignedData (RFC 5652); `further` certificates travel with the signer's."""
    attributes = tlv.build(
        0xA0,
        _attribute("1.2.840.113549.1.9.3", _oid(content_type)),
        _attribute("1.2.840.113549.1.9.4", tlv.build(tlv.OCTET_STRING, _digest(content))),
    )
    certificate = signer.certificate
    name = tlv.build(
        tlv.SEQUENCE,
        certificate.issuer.public_bytes(),
        tlv.build(tlv.INTEGER, _integer(certificate.serial_number)),
    )
    digest = _algorithm(_SHA_256)
    info = tlv.build(
        tlv.SEQUENCE,
        tlv.build(tlv.INTEGER, b"\1"),
        name,
        digest,
        attributes,
        signer.algorithm,
        tlv.build(tlv.OCTET_STRING, signer.sign(bytes((tlv.SET,)) + attributes[1:])),
    )
    signed = tlv.build(
        tlv.SEQUENCE,
        tlv.build(tlv.INTEGER, b"\3"),
        tlv.build(tlv.SET, digest),
        tlv.build(tlv.SEQUENCE, _oid(content_type), tlv.build(0xA0, tlv.build(tlv.OCTET_STRING, content))),
        tlv.build(0xA0, signer.octets, *further),
        tlv.build(tlv.SET, info),
    )
    return tlv.build(tlv.SEQUENCE, _oid(_SIGNED_DATA), tlv.build(0xA0, signed))


def zone_of(document: Document) -> str:
    """The two lines of a passport that says what this document says, joined (9303-4, 4.2.2). For documents with a Latin
    name in ASCII, a birth date and a number of nine characters at most; ValueError otherwise. Without an end of
    validity it is valid to the end of 2049.
    """
    holder = document.holder
    name = "<<".join(part.strip().replace(" ", "<") for part in holder.latin_name.upper().split(",", 1))
    number = document.number.ljust(9, "<")
    if holder.birth is None or len(number) > 9 or not re.fullmatch(r"[A-Z<]{1,39}", name):
        raise ValueError("no passport can say that")
    born = "".join(
        "<<" if part is None else f"{part:02d}"
        for part in (holder.birth.year % 100, holder.birth.month, holder.birth.day)
    )
    expiry = (document.validity.last or date(2049, 12, 31)).strftime("%y%m%d")
    sex = {Sex.MALE: "M", Sex.FEMALE: "F"}.get(holder.sex, "<")
    fields = [f"{part}{checks.icao(part)}" for part in (number, born, expiry, "<" * 14)]
    second = f"{fields[0]}{holder.nationality or document.issuer:<<3}{fields[1]}{sex}{fields[2]}{fields[3]}"
    first = f"P<{document.issuer:<<3}{name}".ljust(44, "<")
    return first + second + checks.icao("".join(fields))


def data_group_1(zone: str) -> bytes:
    return tlv.build(0x61, tlv.build(0x5F1F, zone.encode("ascii")))


def data_group_2(picture: bytes = SPECIMEN_FACE) -> bytes:
    """A face as ISO/IEC 19794-5 writes it."""
    image = bytes((1, 0 if picture.startswith(b"\xff\xd8") else 1)) + bytes(10) + picture
    block = 20 + len(image)
    record = block.to_bytes(4, "big") + bytes(16) + image
    whole = b"FAC\x00010\x00" + (14 + block).to_bytes(4, "big") + b"\x00\x01" + record
    header = tlv.build(0xA1, tlv.build(0x81, b"\x02"), tlv.build(0x87, b"\x01\x01"), tlv.build(0x88, b"\x00\x08"))
    template = tlv.build(0x7F60, header, tlv.build(0x5F2E, whole))
    return tlv.build(0x75, tlv.build(0x7F61, tlv.build(tlv.INTEGER, b"\1"), template))


def data_group_14(group: CurveGroup, secret: int, *, suite: str, number: int | None = None) -> bytes:
    """The public half of a chip's key for chip authentication. `suite` is the last arc of its way, "1" (3DES) to "4"
    (AES-256); `number` names the key, where there are several.
    """
    key = ec.derive_private_key(secret, _CURVES[group.curve.name]()).public_key()
    info = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    name = b"" if number is None else tlv.build(tlv.INTEGER, bytes((number,)))
    way = tlv.build(tlv.SEQUENCE, _oid(f"0.4.0.127.0.7.2.2.3.2.{suite}"), tlv.build(tlv.INTEGER, b"\1"), name)
    return tlv.build(0x6E, tlv.build(tlv.SET, tlv.build(tlv.SEQUENCE, _oid("0.4.0.127.0.7.2.2.1.2"), info, name), way))


def data_group_15(key: PrivateKey) -> bytes:
    """The public half of a chip's key for active authentication."""
    encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    return tlv.build(0x6F, key.public_key().public_bytes(encoding, form))


def _digest(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def _oid(dotted: str) -> bytes:
    return tlv.build(tlv.OBJECT_IDENTIFIER, tlv.oid_value(dotted))


def _algorithm(dotted: str, *, null: bool = False) -> bytes:
    return tlv.build(tlv.SEQUENCE, _oid(dotted), b"\x05\x00" if null else b"")


def _attribute(dotted: str, value: bytes) -> bytes:
    return tlv.build(tlv.SEQUENCE, _oid(dotted), tlv.build(tlv.SET, value))


def _integer(number: int) -> bytes:
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
