"""The machine-readable lines of the town's passports and permits: what `identity.mrz` reads, written.

Passports are TD3 of ICAO 9303-4; permits have the three lines that `identity.mrz_forms` describes.
"""

from __future__ import annotations

from gatepass.identity.checks import icao


def passport(number: str, issuer: str, names: str, birth: str, sex: str, expiry: str) -> str:
    """Two lines of 44. `names` as SURNAME<<GIVEN<NAMES; birth and expiry YYMMDD; `sex` M, F or <."""
    number = number.ljust(9, "<")
    fields = f"{number}{icao(number)}", f"{birth}{icao(birth)}", f"{expiry}{icao(expiry)}"
    personal = "<" * 14 + icao("<" * 14)
    composite = icao("".join(fields) + personal)
    second = f"{fields[0]}{issuer}{fields[1]}{sex}{fields[2]}{personal}{composite}"
    return f"{f'P<{issuer}{names}'.ljust(44, '<')}\n{second}"


def permit(code: str, number: str, names: str, birth: str, sex: str, expiry: str) -> str:
    """Three lines of 30: `CR` for residents of Hong Kong and Macao, `CT` of Taiwan. Births of the 20th century."""
    parts = (number.ljust(9, "<"), "01", expiry)
    first = code + "".join(f"{part}{icao(part)}" for part in parts) + f"{sex}{birth}{icao(birth)}"
    home = "A123456<<" if code == "CR" else "A123456789"
    home += icao(home) if code == "CR" else ""
    second = f"{'<' * 18}B{home}"
    second += icao(first[2:22] + first[23:30] + home)
    return f"{first}\n{second}\n{names.ljust(30, '<')}"
