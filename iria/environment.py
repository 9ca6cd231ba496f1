"""Reads settings from the environment; errors name the setting."""

import errno
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from importlib import import_module
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import environ
from django.core.checks import Warning
from django.core.checks.security.base import (
    SECRET_KEY_INSECURE_PREFIX,
    SECRET_KEY_MIN_LENGTH,
    SECRET_KEY_MIN_UNIQUE_CHARACTERS,
)
from django.core.exceptions import ImproperlyConfigured

from iria.launcher.paths import make_folder, restrict_permissions
from iria.operations.backup import Retention
from iria.operations.backup.keys import Key
from newsletter.bounces.providers import PROVIDERS

FORMER_NAMES: Final = {
    "API_RATE_LIMIT": "API_PER_MINUTE",
    "IMAGE_ACCEL_LOCATION": "PICTURES_ACCEL",
    "SEARCH_RATE_LIMIT": "SEARCH_PER_MINUTE",
}
"""Settings that were renamed; the old name still works."""
BUCKET_NAMES: Final = ("S3_REGION", "S3_ENDPOINT", "S3_KEY_ID", "S3_SECRET_KEY")
"""Read only with S3_BUCKET."""


class Env(environ.Env):  # type: ignore[misc]  # it has no types
    """django-environ's Env. A wrong value stops the start with one sentence that names the setting."""

    names: Final = set[str]()
    """The names of the settings that were read."""

    def get_value(
        self, var: str, cast: Any = None, default: Any = environ.Env.NOTSET, **options: Any
    ) -> Any:
        self.names.add(var)
        if var not in self.ENVIRON:
            former = FORMER_NAMES.get(var, var)
            var = former if former in self.ENVIRON else var
        try:
            return super().get_value(var, cast=cast, default=default, **options)
        except (ValueError, TypeError, ImproperlyConfigured) as error:
            given = self.ENVIRON.get(var)
            kind = KINDS.get(cast, getattr(cast, "__name__", "value"))
            problem = "is missing" if given is None else f"is “{given}”, which is not a {kind}"
            raise invalid(var, f"{problem}. See .env.example.") from error

    @classmethod
    def parse_value(cls, value: Any, cast: Any) -> Any:
        """Like django-environ, but rejects a bool that is neither on nor off."""
        if cast is bool:
            text = value.strip().lower()
            if text in {*cls.BOOLEAN_TRUE_STRINGS, "1"}:
                return True
            if text in {"", "0", "false", "no", "off"}:
                return False
            raise ValueError(value)
        return super().parse_value(value, cast)


def check_names(file: Path) -> None:
    """Refuses a name in the file of settings that is almost one: nothing else would notice it."""
    text = file.read_text(errors="replace") if file.is_file() else ""
    for error in _almost_settings(re.findall(r"^\s*(?:export\s+)?(\w+)\s*=", text, re.MULTILINE)):
        raise error


def check_inherited_names(**_: Any) -> list[Warning]:
    """Names such variables of the environment, which may be those of other programs."""
    return [Warning(str(error), id="iria.W003") for error in _almost_settings(env.ENVIRON)]


def _almost_settings(names: Iterable[str]) -> Iterator[ImproperlyConfigured]:
    known = {*env.names, *FORMER_NAMES.values(), *BUCKET_NAMES, "IRIA_STATE", "IRIA_DEMO_PASSWORD"}
    for name in sorted({*names} - known):
        similar = get_close_matches(name, known, n=1, cutoff=0.85)
        # Other programs name theirs DATABASE_URL_OTHER.
        if similar and len(name) > len("DEBUG") and not name.startswith(f"{similar[0]}_"):
            yield invalid(name, f"does not exist. Did you mean {similar[0]}?")


def hosts(name: str, default: str) -> list[str]:
    """Host names, separated by commas."""
    values: list[str] = [each.strip() for each in env.list(name, default=[default])]
    for value in values:
        if not re.fullmatch(r"\*|\.?[\w.-]+|\[[0-9A-Fa-f:.]+\]", value):
            raise invalid(
                name,
                f"is “{','.join(values)}”. Enter host names without http:// and port, separated by commas, such as "
                "www.example.org,example.org.",
            )
    return values


ENCODED: Final = "In a user name or a password, write / as %2F, # as %23, ? as %3F and @ as %40."

env = Env()


