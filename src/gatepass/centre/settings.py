"""Django's settings, derived from `configuration.Configuration`; nothing else reads the environment."""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF

from gatepass.centre import keys
from gatepass.centre.configuration import Configuration, openid_connect
from gatepass.centre.translations import TREES, compile_catalogues
from gatepass.speech.calling import STATIC as CALLING

CONFIGURATION = Configuration()
CENTRE_DIR = CONFIGURATION.dir
CENTRE_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
KEYS_DIR = CONFIGURATION.keys
PASSAGES_DIR = CENTRE_DIR / "passages"
PASSAGES_DSN = CONFIGURATION.passages_dsn.get_secret_value()
KEEP_PASSAGES_DAYS = CONFIGURATION.keep_passages_days
UPDATES_DIR = CENTRE_DIR / "updates"
CHECKPOINTS_DIR = CENTRE_DIR / "audit"

HERE = Path(__file__).parent
DEBUG = False
SECRET_KEY = keys.django_secret(KEYS_DIR)
ALLOWED_HOSTS = sorted({CONFIGURATION.host, "127.0.0.1", "localhost", "[::1]"})
CSRF_TRUSTED_ORIGINS = [CONFIGURATION.address]

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "gatepass.centre.accounts",
    # After ours: templates of the same name in `accounts/templates` come first.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "gatepass.centre.audit",
    "gatepass.centre.sites",
    "gatepass.centre.people",
    "gatepass.centre.people.addresses",
    "gatepass.centre.people.households",
    "gatepass.centre.people.imports",
    "gatepass.centre.people.merges",
    "gatepass.centre.people.photos",
    "gatepass.centre.people.protection",
    "gatepass.centre.codes",
    "gatepass.centre.facts",
    "gatepass.centre.policies",
    "gatepass.centre.limits",
    "gatepass.centre.sending",
    "gatepass.centre.alarms",
    "gatepass.centre.applicants",
    "gatepass.centre.mandates",
    "gatepass.centre.applications",
    "gatepass.centre.appeals",
    "gatepass.centre.papers",
    "gatepass.centre.employers",
    "gatepass.centre.rosters",
    "gatepass.centre.volunteers",
    "gatepass.centre.interpreting",
    "gatepass.centre.phone",
    "gatepass.centre.notices",
    "gatepass.centre.questions",
    "gatepass.centre.arrivals",
    "gatepass.centre.surveys",
    "gatepass.centre.verifications",
    "gatepass.centre.api",
    "gatepass.centre.webhooks",
    "gatepass.centre.webpush",
    "gatepass.centre.passages",
    "gatepass.centre.search",
    "gatepass.centre.privacy",
    "gatepass.centre.tracing",
    "gatepass.centre.insights",
    "gatepass.centre.quarantine",
    "gatepass.centre.visitors",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "gatepass.centre.accounts.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gatepass.centre.api.middleware.ProblemMiddleware",
    "gatepass.centre.outages.OutageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    # Refuses every URL that `accounts.roles` does not allow by name: keep it last, next to the views.
    "gatepass.centre.accounts.middleware.RefuseByDefaultMiddleware",
]

ROOT_URLCONF = "gatepass.centre.urls"
# Fields are drawn by templates/django/forms/field.html.
FORM_RENDERER = "gatepass.centre.form_rendering.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "gatepass.centre.accounts.navigation.navigation",
            ],
        },
    },
]

DATABASES = {
    "default": {
        "ENGINE": "gatepass.centre.sqlite",
        "NAME": CENTRE_DIR / "centre.sqlite3",
        "OPTIONS": {
            # A write transaction takes its lock at BEGIN: two writers wait for each other instead of failing half-way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA secure_delete=ON;"
            ),
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
# Second factors, passkeys and the town's own log-in: `accounts.entrance`. Nobody signs up, and no mail is sent.
ACCOUNT_ADAPTER = "gatepass.centre.accounts.entrance.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "gatepass.centre.accounts.entrance.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Clocks of phones are off by some seconds: the code before and the one after count too.
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "gatepass.centre.accounts.entrance.SocialAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_PROVIDERS = openid_connect(CONFIGURATION)
# Of this process alone: which sessions were noted lately, and how often a code was tried.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# zh-hans first: it is the default, and the first one offered.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English"), ("ko", "한국어"), ("ja", "日本語")]
LOCALE_PATHS = list(TREES)
# A bare machine has no GNU gettext, and .mo files are not in the tree.
compile_catalogues()
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "static/"
# The page of a call is the same at a gate and on a phone: `speech.calling`.
STATICFILES_DIRS = [HERE / "static", ("calling", CALLING)]
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_USE_MANIFEST = False
SERVESTATIC_AUTOREFRESH = False

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = CONFIGURATION.https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "gatepass_session"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if CONFIGURATION.https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIGURATION.https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
