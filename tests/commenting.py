"""Comments, as readers submit them."""

from uuid import UUID

from django.core.exceptions import ValidationError

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.notifications.models import Follow
from articles.comments.submission import posting
from articles.comments.submission.form import CommentForm
from articles.editorial.models import Article
from iria.publication.models import current_publication


def post(
    article: Article,
    *,
    name: str = "Teo Brandt",
    email: str = "teo@readers.example",
    text: str = "I was on that ferry.",
    parent: Comment | None = None,
    by: User | None = None,
    ip_address: str = "",
    honeypot: str = "",
    form_id: UUID | None = None,
    follow: Follow.Frequency | None = None,
) -> Comment:
    """Submits a comment by a guest, or by an account.

    Raises:
        ValidationError: with the errors of each field.
    """
    values = {"name": name, "email": email, "text": text, "website": honeypot}
    values |= {"parent": str(parent.pk) if parent else "", "follow": follow or ""}
    form = CommentForm(values, article=article, publication=current_publication(), commenter=by)
    form.is_valid()
    form.form_id = form_id
    if form.errors:
        raise ValidationError(form.errors.as_data())
    return posting.post(form.submission(ip_address))