def invalid(name: str, problem: str) -> ImproperlyConfigured:
    """The error about a setting: the sentence “The setting NAME …”."""
    return ImproperlyConfigured(f"The setting {name} {problem}")


def needs_packages(lock: str) -> str:
    return f"needs the packages of requirements-{lock}.txt. `iria-server upgrade` installs them."


def url(name: str, default: str) -> str:
    """A URL, without a slash at its end."""
    value: str = env.str(name, default=default).strip()
    try:
        parts = urlsplit(value)
        # Reading the port raises the error about an invalid one.
        has_host = parts.port != 0 and bool(parts.hostname)
        is_valid = parts.scheme in {"http", "https"} and has_host and len(value.split()) == 1
    except ValueError:
        is_valid = False
    if not is_valid:
        raise invalid(name, f"is “{value}”. Enter a URL such as https://www.example.org.")
    return value.rstrip("/")


def one_of(name: str, *choices: str) -> str:
    """One of several words; the first one if none is set."""
    value: str = env.str(name, default=choices[0]).strip().lower()
    if value not in choices:
        raise invalid(name, f"is “{value}”. Enter one of: {', '.join(choices)}.")
    return value


def optional_url(name: str) -> str:
    """A URL as it was set; empty if none is."""
    value: str = env.str(name, default="").strip()
    return value if value and url(name, "") else ""


def contact(name: str) -> str:
    """An e-mail address, or a URL; empty if none is set."""
    value: str = env.str(name, default="").strip()
    if value and not re.fullmatch(r"(mailto:)?[^\s:@]+@[^\s:@]+|(https|tel):\S+", value):
        raise invalid(
            name, f"is “{value}”. Enter an e-mail address or a URL that begins with https:."
        )
    return value


def site_url(name: str, default: str) -> str:
    """The URL of the site, without a path: all paths start at the host. In lower case, as browsers write it."""
    value = url(name, default)
    parts = urlsplit(value)
    if "@" in parts.netloc:
        # The value contains a password, so the error does not repeat it.
        raise invalid(name, "must not contain a user name or a password: it is part of every link.")
    if parts.path or parts.query or parts.fragment:
        raise invalid(
            name, f"is “{value}”. Enter a URL without a path, such as https://www.example.org."
        )
    return value.lower()


