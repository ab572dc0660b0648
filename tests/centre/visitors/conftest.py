from tests.centre.applicants.helpers import applicant  # noqa: F401
