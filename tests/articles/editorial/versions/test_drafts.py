"""Drafts beside what readers see.

Copies of articles, and the button that makes them.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from taggit.models import Tag

from accounts.models import User
from articles.editorial import publishing, taxonomy, translations, trash
from articles.editorial.checklist import NotReady
from articles.editorial.models import Article, Draft, Figure, Revision, Series, StateChange
from articles.editorial.models.mixins import NO_PUBLICATION_NAME
from articles.editorial.models.taxonomy import Category
from articles.editorial.versions import drafts, revisions
from articles.editorial.versions.content import content_of, content_of_revision
from articles.editorial.versions.revisions import Reason
from iria.publication.models import Publication
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url, values_of
from tests.proofs.size import sized


def _live() -> Article:
    return Article.objects.published().get()


def test_readers_see_changes_only_when_they_are_published(edna: User) -> None:
    article = newsroom.published("As published", body="<p>First.</p>", tags=["ferries"])
    written = {"headline": "Half a sen", "body": "<p>Second.</p>", "tags": ["ferries", "strikes"]}
    drafts.save(article, written, by=edna)
    live = _live()
    assert (live.headline, live.body) == ("As published", "<p>First.</p>")
    assert set(live.tags.names()) == {"ferries"}
    assert publishing.publish_changes(article, by=edna)
    live = _live()
    assert (live.headline, live.body) == ("Half a sen", "<p>Second.</p>")
    assert set(live.tags.names()) == {"ferries", "strikes"}
    assert live.updated_at is not None
    assert not Draft.objects.exists()


def test_images_of_a_draft_are_not_figures_of_the_published_article(edna: User) -> None:
    article, image = newsroom.published(), newsroom.picture()
    body = f'<figure data-image="{image.pk}"><figcaption>A quay</figcaption></figure>'
    drafts.save(article, {"body": f"<p>Text.</p>{body}"}, by=edna)
    assert not Figure.objects.exists()
    publishing.publish_changes(article, by=edna)
    assert Figure.objects.get().caption == "A quay"


def test_changes_with_an_image_without_credit_are_not_published(edna: User) -> None:
    article = newsroom.published(body="<p>First.</p>")
    image = newsroom.picture(credit="")
    drafts.save(article, {"body": "<p>Second.</p>", "lead_image_id": image.pk}, by=edna)
    with pytest.raises(NotReady):
        publishing.publish_changes(article, by=edna)
    assert (_live().body, _live().lead_image_id) == ("<p>First.</p>", None)
    assert Draft.objects.exists()


@pytest.mark.parametrize("missing", [{"headline": ""}, {"body": ""}, {"categories": []}])
def test_changes_that_leave_something_out_are_not_published(
    missing: dict[str, Any], edna: User
) -> None:
    article = newsroom.published("As published")
    drafts.save(article, missing, by=edna)
    with pytest.raises(NotReady):
        publishing.publish_changes(article, by=edna)
    with pytest.raises(NotReady):
        publishing.schedule_changes(article, by=edna, at=timezone.now() + timedelta(hours=1))
    assert _live().headline == "As published"


def test_scheduled_changes_are_published_at_their_time(edna: User) -> None:
    article = newsroom.published("Before")
    drafts.save(article, {"headline": "After"}, by=edna)
    publishing.schedule_changes(article, by=edna, at=timezone.now() + timedelta(hours=1))
    assert publishing.publish_due_changes() == 0
    assert _live().headline == "Before"
    Draft.objects.update(publish_at=timezone.now())
    assert publishing.publish_due_changes() == 1
    assert _live().headline == "After"


def test_scheduled_changes_that_are_not_ready_leave_the_article_and_are_reported(
    edna: User,
) -> None:
    article = newsroom.published("Before")
    image = newsroom.picture()
    drafts.save(article, {"headline": "After", "lead_image_id": image.pk}, by=edna)
    publishing.schedule_changes(article, by=edna, at=timezone.now() + timedelta(hours=1))
    image.withdrawn_at = timezone.now()
    image.save()
    Draft.objects.update(publish_at=timezone.now())
    assert publishing.publish_due_changes() == 0
    assert _live().headline == "Before"
    assert Draft.objects.get().publish_at is None
    assert list(Article.objects.overdue()) == [article]
    drafts.save(article, {"lead_image_id": None}, by=edna)
    publishing.publish_changes(article, by=edna)
    assert not Article.objects.overdue().exists()


@pytest.fixture
def nameless(edna: User) -> Article:
    """A published article whose draft has an original URL without its name, as autosaves once saved it."""
    article = newsroom.published("Before")
    original = {"first_published_in": "A weekly", "first_published_url": "https://example.org/a"}
    revision = drafts.save(article, {"headline": "After", **original}, by=edna)
    Revision.objects.filter(pk=revision.pk).update(
        details={**(revision.details or {}), "first_published_in": ""}
    )
    return article


def test_a_draft_whose_original_url_has_no_name_is_not_scheduled(
    nameless: Article, edna: User
) -> None:
    with pytest.raises(NotReady, match=NO_PUBLICATION_NAME):
        publishing.schedule_changes(nameless, by=edna, at=timezone.now() + timedelta(hours=1))
    with pytest.raises(NotReady, match=NO_PUBLICATION_NAME):
        publishing.publish_changes(nameless, by=edna)
    assert _live().headline == "Before"


def test_a_scheduled_draft_whose_original_url_has_no_name_is_reported(nameless: Article) -> None:
    Draft.objects.update(publish_at=timezone.now())
    assert publishing.publish_due_changes() == 0
    assert Draft.objects.get().publish_at is None
    assert list(Article.objects.overdue()) == [nameless]


def test_a_copy_of_a_draft_whose_original_url_has_no_name_is_without_url(
    nameless: Article, edna: User
) -> None:
    copy = drafts.duplicate(nameless, by=edna)
    assert (copy.first_published_in, copy.first_published_url) == ("", "")


def test_published_changes_do_not_count_as_a_new_publication(edna: User) -> None:
    article = newsroom.published()
    first = article.published_at
    drafts.save(article, {"headline": "After"}, by=edna)
    publishing.publish_changes(article, by=edna)
    assert _live().published_at == first
    assert StateChange.objects.filter(revision_number__isnull=True).count() == 1


def test_discarded_changes_stay_in_the_history(edna: User) -> None:
    article = newsroom.published("As published")
    drafts.save(article, {"headline": "Not this"}, by=edna)
    drafts.discard_changes(article, by=edna)
    assert drafts.open_for_editing(article).content["headline"] == "As published"
    assert article.revisions.filter(headline="Not this").exists()
    drafts.save(article, {"headline": "But this"}, by=edna, reason=Reason.AUTOSAVE)
    assert article.revisions.filter(headline="Not this").exists()


def test_an_unpublished_article_is_worked_on_with_its_changes(edna: User) -> None:
    article = newsroom.published("As published")
    drafts.save(article, {"headline": "Newer"}, by=edna)
    publishing.unpublish(article, by=edna)
    assert Article.objects.get().headline == "Newer"
    assert not Draft.objects.exists()


def test_a_version_is_restored_with_its_images_and_taxonomy(edna: User) -> None:
    lead, inline = newsroom.picture(), newsroom.picture(checksum="1" * 64)
    figure = f'<figure data-image="{inline.pk}"><figcaption>Then</figcaption></figure>'
    article = newsroom.draft(
        "First", body=f"<p>Text.</p>{figure}", lead_image=lead, tags=["ferries"]
    )
    first = article.revisions.get()
    emptied: dict[str, Any] = {
        "headline": "Second",
        "body": "<p>Other.</p>",
        "lead_image_id": None,
        "tags": [],
    }
    drafts.save(article, emptied, by=edna)
    assert not Figure.objects.exists()
    drafts.restore(article, first, by=edna)
    restored = Article.objects.get()
    assert content_of_revision(first) == content_of(restored)
    assert {use.image_id for use in Figure.objects.all()} == {lead.pk, inline.pk}
    newest = article.revisions.first()
    assert newest is not None
    assert (newest.reason, newest.restored_from) == (Reason.RESTORE, first.number)


def test_an_image_deleted_while_a_draft_waits_blocks_publishing(edna: User) -> None:
    article, image = newsroom.published("Before"), newsroom.picture()
    drafts.save(article, {"headline": "After", "lead_image_id": image.pk}, by=edna)
    image.delete()
    with pytest.raises(NotReady):
        publishing.publish_changes(article, by=edna)
    assert _live().headline == "Before"
    drafts.save(article, {"lead_image_id": None}, by=edna)
    assert publishing.publish_changes(article, by=edna)


def test_a_version_with_a_deleted_lead_image_is_restored_without_it(edna: User) -> None:
    image = newsroom.picture()
    article = newsroom.draft("First", lead_image=image)
    first = article.revisions.get()
    drafts.save(article, {"headline": "Second", "lead_image_id": None}, by=edna)
    image.delete()
    drafts.restore(article, first, by=edna)
    restored = Article.objects.get()
    assert (restored.headline, restored.lead_image) == ("First", None)


def test_one_field_is_restored_alone(edna: User) -> None:
    article = newsroom.draft("First", body="<p>One.</p>")
    first = article.revisions.get()
    drafts.save(article, {"headline": "Second", "body": "<p>Two.</p>"}, by=edna)
    drafts.restore(article, first, by=edna, names=["headline"])
    restored = Article.objects.get()
    assert (restored.headline, restored.body) == ("First", "<p>Two.</p>")


def test_a_version_from_an_earlier_release_restores_its_text_only(edna: User) -> None:
    article = newsroom.draft("First", tags=["ferries"])
    old = article.revisions.get()
    Revision.objects.update(details=None)
    drafts.save(article, {"headline": "Second", "tags": ["strikes"]}, by=edna)
    old.refresh_from_db()
    drafts.restore(article, old, by=edna)
    restored = Article.objects.get()
    assert restored.headline == "First"
    assert set(restored.tags.names()) == {"strikes"}


def test_autosaves_of_one_user_become_one_revision_for_ten_minutes(edna: User, rui: User) -> None:
    article = newsroom.draft(by=rui)
    for words in ("A", "A qu", "A quay"):
        drafts.save(article, {"headline": words}, by=edna, reason=Reason.AUTOSAVE)
    assert next(iter(article.revisions.values_list("number", "headline"))) == (2, "A quay")
    drafts.save(article, {"headline": "A quay, Rui"}, by=rui, reason=Reason.AUTOSAVE)
    assert article.revisions.count() == 3
    Revision.objects.update(created_at=timezone.now() - timedelta(minutes=11))
    drafts.save(article, {"headline": "A quay, later"}, by=rui, reason=Reason.AUTOSAVE)
    assert article.revisions.count() == 4


def test_a_manual_save_is_never_overwritten(edna: User) -> None:
    article = newsroom.draft()
    drafts.save(article, {"headline": "Typed"}, by=edna, reason=Reason.AUTOSAVE)
    drafts.save(article, {"headline": "Saved"}, by=edna)
    drafts.save(article, {"headline": "Typed on"}, by=edna, reason=Reason.AUTOSAVE)
    assert {row.headline for row in article.revisions.all()} >= {"Saved", "Typed on"}


def test_a_merge_changes_drafts_too_and_is_recorded(
    edna: User, django_capture_on_commit_callbacks: Any
) -> None:
    old, new = newsroom.category("Asia"), newsroom.category("Asia-Pacific")
    article = newsroom.published(categories=[old], tags=["boats"])
    drafts.save(article, {"headline": "Waiting"}, by=edna)
    taxonomy.merge_categories([old], into=new, by=edna)
    boats, ships = (Tag.objects.get_or_create(name=name)[0] for name in ("boats", "ships"))
    taxonomy.merge_tags([boats], into=ships, by=edna)
    revisions.record_changed([article.pk], by=edna)
    bulk = article.revisions.get(reason=Reason.BULK)
    assert [each["name"] for each in content_of_revision(bulk)["categories"]] == ["Asia-Pacific"]
    publishing.publish_changes(article, by=edna)
    assert [row.category for row in article.article_categories.all()] == [
        Category.objects.get(pk=new.pk)
    ]
    assert set(article.tags.names()) == {"ships"}


def test_old_versions_are_thinned_and_published_ones_stay(edna: User) -> None:
    article = newsroom.published("Published")
    for number in range(5):
        drafts.save(article, {"headline": f"Version {number}"}, by=edna)
    old = timezone.now().replace(hour=12) - timedelta(days=40)
    Revision.objects.update(created_at=old)
    waiting = Draft.objects.get().revision
    recent = drafts.save(article, {"headline": "Recent"}, by=edna)
    assert revisions.thin() == 4
    kept = set(article.revisions.values_list("headline", flat=True))
    assert kept == {"Published", waiting.headline, recent.headline}


def test_the_last_version_of_each_day_of_the_publication_stays(edna: User) -> None:
    Publication(time_zone="Pacific/Auckland").save()
    article = newsroom.draft("First")
    # 13:00 and 14:00 in Auckland; 0:30 and 1:30 of the next day there, still the same day in UTC.
    for hour in (0, 1, 11.5, 12.5):
        version = drafts.save(article, {"headline": f"At {hour}"}, by=edna)
        at = datetime(2026, 1, 10, tzinfo=UTC) + timedelta(hours=hour)
        Revision.objects.filter(pk=version.pk).update(created_at=at)
    assert revisions.thin() == 2
    kept = set(article.revisions.values_list("headline", flat=True))
    assert kept == {"First", "At 1", "At 12.5"}


class Desk:
    """What has to be true after every step: which texts can be retrieved, and what readers see."""

    def __init__(self, editors: list[User]) -> None:
        self.editors = editors
        self.article = newsroom.draft(body="<p>Text 0</p>")
        self.texts = ["<p>Text 0</p>"]
        self.others = [newsroom.draft(f"Other {number}") for number in range(2)]
        self.series = Series.objects.create(name="Straits")
        self.beside: dict[str, dict[str, Any]] = {
            self.texts[0]: {"picks": [], "series": [], "series_position": None}
        }
        """Text → what was saved with it."""
        self.replaced: set[str] = set()
        self.autosave: tuple[int, str, int] | None = None
        """Editor, text and age in minutes of the autosave that the next save may replace."""
        self.live: str | None = None

    def wait(self, minutes: int) -> None:
        Revision.objects.update(created_at=F("created_at") - timedelta(minutes=minutes))
        if self.autosave is not None:
            editor, text, age = self.autosave
            self.autosave = (editor, text, age + minutes)

    def save(self, editor: int, reason: Reason = Reason.SAVE) -> None:
        text = f"<p>Text {len(self.texts)}</p>"
        self.beside[text] = self._beside(len(self.texts))
        written = {"body": text, **self.beside[text]}
        drafts.save(self.article, written, by=self.editors[editor], reason=reason)
        age = 0
        if self.autosave is not None:
            before, replaced, age = self.autosave
            if before == editor and age < 10:
                self.replaced.add(replaced)
            else:
                age = 0
        self.texts.append(text)
        self.autosave = (editor, text, age) if reason == Reason.AUTOSAVE else None

    def autosaves(self, editor: int) -> None:
        self.save(editor, Reason.AUTOSAVE)

    def restore(self, editor: int) -> None:
        revision = list(self.article.revisions.all())[-1 if editor else 0]
        if revision.body != self._working():
            drafts.restore(self.article, revision, by=self.editors[editor])
            self.autosave = None

    def publish(self, editor: int) -> None:
        working = self._working()
        publishing.publish(self.article, by=self.editors[editor])
        publishing.publish_changes(self.article, by=self.editors[editor])
        self.live, self.autosave = working, None

    def schedule(self, editor: int) -> None:
        at = timezone.now() + timedelta(hours=1)
        try:
            publishing.schedule_changes(self.article, by=self.editors[editor], at=at)
        except NotReady:
            return
        self.autosave = None

    def time_comes(self, editor: int) -> None:
        scheduled = Draft.objects.filter(publish_at__isnull=False)
        if scheduled.update(publish_at=timezone.now()):
            self.live, self.autosave = self._working(), None
        publishing.publish_due_changes()

    def discard(self, editor: int) -> None:
        if Draft.objects.exists():
            drafts.discard_changes(self.article, by=self.editors[editor])
            self.autosave = None

    def unpublish(self, editor: int) -> None:
        publishing.unpublish(self.article, by=self.editors[editor])
        self.live = None

    def check(self) -> None:
        kept = {content_of_revision(row)["body"] for row in self.article.revisions.all()}
        assert set(self.texts) - self.replaced <= kept
        seen = Article.objects.published().values_list("body", flat=True).first()
        assert seen == self.live
        for row in self.article.revisions.all():
            content = content_of_revision(row)
            expected = self.beside[content["body"]]
            assert {name: content[name] for name in expected} == expected
        if seen is not None:
            live = content_of(_live())
            assert {name: live[name] for name in self.beside[seen]} == self.beside[seen]
            published = self.article.revisions.filter(published_at__isnull=False)
            assert seen in {row.body for row in published}

    def _beside(self, number: int) -> dict[str, Any]:
        """Of three texts one has no series, and one no picks."""
        series = [{"id": self.series.pk, "name": self.series.name}] if number % 3 else []
        return {
            "picks": [each.pk for each in self.others[: (number + 1) % 3]],
            "series": series,
            "series_position": number if series else None,
        }

    def _working(self) -> str:
        article = Article.objects.get(pk=self.article.pk)
        body: str = drafts.open_for_editing(article).content["body"]
        return body


DOES = ["save", "autosaves", "restore", "publish", "schedule", "time_comes", "discard", "unpublish"]
STEPS = st.lists(
    st.tuples(st.sampled_from(DOES), st.integers(0, 1), st.integers(0, 7)), max_size=12
)


@given(steps=STEPS)
@settings(
    max_examples=sized(8, 60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_every_saved_text_can_be_retrieved_and_readers_see_published_ones_only(
    steps: list[tuple[str, int, int]], edna: User, rui: User
) -> None:
    with transaction.atomic():
        desk = Desk([edna, rui])
        for what, editor, minutes in steps:
            desk.wait(minutes)
            getattr(desk, what)(editor)
            desk.check()
        transaction.set_rollback(True)


LONG_HEADLINE = "x" * 200


def test_a_copy_has_the_same_content_and_no_url(edna: User) -> None:
    image = newsroom.picture()
    article = newsroom.published(
        "At the strait",
        body=f'<p>Text.</p><figure data-image="{image.pk}"><figcaption></figcaption></figure>',
        lead_image=image,
        authors=[newsroom.author("Ines Faro"), newsroom.author("Rui Tavares")],
        categories=[newsroom.category("Asia"), newsroom.category("News")],
        tags=["ferries"],
    )
    translations.link(newsroom.draft(language="fr"), article)
    copy = drafts.duplicate(article, by=edna)
    copy.refresh_from_db()
    assert (copy.state, copy.slug, copy.created_by) == (Article.State.DRAFT, "", edna)
    assert (copy.published_at, copy.year) == (None, None)
    changed = {"headline": f"At the strait{drafts.COPY_SUFFIX}", "slug": "", "translation_of": None}
    article.refresh_from_db()
    assert content_of(copy) == content_of(article) | changed
    assert copy.figures.count() == 2
    assert copy.revisions.get().created_by == edna


def test_a_copy_starts_from_the_draft_if_there_is_one(edna: User) -> None:
    article = newsroom.published("As published")
    image = newsroom.picture()
    drafts.save(article, {"body": "<p>Changed.</p>", "lead_image_id": image.pk}, by=edna)
    image.delete()
    copy = drafts.duplicate(article, by=edna)
    assert (copy.body, copy.lead_image_id) == ("<p>Changed.</p>", None)
    assert Article.objects.published().get().body != copy.body
    assert drafts.draft_of(article) is not None


@pytest.mark.parametrize(
    "headline", ["", LONG_HEADLINE, LONG_HEADLINE[len(drafts.COPY_SUFFIX) - 1 :]]
)
def test_a_headline_that_leaves_no_room_is_copied_as_it_is(edna: User, headline: str) -> None:
    article = newsroom.draft(headline)
    assert drafts.duplicate(article, by=edna).headline == headline


def test_the_button_opens_one_copy_however_often_it_is_pressed(client: Client, edna: User) -> None:
    article = newsroom.draft("Original")
    client.force_login(edna)
    form = client.get(change_url(article))
    url = f"{change_url(article).removesuffix('change/')}duplicate/"
    assert f'formaction="{url}"' in form.content.decode()
    token = form.context["copy_token"]
    for _ in range(2):
        page = client.post(url, {**values_of(form), "copy_token": token}, follow=True)
    copy = Article.objects.exclude(pk=article.pk).get()
    assert page.redirect_chain[-1][0] == change_url(copy)
    client.post(url, {"copy_token": ""})
    assert Article.objects.count() == 3


def test_only_users_who_may_see_the_article_and_add_articles_copy_it(
    client: Client, rui: User, mina: User, edna: User
) -> None:
    public, draft = newsroom.published(by=edna), newsroom.draft(by=edna)
    in_trash = newsroom.draft(by=rui)
    trash.move(in_trash, by=edna)
    url = "/admin/articles/article/{}/duplicate/"
    client.force_login(mina)
    assert client.post(url.format(public.pk)).status_code == 403
    client.force_login(rui)
    for article in (draft, in_trash):
        assert client.post(url.format(article.pk)).status_code == 403
    assert client.get(url.format(public.pk)).url == change_url(public)  # type: ignore[attr-defined]
    assert client.post(url.format(public.pk)).status_code == 302
    assert Article.objects.filter(created_by=rui, state=Article.State.DRAFT).count() == 1