def mailer(name: str, folder: Path) -> dict[str, Any]:
    """A mail server such as smtp+tls://user:password@host:587; files in a folder if none is set."""
    value: str = env.str(name, default="")
    if not value:
        return {"BACKEND": "iria.core.mail.FolderBackend", "OPTIONS": {"folder": str(folder)}}
    like_mail_url = f"should be like smtp+tls://user:password@mail.example.org:587. {ENCODED}"
    try:
        config = environ.Env.email_url_config(value)
    except (KeyError, ValueError, ImproperlyConfigured) as error:
        # The value may contain a password, so the error does not repeat it.
        raise invalid(name, like_mail_url) from error
    is_smtp = config["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    if is_smtp and not config["EMAIL_HOST"]:
        raise invalid(name, like_mail_url)
    if not is_smtp:
        return {"BACKEND": config["EMAIL_BACKEND"]}
    options = {
        "host": config.get("EMAIL_HOST"),
        "port": config.get("EMAIL_PORT"),
        "username": config.get("EMAIL_HOST_USER") or "",
        "password": config.get("EMAIL_HOST_PASSWORD") or "",
        "use_tls": config.get("EMAIL_USE_TLS", False),
        "use_ssl": config.get("EMAIL_USE_SSL", False),
        "timeout": 20,
    }
    return {"BACKEND": config["EMAIL_BACKEND"], "OPTIONS": options}


def mail_domain(text: str) -> str:
    """The part of an e-mail address after the @, in lower case."""
    domain = text.strip().lower()
    if domain and not re.fullmatch(r"(?:[a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}", domain):
        raise ValueError(text)
    return domain


def provider(name: str, secret: str) -> tuple[str, str]:
    """The mail provider that calls the bounce webhook, and the secret of its calls; empty if none."""
    text: str = env.str(name, default="").strip().lower()
    if not text:
        return "", ""
    if text not in PROVIDERS:
        raise invalid(name, f"is “{text}”. Enter one of: {', '.join(PROVIDERS)}.")
    if find_spec("anymail") is None:
        raise invalid(name, needs_packages("webhooks"))
    given: str = env.str(secret, default="").strip()
    if not PROVIDERS[text].accepts(given):
        # The value may be a secret with a typo, so the error does not repeat it.
        label = PROVIDERS[text].credential_label
        raise invalid(
            secret, f"should be {label}, so that nobody else can call as {PROVIDERS[text].name}."
        )
    return text, given


def content_delivery(name: str, target: str, token: str) -> tuple[str, str, str]:
    """The network in front of the site, what to purge there, and the secret for it; empty if none."""
    chosen = one_of(name, "none", "cloudflare", "fastly", "bunny", "generic")
    if chosen == "none":
        return "", "", ""
    if not env.int("PAGE_STORE_MB", default=1):
        raise invalid(name, "needs stored pages. Remove PAGE_STORE_MB=0.")
    secret: str = env.str(token, default="").strip()
    if not re.fullmatch(r"[!-~]{8,}" if chosen != "generic" else r"[!-~]*", secret):
        # The value may be a secret with a typo, so the error does not repeat it.
        raise invalid(token, f"should be a token that may purge at {chosen}.")
    if chosen == "generic":
        if "@" in urlsplit(env.str(target, default="")).netloc:
            # The value contains a secret, so the error does not repeat it.
            raise invalid(target, f"must not contain a password. Set it as {token}.")
        return chosen, url(target, ""), secret
    wanted: str = env.str(target, default="").strip()
    if not re.fullmatch(r"[A-Za-z0-9]{1,64}", wanted):
        kind = {"cloudflare": "zone", "fastly": "service", "bunny": "pull zone"}[chosen]
        raise invalid(target, f"should be the ID of the {kind}: letters and digits only.")
    return chosen, wanted, secret


def backup_time(name: str, directory: str) -> str:
    """A time of day such as 03:30; empty if none is set."""
    text: str = env.str(name, default="").strip()
    if text and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
        raise invalid(name, f"is “{text}”. Enter a time (UTC) such as 03:30.")
    if text and not env.str(directory, default=""):
        raise invalid(name, f"needs {directory}, the folder of the backups. Set both.")
    return text


def retention(name: str, default: str) -> Retention:
    """How many daily, weekly and monthly backups are kept."""
    text: str = env.str(name, default=default)
    try:
        return Retention.parse(text)
    except ValueError as error:
        raise invalid(
            name, f"is “{text}”. Enter days, weeks and months such as {default}."
        ) from error


def backup_key(name: str) -> Key | None:
    """A key of age; None if none is set."""
    text: str = env.str(name, default="")
    if not text.strip():
        return None
    try:
        return Key.parse(text)
    except ValueError as error:
        # The value may be a secret with a typo, so the error does not repeat it.
        raise invalid(
            name,
            "should be a key of age, which begins with age1 or AGE-SECRET-KEY-1. "
            "`manage.py backup --new-key` prints one.",
        ) from error


def akismet_key(name: str) -> str:
    """A key of akismet.com; empty if none is set."""
    key: str = env.str(name, default="").strip()
    if key and not re.fullmatch(r"[A-Za-z0-9]{8,64}", key):
        # The value may contain the key, so the error does not repeat it.
        raise invalid(name, "should be a key of akismet.com: letters and digits only.")
    return key


def secret_key(name: str, *, accept_weak: bool) -> str:
    """Django's SECRET_KEY, which also encrypts the secrets of authenticator apps.

    Args:
        accept_weak: for a site that only its own machine can reach.
    """
    key: str = env.str(name, default="")
    if not key:
        raise invalid(
            name, "is missing. `make run` or `iria run` creates one; elsewhere set a random value."
        )
    # As in Django's check security.W009. The error does not repeat the value.
    is_weak = (
        len(key) < SECRET_KEY_MIN_LENGTH
        or len(set(key)) < SECRET_KEY_MIN_UNIQUE_CHARACTERS
        or key.startswith(SECRET_KEY_INSECURE_PREFIX)
    )
    if is_weak and not accept_weak:
        raise invalid(
            name,
            f"is too easy to guess. Set at least {SECRET_KEY_MIN_LENGTH} random "
            f"characters, and keep the old value in {name}_FALLBACKS for a while.",
        )
    return key


def signature(domain: str, selector: str, key_file: str) -> tuple[str, str, str]:
    """Domain, selector and private key of DKIM: all three, or none."""
    given = {name: env.str(name, default="") for name in (domain, selector, key_file)}
    if not any(given.values()):
        return "", "", ""
    for name, value in given.items():
        if not value:
            raise invalid(name, f"is missing. Set {domain}, {selector} and {key_file} together.")
    try:
        key = Path(given[key_file]).read_text("ascii")
    except (OSError, UnicodeError) as error:
        raise invalid(key_file, "names a file that cannot be read.") from error
    if "PRIVATE KEY-----" not in key or "ENCRYPTED" in key:
        raise invalid(key_file, "must name an RSA key in PEM format without a password.")
    try:
        signing_domain = mail_domain(given[domain])
    except ValueError as error:
        raise invalid(
            domain, f"is “{given[domain]}”, which is not a {KINDS[mail_domain]}."
        ) from error
    return signing_domain, given[selector], key


def mailbox(name: str) -> str:
    """A mailbox to read: by IMAP, or a local Maildir; empty if none is set."""
    value: str = env.str(name, default="")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        # Reading the port raises the error about an invalid one.
        is_valid = parts.port != 0 and bool(parts.hostname or parts.scheme == "maildir")
    except ValueError:
        is_valid = False
    if (
        not is_valid
        or parts.scheme not in {"imap", "imaps", "maildir"}
        or (parts.scheme == "maildir" and not parts.path.startswith("/"))
    ):
        # The value may contain a password, so the error does not repeat it.
        raise invalid(
            name,
            "should be like imaps://user:password@mail.example.org/INBOX or "
            "maildir:///var/mail/bounces.",
        )
    return value


def database(name: str) -> dict[str, Any]:
    value: str = env.str(name, default="")
    if not value:
        raise invalid(
            name,
            "is missing. `make run` and `manage.py` create a database; a server of "
            "your own looks like postgres://user:password@host:5432/iria.",
        )
    try:
        config: dict[str, Any] = environ.Env.db_url_config(value)
    except (ValueError, ImproperlyConfigured) as error:
        raise invalid(
            name, f"should be like postgres://user:password@host:5432/iria. {ENCODED}"
        ) from error
    if config.get("ENGINE") != "django.db.backends.postgresql":
        raise invalid(name, "must be a PostgreSQL database (postgres://…).")
    if not config["NAME"]:
        raise invalid(
            name, "names no database; it should be like postgres://user:password@host:5432/iria."
        )
    config.setdefault("OPTIONS", {})
    return config


def cache_url(name: str) -> str:
    """The URL of Redis, or `none`."""
    value: str = env.str(name, default="none").strip()
    try:
        parts = urlsplit(value)
        is_redis = parts.scheme in {"redis", "rediss"} and bool(parts.port or parts.hostname)
    except ValueError:
        is_redis = False
    if value != "none" and not (is_redis and re.fullmatch(r"/?\d*", parts.path)):
        # The value may contain a password, so the error does not repeat it.
        raise invalid(name, f"should be none, or like redis://:password@host:6379/0. {ENCODED}")
    return value


def writable_folder(folder: Path) -> Path:
    """Creates the state folder if necessary, and closes it to other accounts."""
    try:
        make_folder(folder)
        restrict_permissions(folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "permission denied")
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ImproperlyConfigured(
            f"The state folder {folder} is not writable ({reason}). Give it to the account "
            "that runs the site, or set IRIA_STATE to another folder."
        ) from error
    return folder


def is_command(arguments: Sequence[str]) -> bool:
    """Whether this process is a short command of `manage.py`."""
    has_threads = not {"procrastinate", "runserver"}.isdisjoint(arguments[1:2])
    return is_command_line(arguments[0]) and not has_threads


def is_command_line(program: str) -> bool:
    """Whether this process is `manage.py`, or `iria`, which is the same."""
    return Path(program).name in {"manage.py", "iria", "command_line.py"}


def internal_location(text: str) -> str:
    """A location of nginx, with a slash at both ends."""
    location = text.strip()
    if location and not (location.startswith("/") and location.endswith("/") and len(location) > 2):
        raise ValueError(text)
    return location


def absolute_path(text: str) -> str:
    """The path of a folder, which need not exist yet."""
    path = text.strip()
    if path and not (path.startswith("/") and path.strip("/")):
        raise ValueError(text)
    return path


def positive(text: str) -> int:
    """A number of at least one."""
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def host_and_port(text: str) -> str:
    """A host and a port."""
    value = text.strip()
    host, _, port = value.rpartition(":")
    if value and not (host and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError(text)
    return value


def metrics_folder(state: Path) -> Path:
    """The folder in which the processes of this web server count; removes those of ended ones."""
    folders = make_folder(state / "metrics")
    for folder in folders.iterdir():
        if folder.name.isdecimal() and not is_running(int(folder.name)):
            shutil.rmtree(folder, ignore_errors=True)
    # gunicorn's main process does not load the settings, and is the parent of those that do.
    return make_folder(folders / str(os.getppid()))


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


KINDS: Final = {
    positive: "number of at least 1",
    host_and_port: "host and port such as 127.0.0.1:9464",
    bool: "yes or no",
    int: "number",
    mail_domain: "mail domain such as bounces.example.org",
    internal_location: "location of nginx such as /renditions/",
    absolute_path: "folder such as /run/iria/pages",
}
"""How an error names what a setting should be."""


def sentry(name: str) -> str:
    """The URL of a project of Sentry; empty if none is set."""
    dsn: str = env.str(name, default="").strip()
    if not dsn:
        return ""
    try:
        sentry_utils = import_module("sentry_sdk.utils")
    except ImportError as error:
        raise invalid(name, needs_packages("sentry")) from error
    try:
        sentry_utils.Dsn(dsn)
    except ValueError as error:
        # The value may contain the key, so the error does not repeat it.
        raise invalid(name, "should be like https://key@sentry.example.org/1.") from error
    return dsn


def bucket(name: str) -> dict[str, Any]:
    """A private bucket of S3 or a compatible service as storage; empty if none is set."""
    if not env.str(name, default=""):
        return {}
    if find_spec("obstore") is None:
        raise invalid(name, needs_packages("s3"))
    options = {
        "name": env.str(name),
        "region": env.str("S3_REGION", default="us-east-1"),
        "endpoint": url("S3_ENDPOINT", "") if env.str("S3_ENDPOINT", default="") else "",
        "key_id": env.str("S3_KEY_ID", default=""),
        "secret": env.str("S3_SECRET_KEY", default=""),
    }
    return {"BACKEND": "articles.images.s3_storage.Bucket", "OPTIONS": options}


def bucket_url(storage: dict[str, Any]) -> str:
    """The URL of the bucket, for the content security policy."""
    options = storage["OPTIONS"]
    endpoint = options["endpoint"] or f"https://s3.{options['region']}.amazonaws.com"
    return f"{endpoint}/{options['name']}/"


def networks(name: str) -> list[Any]:
    parsed = []
    for part in env.list(name, default=[]):
        try:
            parsed.append(ip_network(part.strip()))
        except ValueError as error:
            raise invalid(
                name, f"contains “{part}”, which is not an IP network such as 10.0.0.0/8."
            ) from error
    return parsed


def themes(name: str, built_in: Path) -> dict[str, Path]:
    """The folders of the themes by name, in the order of the setting; the built-in ones if it is empty.

    Each is the name of a built-in theme, a folder with `theme.toml`, or an installed package with one. A
    folder that is gone stops no start: readers get the built-in look, and editors a sentence.
    """
    folders: dict[str, Path] = {}
    for entry in env.list(name, default=["default", "institute"]):
        folder = _theme_folder(entry.strip(), built_in)
        if folder is None:
            raise invalid(
                name,
                f"contains “{entry}”. Enter the name of a built-in theme, a folder "
                "that contains theme.toml, or an installed package that does.",
            )
        key = re.sub(r"[^a-z0-9]+", "-", folder.name.lower()).strip("-")
        if key in folders:
            raise invalid(name, f"contains two themes with the name “{key}”. Rename a folder.")
        folders[key] = folder
    return folders


def _theme_folder(entry: str, built_in: Path) -> Path | None:
    folders = [built_in / entry, Path(entry)] if entry else []
    if re.fullmatch(r"\w+(\.\w+)*", entry):
        try:
            package = find_spec(entry)
        except ModuleNotFoundError:
            package = None
        folders += map(Path, (package and package.submodule_search_locations) or ())
    found = next((each.resolve() for each in folders if (each / "theme.toml").is_file()), None)
    return found or (Path(entry) if Path(entry).is_absolute() else None)
