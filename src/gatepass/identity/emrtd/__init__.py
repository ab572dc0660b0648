"""Travel documents with a chip (ICAO 9303 parts 10 to 12): their files, and whether their issuer vouches for them.

    document_of(files, issuers=…, today=…)   the Document, with its face and its assurance
    issuers.read(files)                      the list of states' keys that an operator has

The talk with the chip itself is `gatepass.readers.pcsc`.
"""

from gatepass.identity.emrtd.authentication import DOUBTS, Proof, security_object
from gatepass.identity.emrtd.document import ChipFiles, document_of
from gatepass.identity.emrtd.doubts import sentences
from gatepass.identity.emrtd.issuers import Issuers

__all__ = ["DOUBTS", "ChipFiles", "Issuers", "Proof", "document_of", "security_object", "sentences"]
