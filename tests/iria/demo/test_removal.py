"""The demo newsroom goes without a trace of it and without a loss to others."""

import pytest

from accounts.models import AuthorProfile, User
from articles.comments.models import Comment
from articles.comments.submission import posting
from articles.editorial import revisions
from articles.editorial.models import Article, Category
from articles.images.models import Image
from articles.search.index.models import SearchLexeme
from iria.publication.models import Publication
from tests.iria.demo.newsroom import Rows, every_row, remove, story
from tests.newsroom import category, draft, picture

pytestmark = pytest.mark.django_db


def test_removing_leaves_the_tables_as_they_were(before: Rows) -> None:
    assert every_row() != before
    remove()
    assert every_row() == before
    assert not SearchLexeme.objects.filter(articles__gt=0).exists()
    assert "(0 rows)" in remove()


def test_an_editors_own_article_stays_with_all_that_it_uses(rui: User) -> None:
    theirs = draft("Our own", by=rui, categories=[Category.objects.get(path="asia-pacific/japan")])
    theirs.lead_image = Image.objects.get(headline="Lighthouse on a headland")
    theirs.bylines.create(author=AuthorProfile.objects.get(slug="marek-sovinec"))
    theirs.tags.set(["Japan", "tides"])
    revisions.save(theirs, by=rui)
    own_picture = picture(checksum="1" * 64)
    said = remove()
    theirs.refresh_from_db()
    assert [kept.path for kept in theirs.categories.all()] == ["asia-pacific/japan"]
    assert theirs.lead_image is not None
    assert theirs.bylines.get().author.name == "Marek Sovinec"
    assert sorted(theirs.tags.names()) == ["Japan", "tides"]
    assert Image.objects.filter(pk=own_picture.pk).exists()
    # The author who stays keeps a face.
    assert Image.objects.count() == 3
    assert {"asia-pacific", "asia-pacific/japan"} == set(
        Category.objects.values_list("path", flat=True)
    )
    assert "Kept: the author “Marek Sovinec”, which is in use." in said
    assert "Kept: the picture “Lighthouse on a headland”, which is in use." in said


def test_what_somebody_of_the_house_wrote_or_changed_has_become_theirs(rui: User) -> None:
    edited = story("panama-lake")
    edited.headline = "Panama’s lake, as we see it"
    revisions.save(edited, by=rui)
    # Also what was begun with the demo editor's account, and the name of the publication.
    edna = User.objects.get(email="edna@roadstead.example")
    draft("Our first real article", by=edna, categories=[category("Ours", slug="ours")])
    row = Publication.objects.get()
    row.name = "The Strait Review"
    row.save()
    said = remove()
    kept = {article.headline: article.created_by for article in Article.objects.all()}
    assert set(kept) == {"Panama’s lake, as we see it", "Our first real article"}
    assert kept["Our first real article"] is None
    assert "which somebody has edited" in said
    assert edited.figures.get().image.headline == "Level of the canal’s lake"
    assert "name and contact of the publication" in said
    assert Publication.objects.get().name == "The Strait Review"


def test_what_the_demo_editor_tried_out_and_readers_wrote_below_goes_with_the_demo(
    ola: User,
) -> None:
    played_with = story("panama-lake")
    played_with.headline = "Testing, testing"
    revisions.save(played_with, by=User.objects.get(email="edna@roadstead.example"))
    posting.post(played_with, text="I was there last week.", by=ola)
    remove()
    assert not Article.objects.exists()
    assert not Comment.objects.exists()
    assert User.objects.filter(pk=ola.pk).exists()
