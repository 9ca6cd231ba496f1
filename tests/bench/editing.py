"""The cost of the article form with a large archive and a long history.

Requested in this process: opening a published article that has changes, images, a gallery, authors,
tags and a place in a series, and saving in the background while somebody types. A view that does nothing
is requested in the same rounds, behind the same settings and middleware. Counted is the processor time
of this process and of its connection to PostgreSQL.

`python -m tests.bench editing` measures only this, in an archive that is large enough already if there is one.
"""

from collections.abc import Callable
from statistics import median
from time import perf_counter, process_time
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import clear_url_caches, reverse

from accounts.models import AuthorProfile, User
from articles.editorial.models import Article, Category, Revision, Series
from articles.editorial.versions import drafts
from articles.images.models import Image
from iria.lab.evaluation.synthetic.revisions import load_revisions
from tests import newsroom
from tests.bench.serving import cpu_of_tree, server_process
from tests.bench.table import Line

ARTICLES: Final = 100_000
REVISIONS: Final = 1_000_000
IMAGES: Final = 7
ROUNDS: Final = 9
BLOCK: Final = 6
"""Requests for a view in one round; the bare view gets twenty times as many."""

ALLOWED: Final = {"autosave": (12, 200), "opening": (15, 500)}
"""Queries, and times the bare view."""

FILL: Final = """
INSERT INTO articles_article (
    headline, slug, standfirst, body, language, search_description, lead_caption, comments_open,
    state, published_at, year, month, created_at, modified_at, version, kind_id, canonical_url,
    first_published_url, first_published_in, licence, noindex, comments_policy
)
SELECT 'Report ' || number, 'report-' || number, 'What happened.', repeat('<p>Words of a report.</p>', 120),
    'en', '', '', true, 'published', at, extract(year FROM at), extract(month FROM at), at, at, 1,
    (SELECT min(id) FROM articles_articletype), '', '', '', '', false, ''
FROM generate_series(1, %s) AS number
CROSS JOIN LATERAL (SELECT now() - number * interval '40 minutes' AS at) AS moment
"""


@override_settings(STAFF_SECOND_FACTOR=False)
def measure() -> dict[str, Any]:
    """Measures both, after filling the archive if it is small; returns queries and times the bare view."""
    if Article.objects.count() < ARTICLES or Revision.objects.count() < REVISIONS:
        _fill()
    editor = User.objects.create_superuser(
        f"bench{perf_counter()}@editing.example", "a-password-for-the-bench"
    )
    article = _article(editor)
    client = Client(SERVER_NAME=settings.SITE_HOST)
    client.force_login(editor)
    form = reverse("admin:articles_article_change", args=[article.pk])
    autosave = reverse("admin:articles_article_autosave", args=[article.pk])
    version = article.version

    def save() -> None:
        nonlocal version
        body = article.body + f"<p>Typed {version}.</p>"
        answer = client.post(autosave, {"version": version, "body": body})
        version = answer.json()["version"]

    def open_form() -> None:
        if client.get(form).status_code != 200:
            raise SystemExit("The article form could not be opened.")

    views = {"autosave": save, "opening": open_form}
    queries = {}
    for name, view in views.items():
        view()  # not the first one, which fills the caches of the process
        with CaptureQueriesContext(connection) as captured:
            view()
        queries[name] = sum("SAVEPOINT" not in each["sql"] for each in captured)
    ratios: dict[str, list[float]] = {name: [] for name in views}
    database = server_process()
    floors = []
    for _ in range(ROUNDS):
        with override_settings(ROOT_URLCONF="tests.bench.bare"):
            clear_url_caches()
            floor = _cost(lambda: client.get("/"), BLOCK * 20, database)
        floors.append(floor)
        clear_url_caches()
        for name, view in views.items():
            ratios[name].append(_cost(view, BLOCK, database) / floor)
    _remove(article, editor)
    results = {name: (queries[name], round(median(ratios[name]), 1)) for name in views}
    met = all(
        own <= most
        for name in views
        for own, most in zip(results[name], ALLOWED[name], strict=True)
    )
    return {
        "articles": Article.objects.count(),
        "revisions": Revision.objects.count(),
        "views": results,
        "bare_ms": round(median(floors) * 1000, 3),
        "met": met,
    }


def lines(results: dict[str, Any]) -> list[Line]:
    rows = []
    for name, (queries, ratio) in results["views"].items():
        what = f"article form, {name}"
        most_queries, most = ALLOWED[name]
        floor = results["bare_ms"]
        rows += [
            Line(what, queries, "queries", limit=most_queries),
            Line(what, round(ratio * floor, 2), "ms", floor, "bare view", ratio, most),
        ]
    return rows


def _cost(view: Callable[[], object], times: int, database: int | None) -> float:
    """Seconds of processor time per request; without those of a database on another machine."""
    view()  # the first one after a change of URLs imports them
    # Looking through all processes takes as long as a hundred bare views, so outside of what is measured.
    theirs = cpu_of_tree(database) if database else 0.0
    own = process_time()
    for _ in range(times):
        view()
    own = process_time() - own
    theirs = cpu_of_tree(database) - theirs if database else 0.0
    return (own + theirs) / times


def _article(editor: User) -> Article:
    """A published article with changes and with everything that the form shows."""
    images = list(Image.objects.order_by("pk")[:IMAGES])
    images += [newsroom.picture() for _ in range(IMAGES - len(images))]
    figures = [f'<figure data-image="{each.pk}">At the quay</figure>' for each in images]
    paragraphs = "<p>Words of a report, and more of them.</p>" * 60
    gallery = f"<figure data-gallery>{''.join(figures[3:])}</figure>"
    named = f"{editor.pk}"
    authors = [newsroom.author(f"Author {number} of {named}") for number in range(3)]
    category = Category.objects.first() or newsroom.category("Reports")
    article = newsroom.published(
        f"A report with images {named}",
        body=f"{paragraphs}{''.join(figures[1:3])}{gallery}",
        lead_image=images[0],
        authors=authors,
        categories=[category],
        tags=["harbour", "tariff", "convoy", "budget"],
        by=editor,
    )
    series = Series.objects.create(name=f"A series of {named}")
    changed = {"standfirst": "Changed.", "series": [{"id": series.pk, "name": series.name}]}
    drafts.save(article, changed, by=editor)
    for number in range(12):
        content = {"search_description": f"Saved {number} times."}
        drafts.save(article, content, by=editor)
    return article


def _remove(article: Article, editor: User) -> None:
    """Leaves the archive as it was."""
    article.delete()
    Series.objects.filter(name=f"A series of {editor.pk}").delete()
    AuthorProfile.objects.filter(name__endswith=f" of {editor.pk}").delete()
    editor.delete()


def _fill() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # Does the work of the triggers for all rows at once; lists are not measured here.
        cursor.execute("ALTER TABLE articles_article DISABLE TRIGGER USER")
        cursor.execute(FILL, [ARTICLES])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE articles_article ENABLE TRIGGER USER")
    load_revisions(REVISIONS)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
