"""Settings of the web application, from the environment; nothing secret stands here.

`VIAGGIO_WORKSPACE` names the workspace; without it the records live in memory, which is enough for type
checks and unit tests. `VIAGGIO_HOSTS` (comma-separated) says under which names the application is reached:
it switches on all that needs HTTPS. `VIAGGIO_BEHIND_PROXY=1` trusts the proxy's X-Forwarded-* headers.
`VIAGGIO_DATABASE=postgresql://user:password@host:5432/name` moves the records to PostgreSQL.
`VIAGGIO_SECRET_KEY` replaces the workspace's `secret.key`. `VIAGGIO_DEBUG=1` is for developers.
"""

import os
import secrets
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _

HERE = Path(__file__).parent


def _on(name: str) -> bool:
    return os.environ.get(name, "") in {"1", "true", "yes"}


def _listed(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def _secret_key(root: Path | None) -> str:
    """The key from the environment, else from the workspace, else one that lives as long as this process."""
    if key := os.environ.get("VIAGGIO_SECRET_KEY"):
        return key
    kept = root / "secret.key" if root else None
    return kept.read_text().strip() if kept and kept.is_file() else secrets.token_urlsafe(64)


def _company(root: Path | None) -> dict[str, Any]:
    """The company's language and time zone; the workspace itself is checked where it is opened."""
    written = root / "viaggio.toml" if root else None
    return tomllib.loads(written.read_text(encoding="utf-8")) if written and written.is_file() else {}


def _database(root: Path | None) -> dict[str, Any]:
    """SQLite in the workspace, or the PostgreSQL database that VIAGGIO_DATABASE names."""
    if address := os.environ.get("VIAGGIO_DATABASE"):
        parts = urlsplit(address)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    options: dict[str, Any] = {"transaction_mode": "IMMEDIATE", "timeout": 20}
    if root:  # a commit is on the disk before it is answered; readers do not wait for the writer
        options["init_command"] = (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
            "PRAGMA temp_store=MEMORY;PRAGMA cache_size=-20000;"
        )
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": root / "records.sqlite3" if root else ":memory:",
        "OPTIONS": options,
        "CONN_MAX_AGE": None,
    }


_named = os.environ.get("VIAGGIO_WORKSPACE")
WORKSPACE_ROOT: Path | None = Path(_named).absolute() if _named else None
_written = _company(WORKSPACE_ROOT)

DEBUG = _on("VIAGGIO_DEBUG")
SECRET_KEY = _secret_key(WORKSPACE_ROOT)
DATABASES = {"default": _database(WORKSPACE_ROOT)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- where we are reached ------------------------------------------------------------------------
_hosts = _listed("VIAGGIO_HOSTS")
BEHIND_PROXY = _on("VIAGGIO_BEHIND_PROXY")
SECURE = bool(_hosts)
ALLOWED_HOSTS = _hosts or ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in _hosts if host != "*"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# --- who we are made of --------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_tasks_db",
    "viaggio.web.shared",
    "viaggio.web.account",
    "viaggio.web.journey",
    "viaggio.web.customer",
    "viaggio.web.data",
    "viaggio.web.people",
    "viaggio.web.audit",
    "viaggio.web.pulse",
    "viaggio.web.scores",
    "viaggio.web.connections",
    "viaggio.web.events",
    "viaggio.web.incentive",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "viaggio.web.shared.middleware.PreferencesMiddleware",
    "viaggio.web.shared.middleware.GuardMiddleware",
]
CSRF_FAILURE_VIEW = "viaggio.web.shared.views.csrf_refused"
ROOT_URLCONF = "viaggio.web.urls"
WSGI_APPLICATION = "viaggio.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "viaggio.web.shared.templatetags.viaggio",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "viaggio.web.shared.navigation.page",
            ],
        },
    }
]
FORM_RENDERER = "viaggio.web.shared.forms.HouseForms"

# --- people and their sessions ---------------------------------------------------------------------
AUTH_USER_MODEL = "shared.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # seconds; also the life of an invitation link
LOGIN_URL = "account:sign-in"
LOGIN_REDIRECT_URL = "account:start"
LOGOUT_REDIRECT_URL = "account:sign-in"
SESSION_ENGINE = "viaggio.web.account.sessions"
SESSION_COOKIE_AGE = 12 * 3600  # seconds since the last visit
SESSION_SEEN_EVERY = 15 * 60  # seconds between two writes of "last seen"

# --- language and time -----------------------------------------------------------------------------
LANGUAGES = [("it", _("Italian")), ("en", _("English"))]
LANGUAGE_CODE = str(_written.get("language", "it"))
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LOCALE_PATHS = [HERE / "locale"]
TIME_ZONE = str(_written.get("timezone", "Europe/Rome"))
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = True

# --- files -----------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [HERE / "static"]
STATIC_ROOT = WORKSPACE_ROOT / "cache" / "static" if WORKSPACE_ROOT else None
_HASHED = bool(WORKSPACE_ROOT) and not DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _HASHED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not _HASHED
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# --- work in the background ------------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PATIENCE_SECONDS = float(os.environ.get("VIAGGIO_PATIENCE_SECONDS", "1"))  # then a page shows its progress

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"viaggio": {"level": "INFO"}, "django.request": {"level": "ERROR"}},
}
