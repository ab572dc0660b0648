from tests.centre.applicants.helpers import applicant  # noqa: F401
from tests.centre.rosters.conftest import interpreters  # noqa: F401
from tests.centre.webpush.service import browser, push_service  # noqa: F401
