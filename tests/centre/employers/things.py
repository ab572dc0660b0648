"""Two companies with one colleague, permit and list each, for the table of URLs and for the tests here."""

from __future__ import annotations

from typing import Any

from gatepass.centre.accounts.models import User
from gatepass.centre.employers.actions import appoint, enter_staff, found_company, upload_staff
from gatepass.centre.employers.credit_code import check_character
from gatepass.centre.employers.models import Company

HEADINGS = "姓名,国籍,护照号码,工号,部门,入职日期,工作许可证号,许可有效期至"


def credit_code(number: int) -> str:
    first = f"91330100MA2{number:06d}"
    return first + check_character(first)


def company_of(by: User, name: str, community: Any, number: int, *rows: str) -> Company:
    company = found_company(by, name, credit_code(number), community)
    if rows:
        enter_staff(by, upload_staff(by, company, "staff.csv", "\n".join((HEADINGS, *rows)).encode()))
    return company


def things_of_companies(town: Any, by: User, grid_worker: User | None = None) -> dict[str, tuple[dict, dict]]:
    sides = []
    for number, community in enumerate((town.community, town.far_community)):
        name = ("Near", "Far")[number]
        company = company_of(by, name, community, number, f"{name} Person,KOR,M1234567{number},A{number},Sales,,,")
        batch = upload_staff(by, company, "staff.csv", f"{HEADINGS}\n,KOR,M99999999,,,,,".encode())
        user = grid_worker or by
        appointment = company.appointments.create(
            user=user, channel="email", address="x@example.org", since=company.created_at, until=company.created_at
        )
        whole = {"company": company.pk}
        sides.append(
            {
                "company": whole,
                "appointment_end": {**whole, "appointment": appointment.pk},
                "colleague": {**whole, "colleague": company.colleagues.get().pk},
                "staff_list": {**whole, "staff_list": batch.pk},
                "staff_row": {**whole, "staff_list": batch.pk, "row": batch.rows.get().number},
            }
        )
    return {kind: (sides[0][kind], sides[1][kind]) for kind in sides[0]}


KINDS = {
    **dict.fromkeys(
        ("colleagues", "colleagues_export", "permits", "permits_export", "company_month", "staff_lists",
         "staff_template", "company_appoint"), "company"),
    "appointment_end": "appointment_end",
    "colleague": "colleague",
    "staff_list": "staff_list",
    "staff_enter": "staff_list",
    "staff_row": "staff_row",
}  # fmt: skip

__all__ = ["HEADINGS", "KINDS", "appoint", "company_of", "credit_code", "things_of_companies"]
