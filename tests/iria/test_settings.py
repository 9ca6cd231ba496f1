"""A missing or malformed setting stops the start with one sentence that names it."""

import os
import re
import subprocess
import sys

import pytest

from tests.shared import PROJECT

SOUND = {
    "SECRET_KEY": "a-key-of-these-tests-and-of-nothing-else-0123456789",
    "DATABASE_URL": "postgres://nobody:nothing@127.0.0.1:1/iria",
}


def start(
    words: str = "import iria.settings", **settings: str
) -> "subprocess.CompletedProcess[str]":
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", words],
        cwd=PROJECT,
        env={**kept, **SOUND, **settings},
        capture_output=True,
        text=True,
        check=False,
    )


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
        ("SITE_URL", "https://example.org/news"),
        ("SITE_URL", "https://example.org?news"),
        ("DEBUG", "perhaps"),
        ("TRUSTED_PROXIES", "the-proxy"),
        ("CACHE_URL", "memcache://there"),
        ("MAIL_URL", "nonsense"),
        ("IMAGE_ACCEL_LOCATION", "kept-pictures"),
        ("AKISMET_KEY", "two words"),
        ("MAIL_PROVIDER", "pigeon"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    outcome = start(**{name: value})
    last_line = outcome.stderr.strip().splitlines()[-1]
    assert outcome.returncode != 0
    assert f"The setting {name}" in last_line


def test_a_bucket_that_is_nowhere_is_named() -> None:
    outcome = start(S3_BUCKET="pictures", S3_ENDPOINT="somewhere")
    assert "The setting S3_ENDPOINT" in outcome.stderr.strip().splitlines()[-1]
    assert start(S3_BUCKET="pictures", S3_ENDPOINT="https://s3.example.org").returncode == 0


def test_a_provider_that_nothing_proves_is_named_and_its_secret_not_repeated() -> None:
    assert "The setting MAIL_PROVIDER_SECRET" in start(MAIL_PROVIDER="mailgun").stderr
    short = start(MAIL_PROVIDER="postmark", MAIL_PROVIDER_SECRET="desk:guessable")
    last_line = short.stderr.strip().splitlines()[-1]
    assert "The setting MAIL_PROVIDER_SECRET" in last_line
    assert "guessable" not in last_line
    sound = "desk:a-long-password-of-your-own"
    assert start(MAIL_PROVIDER="Postmark", MAIL_PROVIDER_SECRET=sound).returncode == 0


def test_sound_settings_start() -> None:
    assert start().returncode == 0


def test_a_renamed_setting_still_works_under_its_old_name() -> None:
    words = "import iria.settings as s; print(s.API_RATE_LIMIT, s.IMAGE_ACCEL_LOCATION)"
    old = start(words, API_PER_MINUTE="7", PICTURES_ACCEL="/images/")
    assert old.stdout.split() == ["7", "/images/"]
    both = start(words, API_PER_MINUTE="7", API_RATE_LIMIT="9")
    assert both.stdout.split() == ["9"]
    assert "The setting API_PER_MINUTE" in start(API_PER_MINUTE="many").stderr


def test_a_password_in_a_malformed_mail_address_is_not_repeated() -> None:
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


def test_a_site_that_others_reach_by_a_name_asks_its_newsroom_for_a_two_factor() -> None:
    def asked(**settings: str) -> str:
        words = "import iria.settings; print(iria.settings.STAFF_SECOND_FACTOR)"
        return start(words, **settings).stdout.strip()

    assert asked() == "False"
    assert asked(SITE_URL="https://news.example") == "True"
    assert asked(ALLOWED_HOSTS="news.example,127.0.0.1") == "True"


def test_debugging_makes_up_no_secret_key_and_accepts_no_weak_one() -> None:
    for key in ("", "only-for-debugging-on-one-machine", "short"):
        outcome = start(DEBUG="1", SECRET_KEY=key)
        assert outcome.returncode != 0
        assert "The setting SECRET_KEY" in outcome.stderr.strip().splitlines()[-1]
        assert not key or key not in outcome.stderr.strip().splitlines()[-1]


def test_make_run_accepts_a_weak_secret_key_where_nobody_else_reaches_the_site() -> None:
    assert start(SECRET_KEY="short", IRIA_TRY_OUT="yes").returncode == 0
    reached = start(SECRET_KEY="short", IRIA_TRY_OUT="yes", SITE_URL="https://www.example.org")
    assert "The setting SECRET_KEY" in reached.stderr


def test_hsts_speaks_for_subdomains_only_where_it_is_asked_to() -> None:
    words = (
        "from iria import settings as s; print(s.SECURE_HSTS_SECONDS > 0,"
        " s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD)"
    )
    secure = {"SITE_URL": "https://www.example.org"}
    assert start(words, **secure).stdout.split() == ["True", "False", "False"]
    asked = start(words, **secure, HSTS_INCLUDE_SUBDOMAINS="yes", HSTS_PRELOAD="yes")
    assert asked.stdout.split() == ["True", "True", "True"]
