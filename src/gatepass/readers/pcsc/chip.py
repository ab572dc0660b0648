"""A whole conversation with the chip of a travel document: opened with a key, its files read, itself put to the proof.

1. EF.CardAccess says whether the chip knows PACE; older ones know Basic Access Control, the oldest lie open.
2. A key opens it. Several may be known: people show their pages one after the other.
3. EF.SOD (what the issuer signed), data group 1 (who) and 2 (the face) are read. EF.COM is not believed, as nobody
   signed it: it is only knocked at, to learn whether a chip without PACE is locked.
4. Where EF.SOD lists a key of the chip (data group 14 or 15), the chip proves that it has the other half
   (`readers.pcsc.genuine`): files can be copied, that cannot.

Nothing here waits or knows a clock but through `transmit`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from gatepass.identity import DocumentError
from gatepass.identity.emrtd import ChipFiles, lds, security_object, signed, tlv
from gatepass.readers.pcsc import access, genuine, status
from gatepass.readers.pcsc.access import Opened, Pace
from gatepass.readers.pcsc.frames import EXTENDED, SHORT, Answer, AnswerToReset, Command
from gatepass.readers.pcsc.keys import AccessKey
from gatepass.readers.pcsc.messaging import SecureMessaging
from gatepass.readers.pcsc.status import File, StatusWord

Transmit = Callable[[bytes], bytes]
"""Bytes to the card, bytes from it. Raises what its link raises."""

_LARGEST_FILE: Final = 128 * 1024
"""Faces have 12 to 30 kB. A chip that states more is not read for a minute while people wait."""
_MOST_PIECES: Final = 1024
"""Of one answer that is fetched in pieces (61xx)."""
_PROTECTED: Final = 223
"""The most plain bytes that fit into a protected answer of 256: whole blocks, padding, code and status beside them."""
_OVERHEAD: Final = 40
"""What protection adds to a longer answer, at most."""
_LARGEST_PIECE: Final = 4096
_WRAPPING: Final = 4
"""Tag and length around a piece of some hundred bytes or more."""
_HEAD: Final = 8
"""Bytes that hold a file's tag and length."""


class NoDocumentError(Exception):
    """The card has no travel document application."""


@dataclass(frozen=True, slots=True)
class ChipReading:
    """What was read, and with which key; None: the chip lies open."""

    files: ChipFiles
    key: AccessKey | None


