"""Machine-readable zones: specimens of ICAO Doc 9303, and a writer that computes the check digits a second time."""

from __future__ import annotations

# 9303-4 appendix B, 9303-5 appendix B, 9303-6 appendix B, 9303-7 (MRV-A, MRV-B), 9303-11 appendix D (long numbers).
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
MRV_A = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<"
MRV_B = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<"
TD1_LONG = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<"
TD2_LONG = "I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<\nD23145890<UTO3407127M95071227349<<<8"

# Synthetic, built to the forms that are described for Chinese permits.
CR = "CRH1234567830133001019F8001014\n<<<<<<<<<<<<<<<<<<BA1234563<40\nYANGBEN<<ZHENGJIAN<<<<<<<<<<<<"
CT = "CT12345678<80133001019M8001014\n<<<<<<<<<<<<<<<<<<BA1234567895\nYANGBEN<<ZHENGJIAN<<<<<<<<3101"
CS = "CSC123456788<3001019<8001014<6"
CS_CHIP = f"{CS}\n1234567890ABYANGBEN<<ZHENGJIAN\n1<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"
HKM_1999 = "C<CHN<<<<<<<<<<<<<<<<<<<<<<<<<\n8001010F051231<H1234567802<12<\nYANGBEN<<ZHENGJIAN<<<<<<<<<<<<"

ALL = (TD3, TD1, TD2, MRV_A, MRV_B, TD1_LONG, TD2_LONG, CR, CT, CS, CS_CHIP, HKM_1999)


def digit(text: str) -> str:
    """9303-3, 4.9: weights 7, 3, 1; A is 10, Z is 35, a filler 0."""
    total = 0
    for at, character in enumerate(text):
        total += (7, 3, 1)[at % 3] * (0 if character == "<" else int(character, 36))
    return str(total % 10)


def passport(
    *,
    names: str = "ERIKSSON<<ANNA<MARIA",
    issuer: str = "UTO",
    number: str = "L898902C3",
    nationality: str = "UTO",
    birth: str = "740812",
    sex: str = "F",
    expiry: str = "120415",
    personal: str = "",
) -> str:
    """A TD3 zone with right check digits."""
    first = f"P<{issuer.ljust(3, '<')}{names}".ljust(44, "<")[:44]
    number, personal = number.ljust(9, "<"), personal.ljust(14, "<")
    dates = f"{birth}{digit(birth)}", f"{expiry}{digit(expiry)}"
    end = f"{personal}{digit(personal)}"
    composite = digit(f"{number}{digit(number)}{dates[0]}{dates[1]}{end}")
    return f"{first}\n{number}{digit(number)}{nationality.ljust(3, '<')}{dates[0]}{sex}{dates[1]}{end}{composite}"


def permit(
    *,
    code: str = "CR",
    number: str = "H12345678",
    count: str = "01",
    expiry: str = "300101",
    sex: str = "F",
    birth: str = "800101",
    century: str = "B",
    home: str = "A123456<<",
    names: str = "YANGBEN<<ZHENGJIAN",
) -> str:
    """A travel permit for residents of Hong Kong and Macao (`home` of 9) or Taiwan (10) with right check digits."""
    number = number.ljust(9, "<")
    first = "".join(f"{field}{digit(field)}" for field in (number, count, expiry))
    first = f"{code}{first}{sex}{birth}{digit(birth)}"
    home = home + digit(home) if len(home) == 9 else home
    second = f"{'<' * 18}{century}{home}"
    second += digit(first[2:22] + first[23:30] + home)
    return f"{first}\n{second}\n{names.ljust(30, '<')}"
