"""A URL for every kind of page, from the content in the database."""

from articles.comments.models import Comment
from articles.editorial.models import Article, ArticleType, Category
from articles.images.models import Image
from newsletter.models import Issue, Subscriber


def public_pages() -> dict[str, str]:
    """Name → URL for every kind of public page."""
    articles = Article.objects.published().newest()
    plain = articles.filter(language="en", figures__place="inline").first()
    arabic = articles.filter(language="ar").first()
    assert plain
    assert arabic
    author = plain.bylines.select_related("author").get(position=0).author
    category = Category.objects.get(path="asia-pacific")
    tag = plain.tags.first()
    subscriber = Subscriber.objects.filter(state="active").first()
    issue = Issue.objects.filter(state="sent").first()
    assert tag
    assert subscriber
    assert issue
    french = articles.filter(language="fr").first()
    part_of_series = articles.filter(series_part__isnull=False).first()
    embedding = articles.filter(body__contains="data-embed").first()
    assert french
    assert part_of_series
    assert embedding
    section, topic = french.categories.first(), french.tags.first()
    signed = french.bylines.select_related("author").first()
    assert section
    assert topic
    assert signed
    figure = plain.figures.filter(place="inline").first()
    assert figure
    answered = (
        Comment.objects.published()
        .filter(position__descendant_count__gt=0, position__level=1)
        .first()
    )
    assert answered
    of_types = {
        f"article, {template}": article.get_absolute_url()
        for template in ArticleType.Template.values
        if (article := articles.filter(kind__template=template).first())
    }
    return {
        **of_types,
        "front page": "/",
        "image view": f"{plain.get_absolute_url()}picture/{figure.image_id}/",
        "article": plain.get_absolute_url(),
        "thread": f"{plain.get_absolute_url()}comments/",
        "thread in another order": f"{plain.get_absolute_url()}comments/newest/",
        "replies to a comment": f"{answered.article.get_absolute_url()}comments/{answered.pk}/",
        "article in a series": part_of_series.get_absolute_url(),
        "article with an embed": embedding.get_absolute_url(),
        "article in French": french.get_absolute_url(),
        "article, right to left": arabic.get_absolute_url(),
        "category": category.get_absolute_url(),
        "tag": f"/tag/{tag.slug}/",
        "author": author.get_absolute_url(),
        "year": f"/{plain.year:04}/",
        "month": f"/{plain.year:04}/{plain.month:02}/",
        "language": "/language/fr/",
        "language, right to left": "/language/ar/",
        "language, articles": "/language/ar/articles/",
        "language, archive": "/language/ar/archive/",
        "language, topics": "/language/ar/tag/",
        "language, authors": "/language/ar/author/",
        "language, section": f"/language/fr{section.get_absolute_url()}",
        "language, topic": f"/language/fr/tag/{topic.slug}/",
        "language, author": f"/language/fr{signed.author.get_absolute_url()}",
        "language, year": f"/language/ar/{arabic.year:04}/",
        "language, month": f"/language/ar/{arabic.year:04}/{arabic.month:02}/",
        "corrections": "/corrections/",
        "archive": "/archive/",
        "topics": "/tag/",
        "authors": "/author/",
        "too many parameters": "/search/?" + "a=1&" * 1100,
        "content API": "/api/v1/",
        "search, empty": "/search/",
        "search, found": "/search/?q=security",
        "search, narrowed": "/search/?q=sea&category=asia-pacific&sort=newest",
        "search, refused": "/search/?q=sea&year=2026-02-30",
        "search, nothing": "/search/?q=xylophonically",
        "not found": "/nowhere/to/be/found/",
        "about": "/about/",
        "personal data": "/what-we-keep/",
        "comment form": f"/comments/new/?article={plain.pk}",
        "newsletter": "/newsletter/",
        "newsletter issues": "/newsletter/issues/",
        "newsletter issue": f"/newsletter/issues/{issue.slug}/",
        "preferences": f"/newsletter/preferences/{subscriber.token}/",
        "follow by e-mail": f"/newsletter/follow/?topic={tag.slug}",
        "unsubscribe": f"/newsletter/unsubscribe/{subscriber.token}/",
        "sign in": "/accounts/login/",
        "sign up": "/accounts/signup/",
        "sign in by code": "/accounts/login/code/",
        "password reset": "/accounts/password/reset/",
    }


def admin_pages() -> dict[str, str]:
    """Name → URL for the most used pages of the admin."""
    article = Article.objects.published().newest().first()
    image = Image.objects.first()
    comment = Comment.objects.filter(state="held").first()
    issue = Issue.objects.first()
    assert article
    assert image
    assert comment
    assert issue
    return {
        "dashboard": "/admin/",
        "articles": "/admin/articles/article/",
        "new article": "/admin/articles/article/add/",
        "article form": f"/admin/articles/article/{article.pk}/change/",
        "library": "/admin/articles/image/",
        "image form": f"/admin/articles/image/{image.pk}/change/",
        "new image": "/admin/articles/image/add/",
        "moderators' list": "/admin/articles/comment/",
        "comment": f"/admin/articles/comment/{comment.pk}/change/",
        "ban or suspend": f"/admin/articles/comment/{comment.pk}/ban/",
        "comments by commenter": "/admin/articles/comment/by-writer/",
        "moderation log": "/admin/articles/moderationdecision/",
        "moderation by week": "/admin/articles/moderationdecision/weeks/",
        "bans": "/admin/articles/ban/",
        "categories": "/admin/articles/category/",
        "issues": "/admin/newsletter/issue/",
        "issue form": f"/admin/newsletter/issue/{issue.pk}/change/",
        "new issue": "/admin/newsletter/issue/add/",
        "digests": "/admin/newsletter/digest/",
        "new digest rule": "/admin/newsletter/digestrule/add/",
        "subscribers": "/admin/newsletter/subscriber/",
        "imports": "/admin/newsletter/subscriberimport/",
        "new import": "/admin/newsletter/subscriberimport/add/",
        "suppressions": "/admin/newsletter/suppression/",
        "searches": "/admin/articles/querycount/",
        "new synonyms": "/admin/articles/synonyms/add/",
        "new pinned query": "/admin/articles/pinnedquery/add/",
        "publication": "/admin/iria/publication/1/change/",
        "front pages": "/admin/articles/placement/",
    }
