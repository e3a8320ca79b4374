"""Settings of every installation. One switch, BACKSPASM_SITE_URL, decides between laptop and production.

Every variable read here is listed in .env.example.
"""

import os
from pathlib import Path
from typing import Any

import dj_database_url
from django.utils.translation import gettext_lazy as _

from backspasm import environment, security

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("BACKSPASM_DATA_DIR") or BASE_DIR / "var").resolve()
PORT = os.environ.get("PORT") or "8000"
SITE_URL = environment.site_url(os.environ.get("BACKSPASM_SITE_URL") or f"http://127.0.0.1:{PORT}")
_cookies = security.cookies(SITE_URL.is_https)

DEBUG = False
SECRET_KEY = (
    environment.required("BACKSPASM_SECRET_KEY", "An https site keeps its secret in the environment.")
    if SITE_URL.is_https
    else environment.made_once(DATA_DIR / "secret_key")
)
SECRET_KEY_FALLBACKS = [key for key in os.environ.get("BACKSPASM_SECRET_KEY_FALLBACKS", "").split(",") if key]
# Seals what patients type; see docs/security.md.
FIELD_KEYS = environment.field_keys(
    environment.required("BACKSPASM_FIELD_KEYS", "It seals what patients type; make one with new_field_key.")
    if SITE_URL.is_https
    else environment.made_once(DATA_DIR / "field_keys", environment.new_field_key)
)
ALLOWED_HOSTS = [SITE_URL.host]
CSRF_TRUSTED_ORIGINS = [str(SITE_URL)]

# Who runs the site. Empty means that the operator has given none, and the pages say so.
OPERATOR_NAME = os.environ.get("BACKSPASM_OPERATOR_NAME", "")
OPERATOR_CONTACT = os.environ.get("BACKSPASM_OPERATOR_CONTACT", "")
OPERATOR_COUNTRY = os.environ.get("BACKSPASM_OPERATOR_COUNTRY", "")
# A site run by one clinician: safety content may be published alone, with a written reason.
SOLE_EDITOR = os.environ.get("BACKSPASM_SOLE_EDITOR", "") == "1"
# People of 16 and 17 may use the tracker only where the site's law lets them.
TRACKER_FROM_16 = os.environ.get("BACKSPASM_TRACKER_FROM_16", "") == "1"

INSTALLED_APPS = [
    "backspasm.apps.BackspasmConfig",
    "education.apps.EducationConfig",
    "tracker.apps.TrackerConfig",
    "backspasm.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",  # the account library's passkey pages need it
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",  # its widget templates, found by the renderer below
    "crispy_forms",
    "django_prose_editor",  # its script, which js/editor/rich_text.js imports
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
]

MIDDLEWARE = [
    # First, so that every answer has every header: static files, redirects and error pages too.
    "backspasm.security.SecurityHeaders",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "backspasm.static_files.StaticFiles",
    "backspasm.errors.DesignedErrors",
    "backspasm.accounts.OwnAddress",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "backspasm.session_policy.SessionPolicy",
    "backspasm.accounts.ClosedByDefault",
    "backspasm.kept_forms.SendsKeptForm",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "backspasm.urls"
WSGI_APPLICATION = "backspasm.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "backspasm.site.context",
                "tracker.navigation.context",
            ],
        },
    },
]

# --- Data -------------------------------------------------------------------------------------------------

_SQLITE_OPTIONS: dict[str, Any] = {
    "timeout": 20,
    # With DEFERRED, two writers that both began by reading lock each other out.
    "transaction_mode": "IMMEDIATE",
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;",
}
_database: dict[str, Any] = dict(dj_database_url.config(default=f"sqlite:///{DATA_DIR / 'backspasm.sqlite3'}"))
if "sqlite" in _database["ENGINE"]:
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    _database["OPTIONS"] = {**_SQLITE_OPTIONS, **_database.get("OPTIONS", {})}
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
    # A server that does not even refuse must not hold a reader for minutes.
    _database["OPTIONS"] = {"connect_timeout": 5, **_database.get("OPTIONS", {})}
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Counters of the rate limits must hold across processes, so no per-process cache.
_cache_url = os.environ.get("CACHE_URL", "")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache"
        if _cache_url
        else "backspasm.shared_cache.CounterTable",
        "LOCATION": _cache_url or "shared_cache",
        # A table that is full forgets counters it should keep; a server that hangs must not hold a reader.
        "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2} if _cache_url else {"MAX_ENTRIES": 100_000},
    }
}

# --- Security (values and reasons: backspasm/security.py and docs/security.md) ------------------------------

SECURE_SSL_REDIRECT = SITE_URL.is_https
SECURE_SSL_HOST = SITE_URL.netloc  # never the Host header
# The probes of a load balancer speak plain http.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SITE_URL.is_https else None
SECURE_HSTS_SECONDS = security.ONE_YEAR_SECONDS if SITE_URL.is_https else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" would break every form
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_NAME = _cookies.session_name
SESSION_COOKIE_SECURE = _cookies.is_secure
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = _cookies.csrf_name
CSRF_COOKIE_SECURE = _cookies.is_secure
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # else one more cookie
CSRF_FAILURE_VIEW = "backspasm.errors.csrf_failure"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # HSTS for sub-domains would bind other hosts of the operator
    "security.W021",  # so would preloading
]

