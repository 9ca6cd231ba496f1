"""`manage.py doctor`: it names what is wrong, and nothing else."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
import pytest
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone

from accounts.models import User
from iria import health
from iria.core.db.backend.base import SNAPSHOT
from iria.operations.doctor import backups, database, files, mail, run, site, worker
from iria.operations.doctor.check import Check, Finding, Level, Unanswered, in_time, reason
from iria.operations.doctor.database import table_sizes
from iria.operations.doctor.run import Result, results
from iria.operations.models import BackupRun
from iria.publication.models import Publication
from iria.themes.chosen import installed_themes
from newsletter.bounces import mailbox
from tests.articles.images.small_bucket import small_bucket
from tests.iria.operations.doctor.conftest import Surroundings
from tests.iria.operations.doctor.stand_ins import key_pair, web_server
from tests.newsletter.mailserver import free_port
from tests.shared import PROJECT

pytestmark = pytest.mark.django_db


class Planted(NamedTuple):
    """What a fault may use."""

    around: Surroundings
    settings: Any
    patch: pytest.MonkeyPatch


Plant = Callable[[Planted], object]


def sql(*statements: str) -> Plant:
    def execute(planted: Planted) -> None:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    return execute


def setting(**values: Any) -> Plant:
    def change(planted: Planted) -> None:
        for name, value in values.items():
            setattr(planted.settings, name, value)

    return change


def no_record(name: str) -> Plant:
    return lambda planted: planted.around.zone.pop((name, "TXT"))


def mail_server_stopped(planted: Planted) -> None:
    backend = planted.settings.MAILERS["default"]
    stopped = {**backend, "OPTIONS": {**backend["OPTIONS"], "port": free_port()}}
    planted.settings.MAILERS = {"default": stopped, "newsletter": stopped}


def dkim_key_of_another(planted: Planted) -> None:
    planted.settings.DKIM_KEY, _ = key_pair()


def images_cannot_be_written(planted: Planted) -> None:
    file = planted.around.folder / "a file"
    file.touch()
    planted.settings.MEDIA_ROOT = file


def static_files_not_collected(planted: Planted) -> None:
    planted.settings.STATIC_ROOT = planted.around.folder
    storage = {"BACKEND": "iria.core.static_storage.OneStylesheet"}
    planted.settings.STORAGES = {**planted.settings.STORAGES, "staticfiles": storage}


def redis_stopped(planted: Planted) -> None:
    location = f"redis://127.0.0.1:{free_port()}"
    redis = {"BACKEND": "iria.core.redis_cache.RedisCache", "LOCATION": location}
    planted.settings.CACHES = {"default": redis, "database": planted.settings.CACHES["default"]}


def pooler_without_direct_url(planted: Planted) -> None:
    planted.patch.setattr(database, "_is_direct", lambda _: False)


def replica_stopped(planted: Planted) -> None:
    planted.settings.DATABASE_REPLICA_URL = f"postgres://iria@127.0.0.1:{free_port()}/iria"


def replica_is_none(planted: Planted) -> None:
    """The database itself."""
    at = connection.settings_dict
    where = f"{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    planted.settings.DATABASE_REPLICA_URL = f"postgres://{where}"


def pooler_stopped(planted: Planted) -> None:
    at = connection.settings_dict
    planted.settings.DATABASE_POOLED = {**at, "HOST": "127.0.0.1", "PORT": free_port()}


def pooler_without_statements(planted: Planted) -> None:
    planted.settings.DATABASE_POOLED = {**connection.settings_dict, "OPTIONS": {}}
    planted.patch.setattr(database, "_keeps_statements", lambda _: False)


def page_folder_of_another(planted: Planted) -> None:
    file = planted.around.folder / "pages"
    file.touch()
    planted.settings.PAGE_DIRECTORY = str(file / "current")
    planted.patch.setattr(site, "_other_headers", lambda page: ())


def metrics_port_taken(planted: Planted) -> None:
    """By a web server that speaks something else."""
    planted.settings.METRICS_ADDRESS = planted.around.web.url.removeprefix("https://")


def environment_readable(planted: Planted) -> None:
    file = planted.around.folder / ".env"
    file.touch()
    file.chmod(0o644)
    planted.settings.BASE_DIR = planted.around.folder


def proxy_hides_https(planted: Planted) -> None:
    planted.around.web.location = planted.around.web.url


def theme_broken(planted: Planted) -> None:
    folder = planted.around.folder / "harbour"
    template = folder / "templates" / "articles" / "public" / "article.html"
    template.parent.mkdir(parents=True)
    template.write_text("{% if %}")
    (folder / "theme.toml").write_text('name = "Harbour"')
    planted.settings.THEMES = {**planted.settings.THEMES, "harbour": folder}
    installed_themes.cache_clear()
    Publication(name="Meridian", theme="harbour").save()


def newest_backup_deleted(planted: Planted) -> None:
    (planted.around.folder / "backups").mkdir()


def backup_failed(planted: Planted) -> None:
    problems = ["The disk is full."]
    BackupRun.objects.create(kind="backup", started_at=timezone.now(), problems=problems)


def drill_failed(planted: Planted) -> None:
    problems = ["The table articles_article was not restored."]
    BackupRun.objects.filter(kind="drill").update(problems=problems)


FAULTS: Final[dict[str, tuple[Plant, Callable[[], object], str]]] = {
    # What is done; the check that finds it, and what it names.
    "extension dropped": (
        sql("DROP EXTENSION unaccent CASCADE"),
        database.extensions,
        "unaccent",
    ),
    "migration missing": (
        sql("DELETE FROM django_migrations WHERE app = 'sessions'"),
        database.migrations,
        "sessions.0",
    ),
    "triggers disabled": (
        sql("ALTER TABLE articles_article DISABLE TRIGGER iria_tell_update"),
        database.triggers_exist,
        "articles_article",
    ),
    "clock of the database an hour ahead": (
        sql(
            "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
            " AS $$ SELECT pg_catalog.clock_timestamp() + interval '1 hour' $$",
            "SET LOCAL search_path = public, pg_catalog",
        ),
        database.clock,
        "3600",
    ),
    "worker dead": (
        sql("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '5 minutes'"),
        worker.heartbeat,
        "UTC",
    ),
    "jobs wait": (
        sql(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at)"
            " VALUES ('default', 'search.forget', now() - interval '40 minutes')"
        ),
        worker.waiting_jobs,
        "40",
    ),
    "job failed": (
        sql(
            "WITH job AS (INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
            " VALUES ('default', 'search.forget', 'failed') RETURNING id)"
            " INSERT INTO procrastinate_events (job_id, type) SELECT id, 'failed' FROM job"
        ),
        worker.failed_jobs,
        "search.forget",
    ),
    "no mail server": (
        setting(
            MAILERS={
                "default": {"BACKEND": "iria.core.mail.FolderBackend", "OPTIONS": {"folder": ""}}
            }
        ),
        mail.is_configured,
        "",
    ),
    "mail server stopped": (mail_server_stopped, mail.servers_answer, "MAIL_URL"),
    "no SPF": (no_record("meridian.org"), mail.dns_records, "SPF"),
    "no DKIM": (no_record("news._domainkey.meridian.org"), mail.dns_records, "_domainkey"),
    "DKIM key of another": (dkim_key_of_another, mail.dns_records, "_domainkey"),
    "no DMARC": (no_record("_dmarc.meridian.org"), mail.dns_records, "DMARC"),
    "images cannot be written": (images_cannot_be_written, files.images, "a file"),
    "static files not collected": (static_files_not_collected, files.static_files, ""),
    "pooler without a direct URL": (pooler_without_direct_url, database.pooler, "DATABASE_URL"),
    "replica stopped": (replica_stopped, database.replica_follows, ""),
    "replica is no replica": (replica_is_none, database.replica_follows, "DATABASE_REPLICA_URL"),
    "pooler stopped": (pooler_stopped, database.pooler_answers, "DATABASE_URL"),
    "pooler without statements": (
        pooler_without_statements,
        database.pooler_answers,
        "DATABASE_URL",
    ),
    "page folder of another": (page_folder_of_another, files.pages, "PAGE_DIRECTORY"),
    "metrics host unknown": (
        setting(METRICS_ADDRESS="metrics.invalid:9464"),
        site.metrics,
        "metrics.invalid",
    ),
    "metrics port taken": (metrics_port_taken, site.metrics, "METRICS_ADDRESS"),
    "Redis stopped": (redis_stopped, files.cache_works, ""),
    "disk full": (
        lambda planted: planted.patch.setattr(files, "LEAST_FREE", 10**18),
        files.free_space,
        "GB",
    ),
    "no backups": (setting(BACKUP_DIRECTORY=""), backups.backups, ""),
    "backup failed": (backup_failed, backups.backups, "The disk is full"),
    "backups stopped": (
        sql("UPDATE iria_backuprun SET ended_at = now() - interval '31 hours'"),
        backups.backups,
        "UTC",
    ),
    "newest backup deleted": (newest_backup_deleted, backups.backups, "made"),
    "drill failed": (drill_failed, backups.drills, "articles_article"),
    "no drill for long": (
        sql("UPDATE iria_backuprun SET ended_at = now() - interval '36 days' WHERE kind = 'drill'"),
        backups.drills,
        "",
    ),
    "debugging": (setting(DEBUG=True), site.system_checks, "DEBUG"),
    "weak key": (setting(SECRET_KEY="letmein"), site.system_checks, "SECRET_KEY"),
    "proxy not trusted": (setting(TRUSTED_PROXIES=[]), site.https, ""),
    "host not allowed": (setting(ALLOWED_HOSTS=["testserver"]), site.hosts, "127.0.0.1"),
    "settings readable": (environment_readable, site.secrets, ".env"),
    "theme broken": (theme_broken, site.theme, "article.html"),
    "proxy hides https": (proxy_hides_https, site.reachable, ""),
    "nginx with other headers": (
        lambda planted: setattr(planted.settings, "PAGE_DIRECTORY", str(planted.around.folder)),
        site.reachable,
        "nginx",
    ),
    "certificate unknown": (
        lambda planted: planted.patch.delenv("SSL_CERT_FILE"),
        site.reachable,
        "",
    ),
}


def found() -> dict[str, tuple[Finding, ...]]:
    return {result.title: result.findings for result in results() if result.findings}


def test_an_error_without_a_text_has_a_reason() -> None:
    assert reason(ValueError("\n")) == "ValueError"


def title_of(find: Callable[[], object]) -> str:
    every = (check for checks in run.GROUPS.values() for check in checks)
    (title,) = (check.title for check in every if check.find is find)
    return title


def output() -> tuple[str, int]:
    """What the command prints, and its exit status."""
    text = StringIO()
    try:
        call_command("doctor", stdout=text, no_color=True)
    except SystemExit as end:
        return text.getvalue(), int(str(end.code))
    return text.getvalue(), 0


def test_a_healthy_site_has_no_findings(healthy: Surroundings) -> None:
    assert found() == {}
    text, status = output()
    assert status == 0
    assert [result.title for result in results() if result.skipped] == [
        title_of(mail.bounce_mailbox)
    ]
    assert text.count("  ok  ") == sum(map(len, run.GROUPS.values()))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_named(
    fault: str, healthy: Surroundings, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant, find, name = FAULTS[fault]
    plant(Planted(healthy, settings, monkeypatch))
    findings = found()
    assert set(findings) == {title_of(find)}
    for finding in findings[title_of(find)]:
        assert name in finding.problem
        assert finding.problem.endswith(".")
        assert finding.fix.endswith(".")
    installed_themes.cache_clear()


@contextmanager
def other_connection() -> Iterator[psycopg.Connection[Any]]:
    at = connection.settings_dict
    with psycopg.connect(
        host=at["HOST"], port=at["PORT"], user=at["USER"], password=at["PASSWORD"], dbname=at["NAME"],
        autocommit=True,
    ) as database_connection:  # fmt: skip
        yield database_connection


def test_a_table_with_dead_rows_is_named(
    healthy: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "MAX_DEAD_ROWS", 10_000)
    with other_connection() as other:
        other.execute("CREATE TABLE bloated (number int) WITH (autovacuum_enabled = off)")
        try:
            other.execute("INSERT INTO bloated SELECT generate_series(1, 20000)")
            other.execute("DELETE FROM bloated")
            other.execute("SELECT pg_stat_force_next_flush()")
            findings = run.findings(Check("", database.dead_rows))
            other.execute("ANALYZE bloated")
            connection.cursor().execute("SELECT pg_stat_clear_snapshot()")
            soon_after_a_send = run.findings(Check("", database.dead_rows))
        finally:
            other.execute("DROP TABLE bloated")
    assert not any("bloated" in each.problem for each in soon_after_a_send)
    (finding,) = (each for each in findings if "bloated" in each.problem)
    assert finding.level is Level.WARNING


def test_an_index_that_could_not_be_created_is_named(healthy: Surroundings) -> None:
    with other_connection() as other:
        other.execute("CREATE TABLE doubled (number int)")
        try:
            other.execute("INSERT INTO doubled VALUES (1), (1)")
            with pytest.raises(psycopg.errors.UniqueViolation):
                other.execute("CREATE UNIQUE INDEX CONCURRENTLY unfinished ON doubled (number)")
            (finding,) = run.findings(Check("", database.invalid_indexes))
        finally:
            other.execute("DROP TABLE doubled")
    assert "unfinished" in finding.problem


def test_a_transaction_that_stays_open_is_named(
    healthy: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "MAX_TRANSACTION_AGE", timedelta())
    with other_connection() as other, other.transaction():
        other.execute("SELECT 1")
        pid = other.info.backend_pid
        findings = run.findings(Check("", database.dead_rows))
    assert any(str(pid) in finding.fix for finding in findings)


def test_a_connection_that_is_idle_in_a_transaction_is_named(
    healthy: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "MAX_IDLE", timedelta())
    with other_connection() as other, other.transaction():
        other.execute("SELECT 1")
        (finding,) = run.findings(Check("", database.idle_transactions))
        assert str(other.info.backend_pid) in finding.fix
        assert health.worker().status_code == 503
        other.execute(f"SET application_name = {SNAPSHOT}")
        sql("SELECT pg_stat_clear_snapshot()")(None)  # type: ignore[arg-type]
        assert not health.idle_transactions()


def test_postgresql_ends_a_connection_that_stays_idle_in_a_transaction(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("10min",)


def test_an_old_database_is_named(healthy: Surroundings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "OLDEST_VERSION", 99)
    assert set(found()) == {title_of(database.version)}


def test_a_bucket_that_refuses_is_named(healthy: Surroundings, settings: Any) -> None:
    settings.IMAGES_IN_BUCKET = True
    with small_bucket() as bucket:
        for secret, is_right in ((bucket.options["secret"], True), ("wrong", False)):
            storage = {
                "BACKEND": "articles.images.s3_storage.Bucket",
                "OPTIONS": {**bucket.options, "secret": secret},
            }
            settings.STORAGES = {**settings.STORAGES, "default": storage}
            findings = tuple(files.images())
            assert (not findings) == is_right
        assert bucket.objects == {}
    assert "S3_SECRET_KEY" in findings[0].fix


def test_a_network_that_cannot_be_purged_is_named(settings: Any) -> None:
    settings.CDN_PROVIDER, settings.CDN_TARGET = "generic", "http://127.0.0.1:1/"
    settings.CDN_TOKEN = "secret-token"
    (finding,) = site.content_delivery()
    assert "127.0.0.1:1" in finding.problem
    assert "secret-token" not in f"{finding.problem} {finding.fix}"


def test_a_certificate_that_expires_soon_is_a_warning(
    healthy: Surroundings, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = healthy.folder / "other"
    folder.mkdir()
    with web_server(folder, days=3) as web:
        monkeypatch.setenv("SSL_CERT_FILE", str(web.authority))
        settings.SITE_URL = web.url
        (finding,) = site.reachable()
    assert finding.level is Level.WARNING


def test_a_site_without_https_is_reported_once(healthy: Surroundings, settings: Any) -> None:
    settings.SITE_URL, settings.SECURE = "http://127.0.0.1", False
    settings.SECURE_SSL_REDIRECT = settings.SESSION_COOKIE_SECURE = False
    settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS = False, 0
    findings = found()
    assert set(findings) == {title_of(site.https)}
    assert len(findings[title_of(site.https)]) == 1


def test_a_local_site_needs_no_public_settings(healthy: Surroundings, settings: Any) -> None:
    settings.LOCAL_ONLY, settings.SECURE, settings.SITE_URL = True, False, "http://127.0.0.1:8000"
    settings.TRUSTED_PROXIES, settings.STAFF_SECOND_FACTOR = [], False
    settings.SESSION_COOKIE_SECURE = False
    assert found() == {}


def no_database(*args: object) -> None:
    raise OperationalError


def test_without_a_database_the_other_checks_run(
    healthy: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "cursor", no_database)
    every = list(results())
    assert [result.title for result in every if result.findings] == [every[0].title]
    skipped = {result.title for result in every if result.skipped}
    needing = {
        check.title for checks in run.GROUPS.values() for check in checks if check.needs_database
    }
    assert skipped == needing


def broken() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    yield from ()


def test_a_check_that_fails_is_reported_and_stops_no_other(
    healthy: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "GROUPS", {"Broken": (Check("broken", broken),), **run.GROUPS})
    (finding,) = found().pop("broken")
    assert "nowhere" in finding.problem


def test_a_check_whose_table_is_missing_leads_to_the_migrations(
    healthy: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_table() -> Iterator[Finding]:
        sql("SELECT FROM a_table_of_a_later_release")(None)  # type: ignore[arg-type]
        yield from ()

    monkeypatch.setattr(run, "GROUPS", {"Broken": (Check("broken", without_table),), **run.GROUPS})
    (finding,) = found().pop("broken")
    assert "a_table_of_a_later_release" in finding.problem
    assert "manage.py migrate" in finding.fix


def test_the_headers_of_the_shipped_nginx_are_those_of_a_site_without_more_settings(
    settings: Any,
) -> None:
    settings.SECURE_HSTS_SECONDS = 31_536_000
    text = (PROJECT / "iria/deployment/nginx.conf").read_text()
    sent = dict(re.findall(r"(?m)^ {8}add_header (\S+) +\"(.*)\";$", text))
    page = {name.lower(): value for name, value in sent.items()}
    assert not list(site._other_headers(page))
    settings.SECURE_HSTS_PRELOAD = True
    (finding,) = site._other_headers(page)
    assert "preload" in finding.fix


def test_a_query_that_takes_too_long_is_reported(
    healthy: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow() -> Iterator[Finding]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")
        yield from ()

    monkeypatch.setattr(run, "STATEMENT_LIMIT", 50)
    assert len(run.findings(Check("slow", slow))) == 1


def test_a_check_without_a_response_times_out() -> None:
    released, before = threading.Event(), {*threading.enumerate()}
    answers = in_time(lambda wait: wait and released.wait(60), [True, False], seconds=0.05)
    late, answer = next(answers)
    assert late
    assert isinstance(answer, Unanswered)
    # The other one has answered meanwhile.
    while len({*threading.enumerate()} - before) > 1:
        time.sleep(0.001)
    assert list(answers) == [(False, False)]
    released.set()


def test_a_mailbox_that_cannot_be_read_is_named(healthy: Surroundings, settings: Any) -> None:
    settings.BOUNCE_MAILBOX_URL = "maildir:///nowhere/at/all"
    mailbox.read_mailbox()
    findings = found()
    assert set(findings) == {title_of(mail.bounce_mailbox)}


def test_a_mail_server_that_says_nothing_is_reported(healthy: Surroundings, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        options = {"host": "127.0.0.1", "port": silent.getsockname()[1], "timeout": 0.2}
        backend = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
        settings.MAILERS = {"default": backend, "newsletter": backend}
        assert len(list(mail.servers_answer())) == 1


def test_no_secret_is_printed(healthy: Surroundings, settings: Any) -> None:
    secret = "correct-horse-battery"
    options = {
        **settings.MAILERS["default"]["OPTIONS"],
        "host": "mail.invalid",
        "username": "iria",
        "password": secret,
    }
    backend = {**settings.MAILERS["default"], "OPTIONS": options}
    settings.MAILERS = {"default": backend, "newsletter": backend}
    settings.SECRET_KEY = secret
    text, status = output()
    assert status == 1
    assert "error" in text
    assert secret not in text


def test_warnings_alone_fail_only_on_request(monkeypatch: pytest.MonkeyPatch) -> None:
    def warned(**options: Any) -> Iterator[Result]:
        yield Result("Site", "", (Finding("A warning.", "Read it.", Level.WARNING),))

    monkeypatch.setattr("iria.operations.management.commands.doctor.results", warned)
    call_command("doctor", stdout=StringIO())
    with pytest.raises(SystemExit):
        call_command("doctor", fail_level="warning", stdout=StringIO())


def test_offline_the_network_is_not_used(healthy: Surroundings, settings: Any) -> None:
    mail_server_stopped(Planted(healthy, settings, pytest.MonkeyPatch()))
    text = StringIO()
    call_command("doctor", offline=True, stdout=text)
    slow = {check.title for checks in run.GROUPS.values() for check in checks if check.is_slow}
    skipped = {line[11:] for line in text.getvalue().splitlines() if "skipped" in line}
    assert all(any(line.startswith(title) for line in skipped) for title in slow)


def test_superusers_get_an_e_mail_about_a_unit_that_failed(
    monkeypatch: pytest.MonkeyPatch, mailoutbox: list[EmailMessage], settings: Any
) -> None:
    found = Result("Backups", "", (Finding("The disk is full.", "Delete files."),))
    monkeypatch.setattr(
        "iria.operations.management.commands.doctor.results", lambda **options: [found]
    )
    report = partial(call_command, "doctor", failed_unit="iria-backup")
    report()
    User.objects.create_superuser("mina@example.org", "a-long-password")
    report()
    monkeypatch.setattr(connection, "cursor", no_database)
    report()
    away, known = [settings.DEFAULT_FROM_EMAIL], ["mina@example.org"]
    assert [message.to for message in mailoutbox] == [away, known, away]
    for message in mailoutbox:
        assert "iria-backup" in message.subject
        assert "Delete files." in str(message.body)


def test_the_folder_of_images_may_not_exist_yet(healthy: Surroundings, settings: Any) -> None:
    settings.MEDIA_ROOT = Path(healthy.folder) / "not" / "yet"
    assert list(files.free_space()) == []
    assert list(files.images()) == []


def test_tables_that_are_pruned_are_listed_with_their_size(healthy: Surroundings) -> None:
    tables = {table.name: table for table in table_sizes()}
    for name in (
        "newsletter_delivery",
        "newsletter_attempt",
        "procrastinate_jobs",
        "accounts_session",
    ):
        assert tables[name].rule
        assert tables[name].bytes > 0
    assert not tables["articles_article"].rule
    text = StringIO()
    call_command("doctor", offline=True, sizes=True, stdout=text)
    assert all(name in text.getvalue() for name in tables)
