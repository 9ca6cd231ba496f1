"""Fixtures for tests of all URLs."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Avatar, User
from articles.comments.notifications import follows
from articles.comments.notifications.models import Follow
from articles.comments.submission import links
from articles.editorial.preview_links import make_preview_token
from articles.embeds.models import LinkCard
from articles.feeds.sitemaps import PER_FILE
from articles.images.library import ingest
from articles.pages.models import Page
from iria import health
from iria.publication.models import BrandImage
from newsletter import personal_data
from newsletter.models import ArticleFollow, Consent, Issue, IssueLink
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import SubscriptionChoice
from tests import commenting, moderation, newsroom
from tests.articles.files import samples
from tests.newsletter import factories


@pytest.fixture(autouse=True)
def _health_is_read_again() -> None:
    health.latest_state.cache_clear()


@pytest.fixture
def anybody(settings: Any) -> Client:
    """A client that gets error pages as in production, without rate limits."""
    settings.SEARCH_RATE_LIMIT = 10**9
    return Client(raise_request_exception=False)


@pytest.fixture
def parts(mina: User) -> dict[str, str]:
    """Values for the variable parts of URLs, all of which exist."""
    category = newsroom.category("Asia-Pacific")
    author = newsroom.author("Ines Faro")
    picture = ingest.ingest(
        newsroom.picture_file(), by=None, credit="Ines Faro", alt_text="A ferry at its pier"
    )
    rendition = picture.renditions.get()
    article = newsroom.published(
        "Ferries at the strait",
        categories=[category],
        authors=[author],
        tags=["straits"],
        lead_image=picture,
    )
    comment = commenting.post(article, name="Teo Brandt", email="teo@readers.example", text="Late.")
    moderation.approve(comment, by=mina)
    opt_in.request(
        "ola@readers.example", source_url="/", wanted=[SubscriptionChoice.usual(factories.news())]
    )
    consent = Consent.objects.get()
    reader = factories.subscriber("teo@readers.example")
    follow = follows.follow_replies(comment, Follow.Frequency.DAILY)
    assert follow
    article_follow = ArticleFollow.objects.create(subscriber=reader, topic=article.tags.get())
    card = LinkCard.objects.create(
        url="https://harbour.example/ferries",
        state=LinkCard.State.FETCHED,
        thumbnail=b"x",
        thumbnail_name=f"{1:020x}",
    )
    issue = factories.issue("What moved", article, slug="what-moved")
    now = timezone.now()
    sent_values = {
        "state": "sent",
        "started_at": now,
        "sent_at": now,
        "sent_html": "x",
        "sent_text": "x",
    }
    Issue.objects.filter(pk=issue.pk).update(**sent_values)
    IssueLink.objects.create(issue=issue, number=1, url="http://testserver/archive/")
    factories.issue("What moves next", article, slug="what-moves-next")
    avatar = Avatar.objects.create(user=mina, name=f"{0:020}.png", png=b"x", width=1, height=1)
    User.objects.filter(pk=mina.pk).update(has_public_profile=True)
    Page.objects.create(title="About us", path="about", is_published=True)
    return {
        "year": f"{article.year:04}",
        "month": f"{article.month:02}",
        "slug": article.slug,
        "tag": "straits",
        "author": author.slug,
        "category": category.path,
        "code": "en",
        "pk": str(comment.pk),
        "link": links.link_to(comment),
        "preview": make_preview_token(newsroom.draft("Not yet")),
        "confirm": opt_in.confirmation_token(consent),
        "data": personal_data.token_of(reader),
        "reader": reader.token,
        "follow": follow.token,
        "article_follow": article_follow.token,
        "thumbnail": card.thumbnail_name,
        "theme": "institute",
        "theme_content": f"{1:016x}",
        "issue": "what-moved",
        "issue_id": str(issue.pk),
        "page": "about",
        "picture": rendition.name,
        "file": samples.file().name,
        "one_picture": str(picture.pk),
        "section_name": "articles",
        "one_category": str(category.pk),
        "one_tag": str(article.tags.get().pk),
        "one_author": str(author.pk),
        "rest": "nothing",
        "light": "1a5f7a",
        "hours": "night",
        "dark": "75c9da",
        "brand_image": BrandImage.objects.create(
            name=f"{0:020}.png", png=b"x", width=1, height=1
        ).name,
        "avatar": avatar.name,
        "order": "newest",
        "person": str(mina.pk),
        "number": "1",
        "sitemap_file": str((article.pk - 1) // PER_FILE + 1),
        "feed_format": "atom",
        "article": str(article.pk),
    }
