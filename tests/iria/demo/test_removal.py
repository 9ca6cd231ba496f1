"""The demo newsroom is removed completely, without loss of other content."""

from typing import Any

import pytest

from accounts.models import AuthorProfile, User
from articles.comments.models import Comment
from articles.editorial.models import Article, Category
from articles.editorial.versions import revisions
from articles.images.models import Image
from articles.search.models import SearchLexeme
from iria.publication.models import Publication
from tests import commenting
from tests.iria.demo.newsroom import Rows, every_row, remove, story
from tests.newsroom import category, draft, picture

pytestmark = pytest.mark.django_db


def test_removal_restores_all_tables(before: Rows) -> None:
    assert every_row() != before
    remove()
    assert every_row() == before
    assert not SearchLexeme.objects.filter(articles__gt=0).exists()
    assert "(0 rows)" in remove()


def test_an_article_of_an_editor_stays_with_everything_it_uses(rui: User) -> None:
    own = draft("Our own", by=rui, categories=[Category.objects.get(path="asia-pacific/japan")])
    own.lead_image = Image.objects.get(headline="Lighthouse on a headland")
    own.bylines.create(author=AuthorProfile.objects.get(slug="marek-sovinec"))
    own.tags.set(["Japan", "tides"])
    revisions.save(own, by=rui)
    own_picture = picture(checksum="1" * 64)
    output = remove()
    own.refresh_from_db()
    assert [kept.path for kept in own.categories.all()] == ["asia-pacific/japan"]
    assert own.lead_image is not None
    assert own.bylines.get().author.name == "Marek Sovinec"
    assert sorted(own.tags.names()) == ["Japan", "tides"]
    assert Image.objects.filter(pk=own_picture.pk).exists()
    # The author who stays keeps the portrait.
    assert Image.objects.count() == 3
    assert {"asia-pacific", "asia-pacific/japan"} == set(
        Category.objects.values_list("path", flat=True)
    )
    assert "Kept: the author “Marek Sovinec”, which is in use." in output
    assert "Kept: the image “Lighthouse on a headland”, which is in use." in output


def test_content_that_an_editor_wrote_or_changed_stays(rui: User) -> None:
    edited = story("panama-lake")
    edited.headline = "Panama’s lake, as we see it"
    revisions.save(edited, by=rui)
    # Also a new article of the demo editor, and the name of the publication.
    edna = User.objects.get(email="edna@roadstead.example")
    draft("Our first real article", by=edna, categories=[category("Ours", slug="ours")])
    row = Publication.objects.get()
    row.name = "The Strait Review"
    row.save()
    output = remove()
    kept = {article.headline: article.created_by for article in Article.objects.all()}
    assert set(kept) == {"Panama’s lake, as we see it", "Our first real article"}
    assert kept["Our first real article"] is None
    assert "which was edited" in output
    assert edited.figures.get().image.headline == "Level of the canal’s lake"
    assert "contact details of the publication" in output
    assert Publication.objects.get().name == "The Strait Review"


def test_edits_of_the_demo_editor_and_their_comments_are_removed(ola: User, settings: Any) -> None:
    note = settings.STATE / "demo-editor.txt"
    note.write_text("edna@roadstead.example\nmade-by-make\n")
    edited = story("panama-lake")
    edited.headline = "Testing, testing"
    revisions.save(edited, by=User.objects.get(email="edna@roadstead.example"))
    commenting.post(edited, text="I was there last week.", by=ola)
    remove()
    assert not Article.objects.exists()
    assert not Comment.objects.exists()
    assert User.objects.filter(pk=ola.pk).exists()
    assert note.read_text().split() == ["made-by-make"]
