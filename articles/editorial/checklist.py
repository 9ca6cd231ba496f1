"""What stands between an article and its readers."""

from articles.body.figures import figures_in
from articles.body.words import plain_text
from articles.editorial.models import Article
from articles.images.models import Image


def obstacles(article: Article) -> list[str]:
    """Why this article cannot be published as it stands: sentences for the editor, or none."""
    found = []
    if not plain_text(article.body).strip():
        found.append("The text is empty; write it before you publish.")
    if not article.article_categories.exists():
        found.append("No category is chosen; choose at least one.")
    pictures = _pictures(article)
    for image in pictures:
        if not image.may_be_shown:
            found.append(
                f"The picture “{image}” has no credit; give it one in the library, "
                "or tick “needs no credit” there and say why."
            )
    known = {image.pk for image in pictures}
    lost = sorted({use.image_id for use in figures_in(article.body)} - known)
    found += [
        f"The text shows picture number {number}, which is not in the library; "
        "take it out or choose another."
        for number in lost
    ]
    return found


def advice(article: Article) -> list[str]:
    """What would make the article better and does not hold it back."""
    found = [
        f"The picture “{image}” has no alternative text; say in the library what it shows."
        for image in _pictures(article)
        if not image.alt_text.strip()
    ]
    if not article.standfirst.strip():
        found.append("There is no standfirst; one sentence tells readers why this matters.")
    if not article.bylines.exists():
        found.append("Nobody signs it; choose an author.")
    return found


def _pictures(article: Article) -> list[Image]:
    return list(Image.objects.filter(figures__article=article).distinct())
