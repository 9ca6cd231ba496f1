"""The words of an article by their place, for whatever looks for it."""

from dataclasses import dataclass

from articles.body.words import caption_text, plain_text
from articles.editorial.models import Article


@dataclass(frozen=True, slots=True)
class ArticleWords:
    """Plain text throughout; what weighs most stands first."""

    headline: str
    standfirst: str
    text: str
    captions: str
    names: str
    """Credits and bylines."""
    tags: str


def words_of(article: Article) -> ArticleWords:
    """What the article says and who is named with it; ask with `for_words()` to spare queries."""
    figures = list(article.figures.all())
    # The pictures of a gallery may share one caption.
    captions = dict.fromkeys(caption_text(each.caption) for each in figures if each.caption)
    credits = {figure.image.credit: None for figure in figures if figure.image.credit}
    bylines = [byline.author.name for byline in article.bylines.all()]
    tags = [tag.name for tag in article.tags.all()]
    return ArticleWords(
        headline=article.headline,
        standfirst=article.standfirst,
        text=plain_text(article.body, captions=False),
        captions="\n".join(captions),
        names="\n".join([*credits, *bylines]),
        tags="\n".join(tags),
    )
