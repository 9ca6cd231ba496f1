"""Every setting of IRIA, in one file; the environment fills it (see `.env.example`).

A missing or malformed value stops the start with an error that names it.
"""

import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django_stubs_ext
from django.utils.csp import CSP

from iria.core.text import languages
from iria.environment import (
    absolute_path,
    akismet_key,
    backup_key,
    backup_time,
    bucket,
    bucket_url,
    cache_url,
    check_names,
    contact,
    content_delivery,
    database,
    env,
    host_and_port,
    hosts,
    internal_location,
    is_command,
    is_command_line,
    mail_domain,
    mailbox,
    mailer,
    metrics_folder,
    networks,
    one_of,
    optional_url,
    positive,
    provider,
    retention,
    secret_key,
    sentry,
    signature,
    site_url,
    themes,
    writable_folder,
)
from iria.launcher.paths import CODE, DATA, PROJECT, state_folder

# Django's generic classes accept a type in brackets only for type checkers; this makes the
# brackets harmless at run time.
django_stubs_ext.monkeypatch()

BASE_DIR = PROJECT

TESTING = "pytest" in sys.modules

env.read_env(BASE_DIR / ".env")

# Site

DEBUG: bool = env.bool("DEBUG", default=False)
STATE = writable_folder(state_folder(BASE_DIR))
SITE_URL = site_url("SITE_URL", "http://127.0.0.1:8000")
SECURE = SITE_URL.startswith("https://")
SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"
ALLOWED_HOSTS = hosts("ALLOWED_HOSTS", f"[{SITE_HOST}]" if ":" in SITE_HOST else SITE_HOST)
# Whether only this machine can reach the site.
LOCAL_ONLY = {SITE_HOST, *ALLOWED_HOSTS} <= {"127.0.0.1", "::1", "[::1]", "localhost"}
TRUSTED_PROXIES = networks("TRUSTED_PROXIES")

# `make run` sets IRIA_TRY_OUT.
SECRET_KEY = secret_key("SECRET_KEY", accept_weak=LOCAL_ONLY and "IRIA_TRY_OUT" in os.environ)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])

# For spam checks of comments, once the screening rule for it is on (docs/running-in-production.md).
AKISMET_KEY: str = akismet_key("AKISMET_KEY")

# Whom to tell about a vulnerability, an e-mail address or a URL; without one, the address for readers.
SECURITY_CONTACT: str = contact("SECURITY_CONTACT")
SECURITY_POLICY: str = optional_url("SECURITY_POLICY")
# A WebSub hub that is told about new articles, such as https://pubsubhubbub.appspot.com/.
WEBSUB_HUB: str = optional_url("WEBSUB_HUB")

# Requests to the content API per minute and IP address; answers from a cache do not count.
API_RATE_LIMIT: int = env.int("API_RATE_LIMIT", default=120)
# Searches per minute and IP address; suggestions five times as many.
SEARCH_RATE_LIMIT: int = env.int("SEARCH_RATE_LIMIT", default=120)
# Memory for public pages as they were sent, in each web process; 0 stores none.
PAGE_STORE_MB: int = env.int("PAGE_STORE_MB", default=16)
# Where stored pages are written as files too, for nginx or Caddy; empty: nowhere.
PAGE_DIRECTORY: str = env("PAGE_DIRECTORY", cast=absolute_path, default="")
PAGE_DIRECTORY_MB: int = env("PAGE_DIRECTORY_MB", cast=positive, default=100)
if TESTING:
    # Most tests never commit, so no change would be heard of. Servers that a test starts store pages.
    PAGE_STORE_MB = 0
# A content delivery network that is told which pages have changed, and so may keep them.
CDN_PROVIDER, CDN_TARGET, CDN_TOKEN = content_delivery("CDN_PROVIDER", "CDN_TARGET", "CDN_TOKEN")

