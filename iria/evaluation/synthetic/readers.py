"""Creates tens of thousands of comments and subscribers."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from django.db.models import Max
from django.utils import timezone

from articles.comments.models import Comment
from articles.editorial.models import Article
from iria.core.db.bulk_copy import catch_up_sequence, copy_rows
from iria.evaluation.synthetic.articles import PREFIX
from iria.evaluation.synthetic.words import SUBJECTS, Language, sentences
from newsletter.models import Newsletter, Subscriber, Subscription


def load_comments(count: int, language: Language, seed: int = 1) -> int:
    """Adds approved comments to published articles; some are replies to the previous one."""
    rng = Random(seed)  # noqa: S311 - nothing secret
    articles = list(Article.objects.published().values_list("pk", flat=True))
    first = (Comment.objects.aggregate(last=Max("pk"))["last"] or 0) + 1

    def comments() -> Iterator[Comment]:
        previous: Comment | None = None
        for number in range(first, first + count):
            parent = previous if rng.random() < 0.3 else None
            words = language.text(rng, rng.randrange(SUBJECTS), rng.randint(8, 80))
            previous = Comment(
                pk=number,
                article_id=parent.article_id if parent else rng.choice(articles),
                parent_id=parent.pk if parent else None,
                name=f"Reader {rng.randrange(1000)}",
                text=" ".join(sentences(words, rng)),
                state=Comment.State.APPROVED,
                created_at=timezone.now() - timedelta(minutes=first + count - number),
            )
            yield previous

    written = copy_rows(comments()) if articles else 0
    catch_up_sequence(Comment)
    return written


def load_subscribers(count: int) -> int:
    """Adds confirmed subscribers of the first newsletter, with e-mail addresses that do not exist."""
    newsletter = Newsletter.objects.first()
    if newsletter is None:
        newsletter = Newsletter.objects.create(name="News", slug=PREFIX)
    first = (Subscriber.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    link = (Subscription.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    now = timezone.now()
    copy_rows(
        Subscriber(
            pk=number,
            email=f"reader-{number}@{PREFIX}.example",
            state=Subscriber.State.ACTIVE,
            confirmed_at=now,
        )
        for number in range(first, first + count)
    )
    copy_rows(
        Subscription(pk=link + offset, subscriber_id=first + offset, newsletter=newsletter)
        for offset in range(count)
    )
    catch_up_sequence(Subscriber)
    catch_up_sequence(Subscription)
    return count
