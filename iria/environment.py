"""Reading settings from the environment: a value, or one sentence that names what is wrong."""

import errno
import os
import re
from collections.abc import Sequence
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.checks.security.base import (
    SECRET_KEY_INSECURE_PREFIX,
    SECRET_KEY_MIN_LENGTH,
    SECRET_KEY_MIN_UNIQUE_CHARACTERS,
)
from django.core.exceptions import ImproperlyConfigured

from iria.running.places import make_folder, tighten
from newsletter.bounces.webhooks.providers import PROVIDERS

env = environ.Env()


def read_file(path: Path) -> None:
    """Takes settings from a file where the environment itself does not name them."""
    environ.Env.read_env(path)


def yes_or_no(text: str) -> bool:
    """A switch; anything that is neither on nor off is a mistake, not an off."""
    word = text.strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"", "0", "false", "no", "off"}:
        return False
    raise ValueError(text)


yes_or_no.__name__ = "yes or no"


def setting(name: str, kind: Any, default: Any = environ.Env.NOTSET) -> Any:
    """One value from the environment, or a sentence that names what is wrong with it."""
    try:
        return env.get_value(name, cast=kind, default=default)
    except (ValueError, TypeError, ImproperlyConfigured) as mistake:
        given = os.environ.get(name)
        problem = "is missing" if given is None else f"is “{given}”, which is not a {kind.__name__}"
        sentence = f"The setting {name} {problem}; .env.example says what it should be."
        raise ImproperlyConfigured(sentence) from mistake


def address(name: str, default: str) -> str:
    """A setting that is a web address, without a slash at its end."""
    value: str = setting(name, str, default)
    try:
        parts = urlsplit(value)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        sentence = f"The setting {name} is “{value}”; it should be like https://www.example.org."
        raise ImproperlyConfigured(sentence)
    return value.rstrip("/")


def site_address(name: str, default: str) -> str:
    """The address of the site: a host and nothing below it, since every path begins at the host."""
    value = address(name, default)
    parts = urlsplit(value)
    if parts.path or parts.query or parts.fragment:
        sentence = f"The setting {name} is “{value}”; it should be like https://www.example.org, without a path."
        raise ImproperlyConfigured(sentence)
    return value


def mailer(name: str, folder: Path) -> dict[str, Any]:
    """A mail address such as smtp+tls://user:password@host:587, or files in a folder without one."""
    value: str = setting(name, str, "")
    if not value:
        return {"BACKEND": "iria.core.mail.FolderBackend", "OPTIONS": {"folder": str(folder)}}
    try:
        config = environ.Env.email_url_config(value)
    except (KeyError, ValueError, ImproperlyConfigured) as mistake:
        # The value may hold a password, so it is not repeated.
        sentence = (
            f"The setting {name} should be like smtp+tls://user:password@mail.example.org:587."
        )
        raise ImproperlyConfigured(sentence) from mistake
    options = {
        "host": config.get("EMAIL_HOST"),
        "port": config.get("EMAIL_PORT"),
        "username": config.get("EMAIL_HOST_USER") or "",
        "password": config.get("EMAIL_HOST_PASSWORD") or "",
        "use_tls": config.get("EMAIL_USE_TLS", False),
        "use_ssl": config.get("EMAIL_USE_SSL", False),
        "timeout": 20,
    }
    if config["EMAIL_BACKEND"] != "django.core.mail.backends.smtp.EmailBackend":
        return {"BACKEND": config["EMAIL_BACKEND"]}
    return {"BACKEND": config["EMAIL_BACKEND"], "OPTIONS": options}


def mail_domain(text: str) -> str:
    """The part of an address after the @, in small letters."""
    domain = text.strip().lower()
    if domain and not re.fullmatch(r"(?:[a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}", domain):
        raise ValueError(text)
    return domain


mail_domain.__name__ = "domain of mail, like bounces.example.org"


def provider(name: str, secret: str) -> tuple[str, str]:
    """Who sends our mail and tells by itself what comes back, and what proves its calls; empty where nobody does."""
    word: str = setting(name, str, "").strip().lower()
    if not word:
        return "", ""
    if word not in PROVIDERS:
        sentence = f"The setting {name} is “{word}”; it can be {', '.join(PROVIDERS)}."
        raise ImproperlyConfigured(sentence)
    if find_spec("anymail") is None:
        sentence = f"The setting {name} needs what requirements-webhooks.txt lists; install it."
        raise ImproperlyConfigured(sentence)
    given: str = setting(secret, str, "").strip()
    if not PROVIDERS[word].takes(given):
        # The value may be a secret with a slip in it, so it is not repeated.
        wanted = PROVIDERS[word].proof_is
        sentence = f"The setting {secret} should be {wanted}, so that nobody else can call as {PROVIDERS[word].name}."
        raise ImproperlyConfigured(sentence)
    return word, given


def akismet_key(name: str) -> str:
    """A key of akismet.com; empty where none is given."""
    key: str = setting(name, str, "").strip()
    if key and not re.fullmatch(r"[A-Za-z0-9]{8,64}", key):
        # The value may be a key with something beside it, so it is not repeated.
        sentence = f"The setting {name} should be a key of akismet.com: letters and digits alone."
        raise ImproperlyConfigured(sentence)
    return key