# Where backups are made, in folders of their own; empty: nowhere (docs/running-in-production.md).
BACKUP_DIRECTORY: str = env("BACKUP_DIRECTORY", cast=absolute_path, default="")
# When the worker makes one every day, such as 03:30 (UTC); empty: never, a timer of the system does.
BACKUP_TIME: str = backup_time("BACKUP_TIME", "BACKUP_DIRECTORY")
# The newest backups of how many days, weeks and months are kept.
BACKUP_KEEP = retention("BACKUP_KEEP", "7d,4w,6m")
# A public or secret key of age, with which backups are encrypted; None: they are not.
BACKUP_KEY = backup_key("BACKUP_KEY")
# After how many days the daily backup is followed by a restore drill; 0: never.
BACKUP_DRILL_DAYS: int = env.int("BACKUP_DRILL_DAYS", default=7)

# Apps and middleware

INSTALLED_APPS = [
    "iria.apps.IriaConfig",
    "iria.apps.IriaAdminConfig",
    # Before accounts, which removes its secrets from the admin.
    "allauth.mfa",
    "accounts",
    "articles",
    "newsletter",
    # A site may leave these three out: docs/decisions/optional-apps.md.
    "iria.transfer",
    "iria.operations",
    "iria.lab",
    "taggit",
    "allauth",
    "allauth.account",
    "django_prose_editor",
    "procrastinate.contrib.django",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
]

