"""Local times of a time zone."""

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from articles.editorial.models import Article
from iria.core.text.dates import SkippedHour, UtcDumper, moment_in
from tests import newsroom

LISBON = ZoneInfo("Europe/Lisbon")
ZONES = st.sampled_from(
    [
        LISBON,
        ZoneInfo("Asia/Karachi"),
        ZoneInfo("America/St_Johns"),
        ZoneInfo("Australia/Lord_Howe"),
    ]
)


def test_a_skipped_time_is_an_error_with_the_next_time() -> None:
    with pytest.raises(SkippedHour) as error:
        moment_in(LISBON, datetime(2027, 3, 28, 1, 30))  # noqa: DTZ001
    assert error.value.resumes.strftime("%H:%M") == "02:00"


def test_an_ambiguous_time_means_the_first() -> None:
    moment = moment_in(LISBON, datetime(2027, 10, 31, 1, 30))  # noqa: DTZ001
    assert moment.astimezone(UTC) == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@given(st.datetimes(datetime(1990, 1, 1), datetime(2080, 1, 1)), ZONES)  # noqa: DTZ001
def test_other_times_are_converted_back_unchanged(wall: datetime, zone: ZoneInfo) -> None:
    try:
        moment = moment_in(zone, wall)
    except SkippedHour as gap:
        moment, allowed = gap.resumes, timedelta(hours=2)
    else:
        allowed = timedelta(0)
    shown = moment.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0)
    assert timedelta(0) <= shown - wall <= allowed


OFFSETS = st.integers(-24 * 60 + 1, 24 * 60 - 1).map(lambda each: timezone(timedelta(minutes=each)))


@given(moment=st.datetimes(timezones=OFFSETS))
def test_every_time_can_be_sent_to_the_database(moment: datetime) -> None:
    written = bytes(UtcDumper(datetime).dump(moment) or b"").decode()
    assert written.endswith("+00:00")
    if 1 < moment.year < 9999:
        assert datetime.fromisoformat(written) == moment


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["2020-06-16T17:15:17+17:00", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:00-23:59"]
)
def test_admin_filters_accept_unusual_utc_offsets(client: Client, edna: User, text: str) -> None:
    newsroom.published()
    client.force_login(edna)
    pages = [("articles/article", "published_at"), ("articles/image", "uploaded_at")]
    for page, column in pages:
        url = f"/admin/{page}/?{column}__gte={quote(text)}"
        assert client.get(url, follow=True).status_code == 200
    assert Article.objects.filter(published_at=datetime.fromisoformat(text)).count() == 0
