"""A missing or malformed setting stops the start with one sentence that names it."""

import os
import re
import subprocess
import sys

import pytest

from tests.shared import PROJECT

SOUND = {
    "SECRET_KEY": "for-the-tests",
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
        ("DATABASE_URL", "mysql://there/is"),
        ("DATABASE_URL", "not an address"),
        ("SITE_URL", "example.org"),
        ("SITE_URL", "http://["),
        ("DEBUG", "perhaps"),
        ("TRUSTED_PROXIES", "the-proxy"),
        ("CACHE_URL", "memcache://there"),
        ("MAIL_URL", "nonsense"),
        ("PICTURES_ACCEL", "kept-pictures"),
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


def test_a_password_in_a_malformed_mail_address_is_not_repeated() -> None:
    outcome = start(MAIL_URL="smpt://desk:very-secret@mail.example.org")
    assert "The setting MAIL_URL" in outcome.stderr
    assert "very-secret" not in outcome.stderr.strip().splitlines()[-1]


def test_the_example_names_every_setting() -> None:
    source = (PROJECT / "iria" / "settings.py").read_text()
    read = set(
        re.findall(
            r'(?:setting|address|mailer|mailbox|provider|akismet_key|database|networks)\(\s*"([A-Z_]+)"',
            source,
        )
    )
    example = (PROJECT / ".env.example").read_text()
    named = set(re.findall(r"^#?([A-Z_]+)=", example, flags=re.MULTILINE))
    assert read <= named


def test_a_site_that_others_reach_by_a_name_asks_its_newsroom_for_a_second_factor() -> None:
    def asked(**settings: str) -> str:
        words = "import iria.settings; print(iria.settings.STAFF_SECOND_FACTOR)"
        return start(words, **settings).stdout.strip()

    assert asked() == "False"
    assert asked(SITE_URL="https://news.example") == "True"
    assert asked(ALLOWED_HOSTS="news.example,127.0.0.1") == "True"