# Sessions, sign-in and CSRF tokens exist only under PRIVATE_PATHS (iria.core.http.private_paths): a public
# page cannot set or read a cookie. Public forms are protected by Origin.
MIDDLEWARE = [
    "iria.health.HealthEndpoints",
    "iria.core.http.request_log.RequestIds",
    "iria.themes.middleware.ChosenTheme",
    "iria.core.http.headers.ForwardedHeaders",
    "django.middleware.security.SecurityMiddleware",
    "iria.core.static_storage.StaticFiles",
    "iria.core.http.headers.Compression",
    "articles.public.redirect_middleware.NumberedRedirects",
    "iria.core.http.page_store.StoredPages",
    "iria.core.http.headers.ResponseHeaders",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "iria.core.http.private_paths.SameOrigin",
    "django.middleware.common.CommonMiddleware",
    "articles.public.redirect_middleware.RedirectMiddleware",
    "iria.core.http.private_paths.Sessions",
    "iria.core.http.private_paths.Csrf",
    "iria.core.http.private_paths.Authentication",
    "iria.core.http.private_paths.Messages",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.sessions.SessionActivityMiddleware",
    "accounts.mfa.RequireTwoFactor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# Where Prometheus fetches figures (iria.operations.metrics); empty: nowhere.
METRICS_ADDRESS: str = env("METRICS_ADDRESS", cast=host_and_port, default="")
if METRICS_ADDRESS and not is_command_line(sys.argv[0]):
    MIDDLEWARE.insert(0, "iria.operations.metrics.Requests")
    # The processes of one gunicorn count in files of one folder. Set before prometheus_client is loaded.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(metrics_folder(STATE))
# `make dev` sets it; the packages are in no lock but the one for developing.
DEVELOPING: bool = DEBUG and "IRIA_DEVELOP" in os.environ
if DEVELOPING:
    INSTALLED_APPS += ["debug_toolbar", "django_browser_reload"]
    # After what compresses and stores pages.
    place = MIDDLEWARE.index("django.middleware.common.CommonMiddleware")
    MIDDLEWARE[place:place] = [
        "debug_toolbar.middleware.DebugToolbarMiddleware",
        "django_browser_reload.middleware.BrowserReloadMiddleware",
    ]
    INTERNAL_IPS = ["127.0.0.1"]
    # A stored page would show a template as it was before it was changed.
    PAGE_STORE_MB = 0
PRIVATE_PATHS = ("/admin/", "/accounts/", "/comments/")

ROOT_URLCONF = "iria.urls"
WSGI_APPLICATION = "iria.wsgi.application"
# The site is at the root of its host. Otherwise a header could add a prefix to every URL, and URLs are
# cached (iria.core.http.urls).
FORCE_SCRIPT_NAME = ""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Themes by name, the first is the default: docs/themes.md.
THEMES = themes("IRIA_THEME", CODE / "iria" / "themes")
TEMPLATES = [
    {
        "NAME": "django",
        "BACKEND": "iria.themes.loader.ThemeTemplates",
        "DIRS": [DATA / "templates"],
        "OPTIONS": {
            # Templates of the theme first, then those of the project and of apps.
            "loaders": [
                (
                    "iria.themes.loader.Loader",
                    [
                        "iria.themes.loader.ThemeLoader",
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "iria.publication.context_processors.publication",
                "articles.public.teaser_cards.image_credits",
                "articles.public.navigation.navigation",
            ],
            # All public templates are translated; none has to load this first.
            "builtins": ["django.templatetags.i18n"],
        },
    },
]

# Widgets of our own have templates in the same folder.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Databases, caches, files

# Past a pooler such as PgBouncer, for all that keeps a connection to itself: the worker, commands such as
# migrate, and the thread that listens for changes.
DATABASE_DIRECT_URL: str = env.str("DATABASE_DIRECT_URL", default="")
DATABASE_DIRECT = database("DATABASE_DIRECT_URL") if DATABASE_DIRECT_URL else {}
DATABASE_POOLED = database("DATABASE_URL") if DATABASE_DIRECT_URL else {}
# The setting that names the database of this process.
DATABASE_SETTING = (
    "DATABASE_DIRECT_URL"
    if DATABASE_DIRECT_URL and is_command_line(sys.argv[0])
    else "DATABASE_URL"
)
DATABASES = {"default": database(DATABASE_SETTING)}
# A streaming replica, for rendering public pages (docs/decisions/several-machines.md).
DATABASE_REPLICA_URL: str = env.str("DATABASE_REPLICA_URL", default="")
if DATABASE_REPLICA_URL and not TESTING:
    DATABASES["replica"] = database("DATABASE_REPLICA_URL")
    DATABASE_ROUTERS = ["iria.core.db.replica.Router"]
DATABASE_POOL_SIZE = 8
# Imports, backups and other jobs of minutes or hours, which the worker runs besides the others.
LONG_QUEUE = "long"
LONG_CONCURRENCY = 3
for _alias, _database in DATABASES.items():
    _database["ENGINE"] = "iria.core.db.backend"
    # Prepared statements take PostgreSQL less than half the time (docs/performance.md).
    _database["OPTIONS"] |= {"server_side_binding": True, "prepare_threshold": 2}
    # A server that cannot be reached, or a network that drops packets, is noticed within seconds.
    for _name, _value in {
        "connect_timeout": 3 if _alias == "default" else 2,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
    }.items():
        _database["OPTIONS"].setdefault(_name, _value)
    # Only processes with threads use a pool. A command has its own connection, and fails at once.
    if not TESTING and not is_command(sys.argv):
        _database["OPTIONS"]["pool"] = {
            "min_size": 1 if _alias == "default" else 0,
            # One more for each long job of the worker, and one for their progress.
            "max_size": DATABASE_POOL_SIZE
            + (LONG_CONCURRENCY + 1) * ("procrastinate" in sys.argv[1:2]),
            # The primary is used instead of a replica.
            "timeout": 3 if _alias == "default" else 1,
            # Reconnect when a connection is needed, not at growing intervals
            # (docs/decisions/database.md).
            "reconnect_timeout": 0,
        }
        # Pooled connections are checked before use, for restarts of the database.
        _database["CONN_HEALTH_CHECKS"] = True
# How many web processes `iria web` starts; a new value counts after a restart.
WEB_CONCURRENCY: int = env("WEB_CONCURRENCY", cast=positive, default=4)
# SQL statements that take at least as long are logged; 0: none.
SLOW_QUERY_MS: int = env.int("SLOW_QUERY_MS", default=0)
_CACHE_URL = cache_url("CACHE_URL")
# In PostgreSQL, so that limits on sign-in are counted for all processes.
_DATABASE_CACHE: dict[str, Any] = {
    "BACKEND": "django.core.cache.backends.db.DatabaseCache",
    "LOCATION": "iria_cache",
    # Keys of rate limits contain IP addresses: docs/decisions/counting.md.
    "KEY_FUNCTION": "iria.core.security.cache_key",
    # An attacker with many keys must not evict the limits on sign-in.
    "OPTIONS": {"MAX_ENTRIES": 50_000},
}
CACHES: dict[str, dict[str, Any]]
if _CACHE_URL == "none":
    CACHES = {"default": _DATABASE_CACHE}
else:
    CACHES = {
        "default": {
            "BACKEND": "iria.core.redis_cache.RedisCache",
            "LOCATION": _CACHE_URL,
            "KEY_FUNCTION": "iria.core.security.cache_key",
            "KEY_PREFIX": "iria",
        },
        # While Redis does not answer.
        "database": _DATABASE_CACHE,
    }

MEDIA_ROOT = STATE / "media"
MEDIA_URL = "/pictures/"
_BUCKET = bucket("S3_BUCKET")
STORAGES: dict[str, dict[str, Any]] = {
    "default": _BUCKET or {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "iria.core.static_storage.OneStylesheet"},
}
if DEBUG or TESTING:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    WHITENOISE_USE_FINDERS = True
    # Every test client creates the middleware, which would read all files each time.
    WHITENOISE_AUTOREFRESH = True
# Images are served by this process, by nginx or by a bucket: docs/decisions/images.md.
IMAGE_ACCEL_LOCATION: str = env("IMAGE_ACCEL_LOCATION", cast=internal_location, default="")
IMAGES_IN_BUCKET = bool(_BUCKET)
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", cast=absolute_path, default="") or STATE / "static")
STATICFILES_DIRS: list[Path | tuple[str, Path]] = [DATA / "static"]
if DEBUG or TESTING:
    # Otherwise `iria.core.static_storage` copies them, also while the site is running.
    STATICFILES_DIRS += [
        (f"themes/{key}", each / "static")
        for key, each in THEMES.items()
        if (each / "static").is_dir()
    ]
STATIC_ROOT.mkdir(mode=0o750, exist_ok=True)

# Uploads are limited in bytes before anything decodes them; a body of 2 MB must still be a form.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
IMAGE_MAX_BYTES = 60 * 1024 * 1024
FILE_MAX_BYTES = 60 * 1024 * 1024
# For the group of nginx, if it serves the images.
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750

# Time and language

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LOCALE_PATHS = [DATA / "locale"]
# The languages of the interface, those with a catalogue; pages choose one by their content, see
# docs/decisions/languages.md. The admin is in English.
LANGUAGES = [
    (code, languages.native_name(code))
    for code in languages.LANGUAGES
    if code == "en" or (LOCALE_PATHS[0] / code / "LC_MESSAGES" / "django.mo").is_file()
]
FORMAT_MODULE_PATH = "iria.formats"

# Mail

MAIL_FOLDER = STATE / "mail"
MAILERS = {
    "default": mailer("MAIL_URL", MAIL_FOLDER),
    "newsletter": mailer("NEWSLETTER_MAIL_URL", MAIL_FOLDER)
    if env.str("NEWSLETTER_MAIL_URL", default="")
    else mailer("MAIL_URL", MAIL_FOLDER),
}
# How many connections to the mail server one worker keeps open for an issue.
NEWSLETTER_CONNECTIONS: int = env.int("NEWSLETTER_CONNECTIONS", default=3)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"desk@{SITE_HOST}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Bounces are sent to this domain and read from this mailbox (docs/running-mail.md).
BOUNCE_DOMAIN: str = env("BOUNCE_DOMAIN", cast=mail_domain, default="")
BOUNCE_MAILBOX_URL: str = mailbox("BOUNCE_MAILBOX_URL")
# Or the mail provider reports bounces by webhook; the secret proves that it is calling.
MAIL_PROVIDER, MAIL_PROVIDER_SECRET = provider("MAIL_PROVIDER", "MAIL_PROVIDER_SECRET")
# With all three, IRIA signs newsletters; without them the relay does.
DKIM_DOMAIN, DKIM_SELECTOR, DKIM_KEY = signature("DKIM_DOMAIN", "DKIM_SELECTOR", "DKIM_KEY_FILE")

# People

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.password_validation.PasswordStrengthValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_profile"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "accounts.adapter.display_name"
ACCOUNT_LOGIN_METHODS = {"email"}
# Without a password, users sign in with a code sent by e-mail.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupFields"
ACCOUNT_FORMS = {"signup": "accounts.allauth_forms.SignupForm"}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 10 * 60
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True
SESSION_ENGINE = "accounts.sessions"

# Two-factor authentication is required for the admin, except on a local machine.
STAFF_SECOND_FACTOR: bool = env.bool("STAFF_SECOND_FACTOR", default=not (LOCAL_ONLY or TESTING))
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1  # a step of half a minute either way, for phones whose clock is off
MFA_FORMS = {
    "authenticate": "accounts.allauth_forms.TwoFactorForm",
    "reauthenticate": "accounts.allauth_forms.TwoFactorReauthenticateForm",
    "add_webauthn": "accounts.allauth_forms.AddPasskeyForm",
    "authenticate_webauthn": "accounts.allauth_forms.PasskeyForm",
    "reauthenticate_webauthn": "accounts.allauth_forms.PasskeyReauthenticateForm",
    "login_webauthn": "accounts.allauth_forms.PasskeyLoginForm",
}

# Security

SECURE_CSP = {
    "default-src": [CSP.NONE],
    # The nonce is created only if a template uses it: for the import map of the admin.
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, *([bucket_url(_BUCKET)] if _BUCKET else [])],
    "media-src": [CSP.SELF, *([bucket_url(_BUCKET)] if _BUCKET else [])],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "frame-src": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "object-src": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
# Both concern the whole domain, and browsers remember them for a year: its owner decides.
SECURE_HSTS_INCLUDE_SUBDOMAINS: bool = env.bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD: bool = env.bool("HSTS_PRELOAD", default=False)
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "iria.core.http.private_paths.csrf_failure"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Django looks for its CSRF middleware by name and does not find ours, a subclass; and
# HSTS for subdomains and preload lists is a decision of the owner of the domain.
SILENCED_SYSTEM_CHECKS = ["security.W003", "security.W005", "security.W021"]

# Jobs and taggit

PROCRASTINATE_WORKER_DEFAULTS: dict[str, Any] = {"concurrency": 2, "delete_jobs": "successful"}
TAGGIT_CASE_INSENSITIVE = True

# Reports of errors without personal data (iria.error_reports).
SENTRY_DSN: str = sentry("SENTRY_DSN")
# line: for people; json: one object a line, for programs that collect logs.
LOG_FORMAT = one_of("LOG_FORMAT", "line", "json")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"},
        "json": {"()": "iria.core.http.request_log.JsonFormatter"},
    },
    "filters": {
        "once_per_outage": {"()": "iria.core.db.outage.OncePerOutage"},
        "ended_jobs": {"()": "iria.core.http.request_log.EndedJobs"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": LOG_FORMAT,
            "filters": ["once_per_outage"],
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        # They would log each connection attempt of the pool, and each query that an outage interrupts.
        "psycopg.pool": {"level": "CRITICAL"},
        "psycopg": {"level": "ERROR"},
        # Which old backups are deleted, and how long each job took.
        "iria.operations.backup": {"level": "INFO"},
        "procrastinate.worker": {"level": "INFO", "filters": ["ended_jobs"]},
    },
}

check_names(BASE_DIR / ".env")
