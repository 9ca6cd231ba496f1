"""A missing or malformed setting stops the start with an error that names it."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from iria.environment import check_inherited_names, check_names
from tests.iria import forks
from tests.shared import PROJECT

VALID_SETTINGS = {
    "SECRET_KEY": "a-key-of-these-tests-and-of-nothing-else-0123456789",
    "DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/iria",
}


def start(
    code: str = "import iria.settings", **settings: str
) -> "subprocess.CompletedProcess[str]":
    return forks.run(code, {**_inherited(), **VALID_SETTINGS, **settings})


def _inherited() -> dict[str, str]:
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


@pytest.mark.parametrize(
    ("environment", "used"),
    [
        ({"DEBUG": "on"}, False),
        ({"IRIA_DEVELOP": "yes"}, False),
        ({"DEBUG": "on", "IRIA_DEVELOP": "yes"}, True),
    ],
)
def test_only_make_dev_has_the_debug_toolbar(environment: dict[str, str], used: bool) -> None:
    outcome = start(
        "import iria.settings as it; print(*it.INSTALLED_APPS, *it.MIDDLEWARE)", **environment
    )
    assert outcome.returncode == 0, outcome.stderr
    assert ("debug_toolbar" in outcome.stdout) is used


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 60),
        ("SECRET_KEY", "django-insecure-0123456789-0123456789-0123456789-0123456789"),
        ("DATABASE_URL", "mysql://there/is"),
        ("DATABASE_URL", "not an address"),
        ("SITE_URL", "example.org"),
        ("SITE_URL", "http://["),
        ("ALLOWED_HOSTS", "http://x y"),
        ("ALLOWED_HOSTS", "www.example.org:443"),
        ("ALLOWED_HOSTS", "www.example.org example.org"),
        ("SITE_URL", "https://example.org/news"),
        ("SITE_URL", "https://example.org?news"),
        ("DEBUG", "perhaps"),
        ("TRUSTED_PROXIES", "the-proxy"),
        ("DATABASE_URL", "postgres://"),
        ("DATABASE_DIRECT_URL", "postgres://iria@host:port/iria"),
        ("SITE_URL", "https://example.org:port"),
        ("SITE_URL", "https://:8000"),
        ("SITE_URL", "https://www.example.org desk"),
        ("CACHE_URL", "memcache://there"),
        ("CACHE_URL", "redis://host:port/0"),
        ("CACHE_URL", "redis://host:6379/cache"),
        ("CACHE_URL", "redis://"),
        ("MAIL_URL", "nonsense"),
        ("MAIL_URL", "smtp+tls://desk:secret@:587"),
        ("BOUNCE_MAILBOX_URL", "imaps://:993"),
        ("SENTRY_DSN", "https://key@sentry.example.org"),
        ("SENTRY_DSN", "https://key@sentry.example.org:port/1"),
        ("PAGE_DIRECTORY_MB", "-1"),
        ("IMAGE_ACCEL_LOCATION", "kept-pictures"),
        ("AKISMET_KEY", "two words"),
        ("MAIL_PROVIDER", "pigeon"),
        ("CDN_PROVIDER", "pigeon"),
        ("METRICS_ADDRESS", "9464"),
        ("WEB_CONCURRENCY", "many"),
        ("WEB_CONCURRENCY", "0"),
        ("BACKUP_DIRECTORY", "backups"),
        ("BACKUP_TIME", "25:00"),
        ("BACKUP_TIME", "03:30"),
        ("BACKUP_KEEP", "7"),
        ("BACKUP_KEY", "a secret"),
        ("BACKUP_DRILL_DAYS", "weekly"),
    ],
)
def test_an_invalid_value_is_reported(name: str, value: str) -> None:
    outcome = start(**{name: value})
    last_line = outcome.stderr.strip().splitlines()[-1]
    assert outcome.returncode != 0
    assert f"The setting {name}" in last_line


@pytest.mark.parametrize("name", ["SITE_ULR", "BACKUPS_DIRECTORY", "export SITE_ULR "])
def test_a_misspelt_name_in_the_file_of_settings_is_reported(name: str, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f"SITE_URL=https://www.example.org\n{name}=a value\n")
    with pytest.raises(ImproperlyConfigured, match=name.split()[-1].strip()):
        check_names(file)


@pytest.mark.parametrize("name", ["S3_SECRET_KEY", "DATABASE_URL_OTHER", "PATH"])
def test_a_name_of_something_else_is_accepted(name: str, tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text(f"{name}=a value\n")
    check_names(file)


def test_a_similar_name_in_the_environment_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_ULR", "https://www.example.org")
    assert ["SITE_ULR" in each.msg for each in check_inherited_names()] == [True]


def test_an_ipv6_address_can_be_the_site() -> None:
    code = "from iria import settings; print(settings.ALLOWED_HOSTS)"
    assert "[::1]" in start(code, SITE_URL="http://[::1]:8000").stdout


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("CDN_TARGET", {"CDN_PROVIDER": "fastly", "CDN_TOKEN": "a-secret-token"}),
        ("CDN_TARGET", {"CDN_PROVIDER": "generic", "CDN_TARGET": "varnish"}),
        ("CDN_TARGET", {"CDN_PROVIDER": "generic", "CDN_TARGET": "https://varnish:port/"}),
        ("CDN_TARGET", {"CDN_PROVIDER": "generic", "CDN_TARGET": "https://a:secret@varnish/"}),
        ("CDN_TOKEN", {"CDN_PROVIDER": "bunny", "CDN_TARGET": "12", "CDN_TOKEN": "a secret"}),
        ("CDN_PROVIDER", {"CDN_PROVIDER": "bunny", "PAGE_STORE_MB": "0"}),
    ],
)
def test_an_incomplete_content_delivery_network_is_reported(
    name: str, values: dict[str, str]
) -> None:
    last_line = start(**values).stderr.strip().splitlines()[-1]
    assert f"The setting {name}" in last_line
    assert "secret" not in last_line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_URL", "smtp+tls://user:AB/cd+ef@mail.example.org:587"),
        ("DATABASE_URL", "postgres://user:AB/cd+ef@127.0.0.1:5432/iria"),
        ("CACHE_URL", "redis://:AB/cd+ef@127.0.0.1:6379/0"),
    ],
)
def test_a_password_that_breaks_a_url_leads_to_its_code_and_is_not_shown(
    name: str, value: str
) -> None:
    last_line = start(**{name: value}).stderr.strip().splitlines()[-1]
    assert f"The setting {name}" in last_line
    assert "%2F" in last_line
    assert "cd+ef" not in last_line


def test_a_site_url_with_a_password_is_refused_and_not_shown() -> None:
    last_line = start(SITE_URL="https://desk:secret@example.org").stderr.strip().splitlines()[-1]
    assert "The setting SITE_URL" in last_line
    assert "secret" not in last_line


def test_an_invalid_domain_of_signatures_is_reported(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text("-----BEGIN PRIVATE KEY-----")
    values = {"DKIM_SELECTOR": "news", "DKIM_KEY_FILE": str(key)}
    outcome = start(DKIM_DOMAIN="two words", **values)
    assert "The setting DKIM_DOMAIN" in outcome.stderr.strip().splitlines()[-1]


def test_capitals_and_spaces_in_the_site_url_do_not_matter() -> None:
    check = "from iria import settings as s; assert s.SECURE; print(s.SITE_URL)"
    outcome = start(check, SITE_URL=" HTTPS://WWW.Example.org/ ")
    assert outcome.stdout.strip() == "https://www.example.org"


def test_an_invalid_key_for_backups_is_not_repeated() -> None:
    assert "AGE-SECRET-KEY-1TYPO" not in start(BACKUP_KEY="AGE-SECRET-KEY-1TYPO").stderr


def test_an_invalid_bucket_endpoint_is_reported() -> None:
    outcome = start(S3_BUCKET="pictures", S3_ENDPOINT="somewhere")
    assert "The setting S3_ENDPOINT" in outcome.stderr.strip().splitlines()[-1]
    assert start(S3_BUCKET="pictures", S3_ENDPOINT="https://s3.example.org").returncode == 0


def test_an_invalid_provider_secret_is_reported_but_not_shown() -> None:
    assert "The setting MAIL_PROVIDER_SECRET" in start(MAIL_PROVIDER="mailgun").stderr
    short = start(MAIL_PROVIDER="postmark", MAIL_PROVIDER_SECRET="desk:guessable")
    last_line = short.stderr.strip().splitlines()[-1]
    assert "The setting MAIL_PROVIDER_SECRET" in last_line
    assert "guessable" not in last_line
    valid_secret = "desk:a-long-password-of-your-own"
    assert start(MAIL_PROVIDER="Postmark", MAIL_PROVIDER_SECRET=valid_secret).returncode == 0


def test_valid_settings_start() -> None:
    hosts = "www.example.org, .example.com,127.0.0.1,[::1],*"
    assert start(ALLOWED_HOSTS=hosts, DATABASE_URL_OTHER="postgres://").returncode == 0


@pytest.mark.parametrize("key", [VALID_SETTINGS["SECRET_KEY"], "short"])
def test_a_new_process_starts_like_a_fork(key: str) -> None:
    settings = {**_inherited(), **VALID_SETTINGS, "SECRET_KEY": key}
    command = [sys.executable, "-c", "import iria.settings"]
    outcome = subprocess.run(command, cwd=PROJECT, env=settings, capture_output=True, text=True)
    forked = start(SECRET_KEY=key)
    assert outcome.returncode == forked.returncode
    assert outcome.stderr.splitlines()[-1:] == forked.stderr.splitlines()[-1:]


def test_a_renamed_setting_still_works_under_its_old_name() -> None:
    code = "import iria.settings as s; print(s.API_RATE_LIMIT, s.IMAGE_ACCEL_LOCATION)"
    old = start(code, API_PER_MINUTE="7", PICTURES_ACCEL="/images/")
    assert old.stdout.split() == ["7", "/images/"]
    both = start(code, API_PER_MINUTE="7", API_RATE_LIMIT="9")
    assert both.stdout.split() == ["9"]
    assert "The setting API_PER_MINUTE" in start(API_PER_MINUTE="many").stderr


def test_the_password_of_an_invalid_mail_url_is_not_shown() -> None:
    outcome = start(MAIL_URL="smpt://desk:very-secret@mail.example.org")
    assert "The setting MAIL_URL" in outcome.stderr
    assert "very-secret" not in outcome.stderr.strip().splitlines()[-1]


def test_the_example_names_every_setting() -> None:
    source = (PROJECT / "iria" / "settings.py").read_text()
    read = set(
        re.findall(
            r'(?:env(?:\.\w+)?|site_url|secret_key|mailer|mailbox|provider|akismet_key|database|networks)\(\s*"([A-Z_0-9]+)"',
            source,
        )
    )
    example = (PROJECT / ".env.example").read_text()
    named = set(re.findall(r"^#?([A-Z_]+)=", example, flags=re.MULTILINE))
    assert read <= named


def test_two_factor_authentication_is_required_on_public_sites() -> None:
    def is_required(**settings: str) -> str:
        code = "import iria.settings; print(iria.settings.STAFF_SECOND_FACTOR)"
        return start(code, **settings).stdout.strip()

    assert is_required() == "False"
    assert is_required(SITE_URL="https://news.example") == "True"
    assert is_required(ALLOWED_HOSTS="news.example,127.0.0.1") == "True"


def test_debug_mode_needs_a_strong_secret_key_too() -> None:
    for key in ("", "only-for-debugging-on-one-machine", "short"):
        outcome = start(DEBUG="1", SECRET_KEY=key)
        assert outcome.returncode != 0
        assert "The setting SECRET_KEY" in outcome.stderr.strip().splitlines()[-1]
        assert not key or key not in outcome.stderr.strip().splitlines()[-1]


def test_make_run_accepts_a_weak_secret_key_on_a_local_site() -> None:
    assert start(SECRET_KEY="short", IRIA_TRY_OUT="yes").returncode == 0
    public = start(SECRET_KEY="short", IRIA_TRY_OUT="yes", SITE_URL="https://www.example.org")
    assert "The setting SECRET_KEY" in public.stderr


def test_hsts_includes_subdomains_only_if_set() -> None:
    code = (
        "from iria import settings as s; print(s.SECURE_HSTS_SECONDS > 0,"
        " s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD)"
    )
    secure = {"SITE_URL": "https://www.example.org"}
    assert start(code, **secure).stdout.split() == ["True", "False", "False"]
    all_domains = start(code, **secure, HSTS_INCLUDE_SUBDOMAINS="yes", HSTS_PRELOAD="yes")
    assert all_domains.stdout.split() == ["True", "True", "True"]
