"""The attachment rows of an article, derived from its text."""

from articles.body.files import file_ids_in
from articles.editorial.checklist import NotReady
from articles.editorial.models import Article, Attachment
from articles.files.blockers import blockers
from articles.files.models import File


def record_attachments(article: Article) -> None:
    """Updates the rows from the text, one for each file.

    Raises:
        NotReady: the article is published and would get a file that readers may not have.
    """
    wanted = file_ids_in(article.body)
    before = set(article.attachments.values_list("file_id", flat=True))
    new = _locked(wanted - before) if wanted - before else []
    if article.is_published and (found := blockers(new)):
        raise NotReady(found)
    if gone := before - wanted:
        article.attachments.filter(file__in=gone).delete()
    if new:
        Attachment.objects.bulk_create(Attachment(article=article, file=file) for file in new)


def _locked(numbers: set[int]) -> list[File]:
    """The files with these ids; nobody deletes them before the commit."""
    rows = File.objects.select_for_update(of=("self",), no_key=True)
    return list(rows.filter(pk__in=numbers).order_by("pk"))


def attachments_of(article: Article) -> list[Attachment]:
    """What the text says, for a text that is not saved."""
    files = File.objects.filter(pk__in=file_ids_in(article.body))
    return [Attachment(article=article, file=file) for file in files]