def secret_key(name: str, *, any_will_do: bool) -> str:
    """What signs sessions and links, and encrypts second factors.

    Args:
        any_will_do: where the site is only tried out, on one machine.
    """
    key: str = setting(name, str, "")
    if not key:
        sentence = (
            f"The setting {name} is missing; `make run` makes one, elsewhere set a random one."
        )
        raise ImproperlyConfigured(sentence)
    # What Django's own check warns of (security.W009). The value is not repeated.
    is_weak = (
        len(key) < SECRET_KEY_MIN_LENGTH
        or len(set(key)) < SECRET_KEY_MIN_UNIQUE_CHARACTERS
        or key.startswith(SECRET_KEY_INSECURE_PREFIX)
    )
    if is_weak and not any_will_do:
        sentence = (
            f"The setting {name} is too easy to guess; set at least {SECRET_KEY_MIN_LENGTH} random "
            f"characters, and keep the old value in {name}_FALLBACKS until nothing needs it any more."
        )
        raise ImproperlyConfigured(sentence)
    return key


def signature(domain: str, selector: str, key_file: str) -> tuple[str, str, str]:
    """Domain, selector and private key of DKIM: all of them, or none."""
    given = {name: setting(name, str, "") for name in (domain, selector, key_file)}
    if not any(given.values()):
        return "", "", ""
    for name, value in given.items():
        if not value:
            sentence = (
                f"The setting {name} is missing; {domain}, {selector} and {key_file} go together."
            )
            raise ImproperlyConfigured(sentence)
    try:
        key = Path(given[key_file]).read_text("ascii")
    except (OSError, UnicodeError) as mistake:
        sentence = f"The setting {key_file} names a file that cannot be read."
        raise ImproperlyConfigured(sentence) from mistake
    if "PRIVATE KEY-----" not in key or "ENCRYPTED" in key:
        sentence = (
            f"The setting {key_file} names a file that is no RSA key in PEM without a password."
        )
        raise ImproperlyConfigured(sentence)
    return mail_domain(given[domain]), given[selector], key


def mailbox(name: str) -> str:
    """A mailbox that is read: behind IMAP, or a Maildir of this machine; empty where none is named."""
    value: str = setting(name, str, "")
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        is_one = bool(parts.port or parts.hostname or parts.scheme == "maildir")
    except ValueError:
        is_one = False
    if (
        not is_one
        or parts.scheme not in {"imap", "imaps", "maildir"}
        or (parts.scheme == "maildir" and not parts.path.startswith("/"))
    ):
        # The value may hold a password, so it is not repeated.
        sentence = (
            f"The setting {name} should be like imaps://user:password@mail.example.org/INBOX or "
            "maildir:///var/mail/bounces."
        )
        raise ImproperlyConfigured(sentence)
    return value


def database(name: str) -> dict[str, Any]:
    value: str = setting(name, str, "")
    if not value:
        sentence = (
            f"The setting {name} is missing; `make run` and `manage.py` find or make a database of "
            "their own, a server of yours is named like postgres://user:password@host:5432/iria."
        )
        raise ImproperlyConfigured(sentence)
    try:
        config: dict[str, Any] = environ.Env.db_url_config(value)
    except (ValueError, ImproperlyConfigured) as mistake:
        sentence = f"The setting {name} should be like postgres://user:password@host:5432/iria."
        raise ImproperlyConfigured(sentence) from mistake
    if config.get("ENGINE") != "django.db.backends.postgresql":
        sentence = f"The setting {name} must name a PostgreSQL database (postgres://…)."
        raise ImproperlyConfigured(sentence)
    config.setdefault("OPTIONS", {})
    return config


def writable_folder(folder: Path) -> Path:
    """The state folder: made where it is missing, closed to other accounts, and ours to write in."""
    try:
        make_folder(folder)
        tighten(folder)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "permission denied")
    except OSError as trouble:
        reason = (trouble.strerror or str(trouble)).lower()
        sentence = (
            f"The state folder {folder} cannot be written to ({reason}); give it to the account "
            "that runs the site, or name another with IRIA_STATE."
        )
        raise ImproperlyConfigured(sentence) from trouble
    return folder


def is_command(arguments: Sequence[str]) -> bool:
    """Whether this process is a command of `manage.py` that does one thing and ends."""
    has_threads = not {"procrastinate", "runserver"}.isdisjoint(arguments[1:2])
    return Path(arguments[0]).name == "manage.py" and not has_threads


def internal_location(text: str) -> str:
    """A location of nginx, with a slash at both ends."""
    place = text.strip()
    if place and not (place.startswith("/") and place.endswith("/") and len(place) > 2):
        raise ValueError(text)
    return place


internal_location.__name__ = "location of nginx, like /renditions/"


def bucket(name: str) -> dict[str, Any]:
    """A storage in a private bucket of S3, or of what speaks like it; empty where none is named."""
    if not os.environ.get(name):
        return {}
    if find_spec("obstore") is None:
        sentence = f"The setting {name} needs what requirements-s3.txt lists; install it."
        raise ImproperlyConfigured(sentence)
    options = {
        "name": setting(name, str),
        "region": setting("S3_REGION", str, "us-east-1"),
        "endpoint": address("S3_ENDPOINT", "") if os.environ.get("S3_ENDPOINT") else "",
        "key_id": setting("S3_KEY_ID", str, ""),
        "secret": setting("S3_SECRET_KEY", str, ""),
    }
    return {"BACKEND": "articles.images.renditions.s3_storage.Bucket", "OPTIONS": options}


def bucket_address(storage: dict[str, Any]) -> str:
    """Where the bucket's files are, for the policy of what pages may show."""
    options = storage["OPTIONS"]
    endpoint = options["endpoint"] or f"https://s3.{options['region']}.amazonaws.com"
    return f"{endpoint}/{options['name']}/"


def networks(name: str) -> list[Any]:
    found = []
    for part in setting(name, list, []):
        try:
            found.append(ip_network(part.strip()))
        except ValueError as mistake:
            sentence = f"The setting {name} holds “{part}”, which is not a network like 10.0.0.0/8."
            raise ImproperlyConfigured(sentence) from mistake
    return found
