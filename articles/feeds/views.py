"""The feeds of every listing."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from taggit.models import Tag

from accounts.models import AuthorProfile
from articles.comments.models import Moderation
from articles.editorial.models import Article, Category, Redirect
from articles.editorial.models.article import LANGUAGES
from articles.editorial.querysets import ArticleQuerySet
from articles.feeds import atom, jsonfeed, rss
from articles.feeds.channels import Channel, channel_of
from articles.feeds.entries import entries
from articles.feeds.freshness import fresh, last_change
from articles.feeds.threads import thread_entries
from iria.publication.context import publication_of

FeedView = Callable[..., HttpResponseBase]

FORMS: Final = {"": rss, "atom": atom, "json": jsonfeed}


def site(request: HttpRequest, form: str = "") -> HttpResponseBase:
    """The articles of the front page: the publication's first language, and what it does not list."""
    others = publication_of(request).language_codes[1:]
    return _feed(request, form, Article.objects.published().exclude(language__in=others))


def language(request: HttpRequest, code: str, form: str = "") -> HttpResponseBase:
    name = dict(LANGUAGES).get(code)
    if name is None:
        raise Http404
    articles = Article.objects.published().filter(language=code)
    return _feed(request, form, articles, path=f"/language/{code}/", name=name, language=code)


def category(request: HttpRequest, path: str, form: str = "") -> HttpResponseBase:
    chosen = Category.objects.filter(path=path).first()
    if chosen is None:
        return _moved(f"/category/{path}/", form)
    return _feed(
        request,
        form,
        Article.objects.published().in_category(chosen),
        path=chosen.get_absolute_url(),
        name=chosen.name,
        description=chosen.introduction,
    )


def tag(request: HttpRequest, slug: str, form: str = "") -> HttpResponseBase:
    chosen = Tag.objects.filter(slug=slug).first()
    if chosen is None:
        return _moved(f"/tag/{slug}/", form)
    articles = Article.objects.published().filter(article_tags__tag=chosen)
    return _feed(request, form, articles, path=f"/tag/{slug}/", name=chosen.name)


def author(request: HttpRequest, slug: str, form: str = "") -> HttpResponseBase:
    chosen = AuthorProfile.objects.filter(slug=slug).first()
    if chosen is None:
        return _moved(f"/author/{slug}/", form)
    articles = Article.objects.published().filter(bylines__author=chosen)
    path, name = chosen.get_absolute_url(), chosen.name
    return _feed(request, form, articles, path=path, name=name, description=chosen.biography)


def thread(
    request: HttpRequest, year: int, month: int, slug: str, form: str = ""
) -> HttpResponseBase:
    """The comments below an article, newest first."""
    articles = Article.objects.published().filter(year=year, month=month, slug=slug)
    article = articles.defer("body").first()
    if article is None:
        return _moved(f"/{year:04}/{month:02}/{slug}/", form)
    channel = channel_of(
        publication_of(request),
        thread_entries(article),
        path=article.get_absolute_url(),
        name=f"Comments on “{article.headline}”",
        description=article.standfirst,
        language=article.language,
    )
    decided = Moderation.objects.order_by("-pk").values_list("made_at", flat=True).first()
    return answer(request, form, channel, decided)


def _feed(
    request: HttpRequest, form: str, articles: ArticleQuerySet, **about: str
) -> HttpResponseBase:
    publication = publication_of(request)
    return answer(request, form, channel_of(publication, entries(articles, publication), **about))


def answer(
    request: HttpRequest, form: str, channel: Channel, decided: datetime | None = None
) -> HttpResponseBase:
    """The channel in the form that was asked for.

    Args:
        decided: when something was decided about entries besides the work at the desk.
    """
    writer = FORMS[form]
    response = HttpResponse(writer.write(channel), content_type=writer.CONTENT_TYPE)
    return fresh(request, response, last_change(channel, decided))


def _moved(old_path: str, form: str) -> HttpResponseBase:
    """The feed of what a category, tag, author or article has become."""
    found = (
        Redirect.objects.filter(old_path=old_path)
        .select_related("article", "category", "tag", "author")
        .first()
    )
    if found is None:
        raise Http404
    if found.tag:
        target = f"/tag/{found.tag.slug}/"
    elif found.category:
        target = found.category.get_absolute_url()
    elif found.author:
        target = found.author.get_absolute_url()
    elif found.article and found.article.is_published:
        target = found.article.get_absolute_url()
    else:
        raise Http404
    return HttpResponsePermanentRedirect(f"{target}feed/{form}/" if form else f"{target}feed/")
