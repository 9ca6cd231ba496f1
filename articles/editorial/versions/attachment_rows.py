"""The attachment rows of an article, derived from its text."""

from articles.body.figures import file_ids_in
from articles.editorial.checklist import NotReady
from articles.editorial.models import Article, Attachment
from articles.files.blockers import blockers
from articles.files.models import File


def record_attachments(*articles: Article) -> None:
    """Updates the rows of articles from their texts, one for each file.

    Raises:
        NotReady: an article is published and would get a file that readers may not have.
    """
    before: dict[int, set[int]] = {article.pk: set() for article in articles}
    rows = Attachment.objects.filter(article__in=articles)
    for article_id, file_id in rows.values_list("article_id", "file_id"):
        before[article_id].add(file_id)
    wanted = {article.pk: file_ids_in(article.body) for article in articles}
    added = set().union(*(wanted[pk] - before[pk] for pk in wanted))
    files = {file.pk: file for file in _locked(added)} if added else {}
    created: list[Attachment] = []
    for article in articles:
        new = [files[pk] for pk in sorted(wanted[article.pk] - before[article.pk]) if pk in files]
        if article.is_published and (found := blockers(new)):
            raise NotReady(found)
        if gone := before[article.pk] - wanted[article.pk]:
            article.attachments.filter(file__in=gone).delete()
        created += [Attachment(article=article, file=file) for file in new]
    Attachment.objects.bulk_create(created)


def _locked(numbers: set[int]) -> list[File]:
    """The files with these ids; nobody deletes them before the commit."""
    rows = File.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=numbers).order_by("pk"))


def attachments_of(article: Article) -> list[Attachment]:
    """What the text says, for a text that is not saved."""
    files = File.objects.filter(pk__in=file_ids_in(article.body))
    return [Attachment(article=article, file=file) for file in files]
