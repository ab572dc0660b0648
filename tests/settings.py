"""Django's settings under pytest: the real ones, in a folder that lives as long as the process (one per worker)."""

from __future__ import annotations

import os
import tempfile

# Kept in a module variable: the folder goes when the interpreter does.
_FOLDER = tempfile.TemporaryDirectory(prefix="gatepass-tests-", ignore_cleanup_errors=True)
os.environ["GATEPASS_CENTRE_DIR"] = _FOLDER.name
for name in [name for name in os.environ if name.startswith("GATEPASS_CENTRE_") and name != "GATEPASS_CENTRE_DIR"]:
    del os.environ[name]
# Staff of tests come in by a password; what a second factor changes is tested by itself.
os.environ["GATEPASS_CENTRE_SECOND_FACTOR_ROLES"] = ""

from gatepass.centre.settings import *  # noqa: E402, F403

# Argon2 takes 60 ms on purpose; tests log in some hundred times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# A file, not memory: tests with several threads meet the locks that the real database has.
DATABASES["default"]["TEST"] = {"NAME": CENTRE_DIR / "test.sqlite3"}  # noqa: F405

MIDDLEWARE = [
    "tests.static_files.static_files" if name == "servestatic.middleware.ServeStaticMiddleware" else name
    for name in MIDDLEWARE  # noqa: F405
]