class ChipTalk:
    """One conversation with a chip that was just reset.

    `cautious` is for a second attempt: only what every chip and every reader can do, in small pieces.
    """

    def __init__(self, transmit: Transmit, *, atr: bytes = b"", cautious: bool = False) -> None:
        self._transmit = transmit
        self._extended = not cautious and AnswerToReset.parse(atr).extended
        self._cautious = cautious
        self._session: SecureMessaging | None = None
        self._piece = SHORT

    @property
    def extended(self) -> bool:
        """Whether longer commands than short ones may have been sent: not every reader passes them on."""
        return self._extended

    def read(self, keys: Sequence[AccessKey], *, face: bool = True) -> ChipReading:
        """The document's files, opened with the first of the keys that fits; without `face`, the long one is left out.

        Raises NoDocumentError; DocumentError `mrz_needed` (the chip is locked and no key is known),
        `chip_access_denied` (none fits), `chip_not_supported`, `chip_altered` (it is not the chip that was issued),
        `chip_read_failed`; and whatever `transmit` raises.
        """
        self._send(status.SELECT_MASTER)
        ways = self._ways()
        longest = self._longest_answer()
        if not (ways and keys):
            self._select_application()
            if self._lies_open():
                return ChipReading(self._files(None, face=face), None)
            if not keys:
                raise DocumentError("mrz_needed")
        opened, key = self._open(ways, keys)
        self._session = opened.session
        self._piece = min(longest - _OVERHEAD, _LARGEST_PIECE) if longest else _PROTECTED
        card_security = self._card_security(opened)
        if ways:
            self._select_application()
        return ChipReading(self._files(card_security, face=face), key)

    def _ways(self) -> list[Pace]:
        """The ways of PACE; none where there is no EF.CardAccess, or one that nobody can read."""
        try:
            octets = self._file(File.CARD_ACCESS)
            return [] if octets is None else access.ways(lds.security_infos(octets))
        except DocumentError:
            # Damaged on the way, perhaps; where it stays so, the chip may still know Basic Access Control.
            if not self._cautious:
                raise
            return []

    def _longest_answer(self) -> int:
        """Of an extended answer, as EF.ATR/INFO says (9303-11, 9.3.1.2); 0: short ones only."""
        if not self._extended:
            return 0
        try:
            longest = lds.longest_answer(self._file(File.ATR_INFO) or b"")
        except DocumentError:
            longest = None
        self._extended = longest is not None and longest > SHORT + _OVERHEAD
        return min(longest, EXTENDED) if longest and self._extended else 0

    def _open(self, ways: list[Pace], keys: Sequence[AccessKey]) -> tuple[Opened, AccessKey]:
        for key in keys:
            try:
                return self._open_with(ways, key), key
            except DocumentError as error:
                if error.code != "chip_access_denied":
                    raise
        raise DocumentError("chip_access_denied")

    def _open_with(self, ways: list[Pace], key: AccessKey) -> Opened:
        for way in ways:
            try:
                return access.pace(self._send, way, key)
            except DocumentError as error:
                # The chip does not go this way after all: the next, and Basic Access Control in the end.
                if error.code != "chip_not_supported":
                    raise
        if key.is_can:
            raise DocumentError("chip_access_denied")
        if ways:
            self._select_application()
        return access.basic_access(self._send, key)

    def _select_application(self) -> None:
        answer = self._send(status.SELECT_EMRTD)
        if answer.status == StatusWord.DONE or answer.status in status.LOCKED:
            return
        # A card that says anything at all to a second attempt has understood, and has no such application.
        if self._session is None and (self._cautious or status.has_no_application(answer.status)):
            raise NoDocumentError
        raise status.failure(answer.status, "application")

    def _lies_open(self) -> bool:
        """Whether EF.COM can be had by anybody. The application must be selected."""
        if self._send(status.select_file(File.COM)).status in status.LOCKED:
            return False
        return self._send(status.read_binary(0, 1)).status == StatusWord.DONE

    def _card_security(self, opened: Opened) -> bytes | None:
        """EF.CardSecurity, where PACE says that it names the chip's key; the chip is put to the proof with it."""
        if opened.chip_data is None:
            return None
        octets = self._file(File.CARD_SECURITY)
        infos = [] if octets is None else lds.security_infos(signed.parse(octets).content)
        if octets is None or not access.is_chip_of(opened.chip_data, infos):
            raise DocumentError("chip_altered", what="chip")
        return octets

    def _files(self, card_security: bytes | None, *, face: bool) -> ChipFiles:
        sod = self._file(File.SOD)
        dg1 = self._file(File.DG1)
        if dg1 is None:
            raise DocumentError("chip_not_supported", what="dg1")
        others = {} if sod is None else self._proven(frozenset(security_object(sod).hashes), card_security)
        return ChipFiles(dg1, self._file(File.DG2) if face else None, sod, card_security, others)

    def _proven(self, listed: frozenset[int], card_security: bytes | None) -> dict[int, bytes]:
        """The files with the chip's own keys, after it has proven that it has the other halves.

        Chip authentication begins a new session, and is preferred for it; active authentication is for chips that know
        nothing else. A chip that proved itself in PACE need not do so again.
        """
        if card_security is not None:
            return {}
        found = {}
        if 14 in listed:
            found[14] = self._listed_file(File.DG14)
            session = genuine.chip_authentication(self._send, found[14])
            if session is not None:
                self._session = session
                try:
                    self._send(status.select_file(File.DG14))
                except DocumentError:
                    raise DocumentError("chip_altered", what="chip") from None
                return found
        if 15 in listed:
            found[15] = self._listed_file(File.DG15)
            genuine.active_authentication(self._send, found[15], cautious=self._cautious)
        return found

    def _listed_file(self, file: int) -> bytes:
        """A file that the issuer signed: if the chip lacks it, it is not the one that was issued."""
        octets = self._file(file)
        if octets is None:
            raise DocumentError("chip_altered", what="chip")
        return octets

    def _file(self, file: int) -> bytes | None:
        """A whole file; None where the chip has none, or gives it to nobody. DocumentError `chip_read_failed`."""
        selected = self._send(status.select_file(file))
        if selected.status in status.ABSENT or selected.status in status.LOCKED:
            return None
        if selected.status != StatusWord.DONE:
            raise status.failure(selected.status, "select")
        head = self._piece_at(0, _HEAD if self._cautious else self._piece)
        if head is None:
            return None
        whole = tlv.length(head)
        if whole > _LARGEST_FILE:
            raise DocumentError("chip_read_failed", what="length")
        octets = bytearray(head)
        while len(octets) < whole:
            piece = self._piece_at(len(octets), min(self._piece, whole - len(octets)))
            if not piece:
                raise DocumentError("chip_read_failed", what="length")
            octets += piece
        return bytes(octets[:whole])

    def _piece_at(self, offset: int, count: int) -> bytes | None:
        far = offset >= status.FAR
        if far:
            # Far pieces come wrapped, and the wrapping counts (ISO/IEC 7816-4, 11.3.3).
            count = min(count + _WRAPPING, self._piece)
        answer = self._send(status.read_binary(offset, count))
        if answer.status in status.LOCKED and offset == 0:
            return None
        if answer.status not in {StatusWord.DONE, StatusWord.END_OF_FILE}:
            raise status.failure(answer.status, "read")
        return tlv.first(answer.data).value if far else answer.data

    def _send(self, command: Command) -> Answer:
        """One command, protected where there is a session; answers that come in pieces are put together."""
        wrapped = command if self._session is None else self._session.wrap(command)
        answer = self._exchange(wrapped)
        right = status.right_length(answer.status)
        if right is not None and self._session is None:
            answer = self._exchange(replace(command, expected=right or SHORT))
        return answer if self._session is None else self._session.unwrap(answer)

    def _exchange(self, command: Command) -> Answer:
        answer = Answer.parse(self._transmit(command.octets))
        data = answer.data
        for _ in range(_MOST_PIECES):
            more = status.more_to_fetch(answer.status)
            if more is None:
                return Answer(data, answer.status)
            answer = Answer.parse(
                self._transmit(Command(0x00, status.Ins.GET_RESPONSE, 0, 0, b"", more or SHORT).octets)
            )
            data += answer.data
        raise DocumentError("chip_read_failed", what="frame")
