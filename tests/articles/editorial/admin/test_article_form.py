"""The article form, sent as a browser without JavaScript does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuthorProfile, User
from articles.editorial import publishing
from articles.editorial.admin.fields import OUT_OF_RANGE
from articles.editorial.admin.form import ArticleForm
from articles.editorial.models import Article, Correction, Revision, Series
from articles.editorial.models.article import BODY_MAX_LENGTH
from articles.editorial.versions import drafts
from articles.images.models import Image
from articles.related.models import RelatedExclusion, RelatedLink
from iria.publication.models import Publication
from tests import newsroom
from tests.articles.editorial.admin.forms import ADD, change_url, send, values_of, visible_text


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def test_an_article_is_created_and_published_with_one_form(
    editor_client: Client, edna: User
) -> None:
    news, asia = newsroom.category("News"), newsroom.category("Asia-Pacific")
    ines, rui = newsroom.author("Ines Faro"), newsroom.author("Rui Tavares")
    page = send(
        editor_client,
        ADD,
        "_publish",
        headline="A quiet week at the strait",
        body="The ferries ran on time.\n\nNobody remarked on it.",
        chosen_categories=[str(asia.pk), str(news.pk)],
        signed_by=[str(rui.pk), str(ines.pk)],
        tags="shipping, Red Sea",
    )
    article = Article.objects.published().get()
    assert f'<a href="{article.get_absolute_url()}">' in page.content.decode()
    assert article.body == "<p>The ferries ran on time.</p>\n<p>Nobody remarked on it.</p>"
    assert [str(each) for each in article.article_categories.all()] == ["Asia-Pacific", "News"]
    assert [str(each) for each in article.bylines.all()] == ["Rui Tavares", "Ines Faro"]
    assert sorted(article.tags.names()) == ["Red Sea", "shipping"]
    assert article.created_by == edna
    assert Revision.objects.get().created_by == edna


def test_each_image_of_a_gallery_in_plain_html_is_a_figure(
    editor_client: Client,
) -> None:
    one, other = newsroom.picture(), newsroom.picture()
    typed = (
        f"<p>Words.</p><figure data-gallery data-width=wide><figure data-image={one.pk}>A quay</figure>"
        f"<figure data-image={other.pk} onclick=alert(1)></figure>Both of <b>Aden</b></figure>"
    )
    send(editor_client, ADD, headline="Aden", body=typed)
    article = Article.objects.get()
    assert article.body == (
        '<p>Words.</p>\n<figure data-gallery="" data-width="wide">'
        f'<figure data-image="{one.pk}"><figcaption>A quay</figcaption></figure>'
        f'<figure data-image="{other.pk}"><figcaption></figcaption></figure>'
        "<figcaption>Both of <strong>Aden</strong></figcaption></figure>"
    )
    rows = article.figures.values_list("image", "caption", "width", "gallery", "position")
    assert list(rows) == [
        (one.pk, "A quay", "wide", 1, 1),
        (other.pk, "Both of <strong>Aden</strong>", "wide", 1, 2),
    ]


def test_the_order_of_categories_is_the_order_of_the_rows(editor_client: Client) -> None:
    first, second = newsroom.category("First"), newsroom.category("Second")
    article = newsroom.draft(categories=[first, second])
    send(
        editor_client,
        change_url(article),
        chosen_categories=["", str(second.pk), str(first.pk)],
    )
    assert [str(each) for each in article.article_categories.all()] == ["Second", "First"]


def test_saving_unchanged_changes_nothing(editor_client: Client) -> None:
    article = newsroom.published(
        body="<ul><li>One</li></ul>",
        authors=[newsroom.author("Ines Faro")],
        tags=["one, two", "three"],
    )
    before: dict[str, Any] = dict(Article.objects.values().get())
    send(editor_client, change_url(article))
    after: dict[str, Any] = dict(Article.objects.values().get())
    changed = {name for name in before if before[name] != after[name]}
    assert changed == set()
    assert article.revisions.count() == 1
    assert sorted(article.tags.names()) == ["one, two", "three"]


def test_a_new_article_has_the_usual_values_of_this_user(editor_client: Client, edna: User) -> None:
    AuthorProfile.objects.create(name="Edna Okafor", slug="edna", user=edna)
    Publication(name="Meridian", languages="fr, en").save()
    values = values_of(editor_client.get(ADD))
    assert values["language"] == ["fr"]
    assert values["kind"] != [""]
    assert values["signed_by"][0] == str(AuthorProfile.objects.get().pk)


# Blockers


def test_blockers_are_shown_and_the_input_is_saved(editor_client: Client) -> None:
    page = send(editor_client, ADD, "_publish", headline="Only a headline", chosen_categories=[])
    article = Article.objects.get()
    assert article.state == Article.State.DRAFT
    assert article.headline == "Only a headline"
    html = page.content.decode()
    assert f"{article.get_admin_url()}#id_body" in html
    assert f"{article.get_admin_url()}#id_chosen_categories_0" in html


def test_an_uncredited_image_blocks_publishing(editor_client: Client) -> None:
    image = newsroom.picture(credit="")
    article = newsroom.draft()
    page = send(editor_client, change_url(article), "_publish", lead_image=str(image.pk))
    assert not Article.objects.published().exists()
    assert f"{image.get_absolute_url()}#id_credit" in page.content.decode()


# Bad input


def test_an_article_without_a_headline_is_saved_and_not_published(editor_client: Client) -> None:
    page = send(editor_client, ADD, "_publish", headline="  ", body="<p>Hours of work.</p>")
    article = Article.objects.get()
    assert (article.state, article.body) == (Article.State.DRAFT, "<p>Hours of work.</p>")
    assert f"{article.get_admin_url()}#id_headline" in page.content.decode()


def test_a_headline_of_ten_thousand_characters_is_rejected_and_kept(editor_client: Client) -> None:
    long = "word " * 2000
    page = send(editor_client, ADD, headline=long, body="<p>Hours of work.</p>")
    assert "at most 200 characters" in visible_text(page)
    assert values_of(page)["headline"] == [long]
    assert not Article.objects.exists()


def test_a_body_of_two_megabytes_is_rejected_with_an_error_and_kept(editor_client: Client) -> None:
    huge = "<p>A long story.</p>" * 100_000
    page = send(editor_client, ADD, headline="Too long", body=huge)
    assert f"{BODY_MAX_LENGTH:,}" in visible_text(page)
    assert values_of(page)["body"] == [huge]
    assert not Article.objects.exists()


@pytest.mark.parametrize("field", ["headline", "body", "tags", "lead_caption", "slug"])
def test_a_nul_character_is_rejected_with_an_error(editor_client: Client, field: str) -> None:
    page = send(editor_client, ADD, **{"headline": "A headline", field: "Half a\x00 word"})
    assert page.status_code == 200
    assert not Article.objects.exists()
    assert "errorlist" in page.content.decode()


@pytest.mark.parametrize(
    "field",
    ["headline", "standfirst", "body", "tags", "lead_caption", "search_description", "slug"],
)
def test_a_lone_surrogate_is_rejected_with_an_error(db: None, field: str) -> None:
    """No form encoding can send a lone surrogate, so the form class is tested directly."""
    form = ArticleForm({"headline": "A headline", field: "Half \ud800 a character"})
    assert field in form.errors


@pytest.mark.parametrize("field", ["chosen_categories", "signed_by", "kind", "lead_image"])
@pytest.mark.parametrize("value", ["999999", "x", "-1", "9" * 30, "1\x00"])
def test_an_invalid_choice_is_rejected_with_an_error(
    editor_client: Client, field: str, value: str
) -> None:
    changes: dict[str, Any] = {"headline": "A headline", field: [value]}
    page = send(editor_client, ADD, **changes)
    assert page.status_code == 200
    assert "errorlist" in page.content.decode()
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("tags", "sentence"),
    [
        ("feed", "reserved"),
        ("+++", "“+++”"),
        ("x" * 101, "too long"),
        (", ".join(f"tag {n}" for n in range(31)), "31"),
    ],
)
def test_a_tag_without_a_valid_slug_is_rejected(
    editor_client: Client, tags: str, sentence: str
) -> None:
    assert sentence in visible_text(send(editor_client, ADD, headline="A headline", tags=tags))
    assert not Article.objects.exists()


def test_a_caption_keeps_emphasis_and_loses_other_markup(editor_client: Client) -> None:
    image = newsroom.picture()
    caption = "<p>At <em>dusk</em><script>alert(1)</script></p>"
    send(editor_client, ADD, headline="A headline", lead_image=str(image.pk), lead_caption=caption)
    assert Article.objects.get().lead_caption == "At <em>dusk</em>"


def test_the_lead_image_fills_an_empty_caption(editor_client: Client) -> None:
    image = newsroom.picture(caption="Cranes & ships")
    article = newsroom.draft()
    send(editor_client, change_url(article), lead_image=str(image.pk))
    article.refresh_from_db()
    assert article.lead_caption == "Cranes &amp; ships"
    send(editor_client, change_url(article), lead_caption="")
    article.refresh_from_db()
    assert article.lead_caption == ""


def test_two_articles_of_one_month_may_share_a_headline(editor_client: Client) -> None:
    category = newsroom.category("News")
    for _ in range(2):
        send(
            editor_client,
            ADD,
            "_publish",
            headline="The week ahead",
            body="<p>Words.</p>",
            chosen_categories=[str(category.pk)],
        )
    slugs = Article.objects.published().order_by("pk").values_list("slug", flat=True)
    assert list(slugs) == ["the-week-ahead", "the-week-ahead-2"]


# Times


def _shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def test_a_time_is_read_in_the_publications_time_zone(editor_client: Client) -> None:
    Publication(name="Meridian", time_zone="Asia/Karachi").save()
    article = newsroom.draft()
    page = send(editor_client, change_url(article), "_schedule", schedule_for="2090-01-01T10:00")
    article.refresh_from_db()
    assert article.publish_at == datetime(2090, 1, 1, 5, tzinfo=UTC)
    assert "1 January 2090, 10:00" in visible_text(page)
    assert values_of(editor_client.get(change_url(article)))["schedule_for"] == ["2090-01-01T10:00"]


@pytest.mark.parametrize(
    ("time", "sentence"),
    [
        ("2020-01-01T10:00", "in the past"),
        ("2090-03-26T01:30", "02:00"),
        ("", "date and time"),
        ("next Tuesday", "2027-03-28 14:30"),
        ("2090-02-31T10:00", "2027-03-28 14:30"),
        ("9999-12-31T23:59", OUT_OF_RANGE),
    ],
)
def test_an_invalid_time_is_rejected_and_nothing_is_saved(
    editor_client: Client, time: str, sentence: str
) -> None:
    Publication(name="Meridian", time_zone="Europe/Lisbon").save()
    article = newsroom.draft()
    page = send(
        editor_client,
        change_url(article),
        "_schedule",
        schedule_for=time,
        headline="Typed in vain?",
    )
    assert sentence in visible_text(page)
    assert values_of(page)["headline"] == ["Typed in vain?"]
    article.refresh_from_db()
    assert (article.state, article.version) == (Article.State.DRAFT, 1)


def test_an_incomplete_time_does_not_prevent_saving(editor_client: Client) -> None:
    article = newsroom.draft()
    send(editor_client, change_url(article), headline="Saved", schedule_for="next Tuesday")
    article.refresh_from_db()
    assert article.headline == "Saved"


def test_an_article_is_unpublished_and_unscheduled(editor_client: Client) -> None:
    article = newsroom.published()
    headline = article.headline
    page = send(editor_client, change_url(article), "_unpublish", headline="Changed before")
    article.refresh_from_db()
    assert (article.state, article.headline) == (Article.State.PUBLISHED, headline)
    confirmation = values_of(page, "unpublish_form")
    page = editor_client.post(
        f"{change_url(article).removesuffix('change/')}unpublish/", confirmation, follow=True
    )
    assert page.status_code == 200
    article.refresh_from_db()
    assert (article.state, article.headline) == (Article.State.UNPUBLISHED, "Changed before")
    later = _shown(timezone.now() + timedelta(days=2))
    send(editor_client, change_url(article), "_schedule", schedule_for=later)
    article.refresh_from_db()
    assert article.state == Article.State.SCHEDULED
    send(editor_client, change_url(article), "_unpublish")
    article.refresh_from_db()
    assert article.state == Article.State.UNPUBLISHED


def test_the_preview_button_saves_and_opens_the_preview_link(editor_client: Client) -> None:
    article = newsroom.draft("Not out yet")
    assert 'name="_preview"' in editor_client.get(change_url(article)).content.decode()
    page = send(editor_client, change_url(article), "_preview", headline="Nearly out")
    link, _status = page.redirect_chain[-1]
    assert link.startswith("/preview/")
    assert "Nearly out" in Client().get(link).content.decode()


def test_a_published_article_warns_about_what_it_lost(editor_client: Client) -> None:
    image = newsroom.picture(headline="Nameless")
    article = newsroom.published(lead_image=image)
    Image.objects.update(licence_until=timezone.now())
    page = editor_client.get(change_url(article))
    assert f"{image.get_absolute_url()}#id_licence_until_0" in page.content.decode()


# Queries


@pytest.mark.parametrize(
    ("is_published", "has_changes", "most"),
    [(False, True, 12), (True, False, 13), (True, True, 12)],
)
def test_opening_an_article_with_everything_costs_at_most_fifteen_queries(
    is_published: bool,
    has_changes: bool,
    most: int,
    client: Client,
    edna: User,
    django_assert_max_num_queries: Any,
) -> None:
    article = _with_everything(edna, is_published=is_published)
    if has_changes:
        drafts.save(article, {"standfirst": "Changed."}, by=edna)
    admin = User.objects.create_superuser("admin@example.org", "a password for the test")
    # The rows of permissions take two queries more.
    for user, allowed in ((admin, most), (edna, most + 2)):
        client.force_login(user)
        client.get(change_url(article))
        with django_assert_max_num_queries(allowed):
            page = client.get(change_url(article)).content.decode()
    for shown in ("Autre langue", "Picked", "Left out", "Suggested", "A series", "Second author"):
        assert shown in page


def _with_everything(edna: User, *, is_published: bool) -> Article:
    images = [newsroom.picture() for _ in range(6)]
    shown = [f"<figure data-image={each.pk}>At the quay</figure>" for each in images[2:]]
    make = newsroom.published if is_published else newsroom.draft
    article = make(
        by=edna,
        body=f"<p>Words.</p>{shown[0]}<figure data-gallery>{''.join(shown[1:])}</figure>",
        lead_image=images[0],
        social_image=images[1],
        authors=[newsroom.author("First author"), newsroom.author("Second author")],
        tags=["Ports", "Tariffs"],
    )
    picked, suggested, excluded, french, linking = (
        newsroom.published(name, language="fr" if name == "Autre langue" else "en")
        for name in ("Picked", "Suggested", "Left out", "Autre langue", "Linking")
    )
    series = Series.objects.create(name="A series")
    content = drafts.open_for_editing(article).content | {
        "picks": [picked.pk],
        "series": [{"id": series.pk, "name": series.name}],
        "translation_of": french.pk,
    }
    drafts.save(article, content, by=edna)
    if is_published:
        publishing.publish_changes(article, by=edna)
        Correction.objects.create(article=article, text="It was Tuesday.", created_by=edna)
    RelatedLink.objects.create(article=article, other=suggested, score=0.5, position=0)
    RelatedExclusion.objects.create(article=article, other=excluded, created_by=edna)
    body = f'<p><a href="{article.get_absolute_url()}">linked</a></p>'
    drafts.save(linking, {"body": body}, by=edna)
    return Article.objects.get(pk=article.pk)
