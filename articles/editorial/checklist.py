"""What stands between an article and its readers."""

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
    used = Image.objects.filter(figures__article=article).distinct()
    for image in used:
        if not image.may_be_shown:
            found.append(
                f"The picture “{image}” has no credit; give it one in the library, "
                "or tick “needs no credit” there and say why."
            )
    return found
