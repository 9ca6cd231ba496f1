"""URL patterns of embed providers."""

import pytest

from articles.embeds import url_patterns
from articles.embeds.models import EmbedProvider
from articles.embeds.url_patterns import InvalidPattern, clean_frame_url, clean_pattern, match

WATCH = "https://www.youtube.com/watch?v={id}"


@pytest.mark.parametrize(
    ("pattern", "url", "values"),
    [
        (WATCH, "https://www.youtube.com/watch?v=a-B_9", {"id": "a-B_9"}),
        (WATCH, "https://www.youtube.com/watch?t=3&v=abc&list=x", {"id": "abc"}),
        ("https://vimeo.com/{id}", "https://vimeo.com/76979871/", {"id": "76979871"}),
        ("https://x.example/{a}/b/{c}", "https://x.example/1/b/2", {"a": "1", "c": "2"}),
        ("https://x.example/{a}/{a}", "https://x.example/1/1", {"a": "1"}),
        ("https://x.example/{a}/{a}", "https://x.example/1/2", None),
        (WATCH, "https://www.youtube.com/watch", None),
        (WATCH, "https://www.youtube.com/watch?v=", None),
        (WATCH, "https://www.youtube.com/watch?v=a%22b", None),
        (WATCH, "https://www.youtube.com/watch?v=../../x", None),
        (WATCH, "https://www.youtube.com.evil.example/watch?v=abc", None),
        (WATCH, "https://evil.example/https://www.youtube.com/watch?v=abc", None),
        (WATCH, "https://evil.example/?https://www.youtube.com/watch?v=abc", None),
        (WATCH, "http://www.youtube.com/watch?v=abc", None),
        ("https://vimeo.com/{id}", "https://vimeo.com/1/2", None),
        ("https://vimeo.com/{id}", "https://vimeo.com/x/../1", None),
        ("https://vimeo.com/{id}", "https://vimeo.com/1\n", None),
        ("https://x.example/a.b/{id}", "https://x.example/aXb/1", None),
    ],
)
def test_a_pattern_matches_the_whole_url_or_nothing(
    pattern: str, url: str, values: dict[str, str] | None
) -> None:
    assert match(pattern, url) == values


@pytest.mark.parametrize(
    "pattern",
    [
        "vimeo.com/{id}",
        "http://vimeo.com/{id}",
        "https://{host}/x",
        "https://*.vimeo.com/{id}",
        "https://vimeo.com/{ID!}",
        "https://vimeo.com/{id",
        "javascript:{id}",
        "https://vimeo.com/{id}#x",
        "https://user@vimeo.com/{id}",
        "https://vimeo.com:99/{id}",
        "https://[vimeo.com/{id}",
        "https://vimeo.com/\x00{id}",
        "",
    ],
)
def test_a_pattern_without_a_full_host_is_rejected(pattern: str) -> None:
    with pytest.raises(InvalidPattern):
        clean_pattern(pattern)


@pytest.mark.parametrize(
    "frame",
    [
        "https://meridian.example/x/{id}",
        "https://www.meridian.example/{id}",
        "https://MERIDIAN.example/{id}",
        "https://player.vimeo.com/{other}",
        "javascript:alert({id})",
        "https://player.vimeo.com'; script-src *; /{id}",
        "https://player.vimeo.com;script-src/{id}",
    ],
)
def test_a_frame_from_our_own_site_or_with_policy_syntax_is_rejected(frame: str) -> None:
    with pytest.raises(InvalidPattern):
        clean_frame_url(frame, ["https://vimeo.com/{id}"], own_host="meridian.example")


def test_the_whole_url_is_quoted_as_one_value_of_the_frame_url() -> None:
    provider = EmbedProvider(
        page_url_patterns="https://soundcloud.com/{artist}/{title}",
        frame_url="https://w.soundcloud.com/player/?url={address}",
    )
    assert (
        provider.frame_of("https://soundcloud.com/meridian/strait?a=1&b=2")
        == "https://w.soundcloud.com/player/?url=https%3A%2F%2Fsoundcloud.com%2Fmeridian%2Fstrait%3Fa%3D1%26b%3D2"
    )
    assert provider.frame_of("https://soundcloud.com/meridian") is None


def test_the_origin_is_derived_from_the_frame_url() -> None:
    assert (
        url_patterns.origin_of("https://player.vimeo.com/video/{id}") == "https://player.vimeo.com"
    )