# --- Accounts -----------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "backspasm.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# How long a sign-in lasts is decided in backspasm/session_policy.py; this is for sessions of nobody.
SESSION_COOKIE_AGE = 7 * 24 * 3600
PASSWORD_HASHERS = [
    "backspasm.passwords.NormalisingArgon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 15}},
    {"NAME": "backspasm.passwords.RepeatedPasswordValidator"},
    {"NAME": "backspasm.passwords.KeyboardWalkValidator"},
    {"NAME": "backspasm.passwords.ContextWordValidator"},
    {"NAME": "backspasm.passwords.SentenceStartValidator"},
    {"NAME": "backspasm.passwords.CommonWordsValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "tracker:home"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"  # says that you are signed out; a stored page cannot
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True  # no secret in an address
ACCOUNT_CHANGE_EMAIL = True  # one address for each account
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.scheme
ACCOUNT_USER_DISPLAY = "backspasm.site.user_display"
ACCOUNT_ADAPTER = "backspasm.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "backspasm.forms.LoginForm",
    "signup": "backspasm.forms.SignupForm",
    "change_password": "backspasm.forms.ChangePasswordForm",
    "set_password": "backspasm.forms.SetPasswordForm",
    "reset_password_from_key": "backspasm.forms.ResetPasswordKeyForm",
    "reauthenticate": "backspasm.forms.ReauthenticateForm",
    "request_login_code": "backspasm.forms.RequestLoginCodeForm",
}
MFA_FORMS = {
    "add_webauthn": "backspasm.forms.AddWebAuthnForm",
    "login_webauthn": "backspasm.forms.LoginWebAuthnForm",
}
MFA_ADAPTER = "backspasm.accounts.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SITE_URL.is_https

# How many proxies stand before the site: decides which address a rate limit counts.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("BACKSPASM_PROXY_COUNT", "1" if SITE_URL.is_https else "0"))

# --- Mail ---------------------------------------------------------------------------------------------------

EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
if EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "587"))
    EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
    EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
    EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS", "1") == "1"
    EMAIL_TIMEOUT = 10
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = DATA_DIR / "mail"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("BACKSPASM_MAIL_FROM", f"Backspasm <noreply@{SITE_URL.host}>")

# --- Push (docs/operations.md, "Push messages") ---------------------------------------------------------------

# Signs push messages. Without it, push is not set up. Browsers bind to it: a new one ends every subscription.
PUSH_KEY = environment.push_key(
    os.environ.get("BACKSPASM_PUSH_KEY", "")
    if SITE_URL.is_https
    else environment.made_once(DATA_DIR / "push_key", environment.new_push_key)
)
# The address of a subscription comes from a browser and we post to it: to these hosts and to no others.
PUSH_HOSTS = tuple(
    host
    for host in os.environ.get(
        "BACKSPASM_PUSH_HOSTS",
        "fcm.googleapis.com,*.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com",
    ).split(",")
    if host
)
# Whom a push service may ask: https: or mailto:.
PUSH_CONTACT = os.environ.get("BACKSPASM_PUSH_CONTACT") or (
    str(SITE_URL) if SITE_URL.is_https else "mailto:noreply@localhost"
)
PUSH_MAY_BE_PRIVATE = False  # tests only: also plain http, any port, private addresses

# --- Reminders (docs/operations.md, "Reminders") ----------------------------------------------------------------

# Without a broker the sender delivers by itself; with one, Redis or RabbitMQ, workers do.
BROKER_URL = os.environ.get("BACKSPASM_BROKER_URL", "")
REMINDERS_HAND_OUT = "backspasm.celery_app.hand_out" if BROKER_URL else "tracker.reminders.broker.deliver_here"

# --- Language, forms, files -----------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English"))]
USE_TZ = True
TIME_ZONE = "UTC"

# A diary that is brought back (16 MB at most) must not lie in the clear in a temporary file.
FILE_UPLOAD_MAX_MEMORY_SIZE = 17 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000  # the form of a long page has hundreds of fields

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # widgets of ours have templates beside all others
CRISPY_TEMPLATE_PACK = "backspasm"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("backspasm",)

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
FONTS_DIR = DATA_DIR / "fonts"
FONTS_DIR.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static", ("fonts", FONTS_DIR)]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},  # nothing is uploaded to a disk
    "staticfiles": {"BACKEND": "backspasm.static_files.BundledManifestStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site has a use for our files

# --- Logs -----------------------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "class": "backspasm.log_masking.MaskedFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        # Two that have handlers of their own, which would print addresses as they came.
        "django.server": {"handlers": ["console"], "propagate": False},
        "gunicorn.error": {"handlers": ["console"], "propagate": False},
    },
}
