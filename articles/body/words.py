"""A body as plain text."""

from articles.body.parsing import parse, text_of

BLOCKS = ("p", "h2", "h3", "h4", "li", "blockquote", "pre", "figcaption", "td", "th", "tr", "table")


def plain_text(body: str, *, captions: bool = True) -> str:
    """The words of a body, a paragraph a line; footnotes follow at the end."""
    tree = parse(body)
    notes = [
        span.get("data-footnote", "") for span in tree.iter("span") if span.get("data-footnote")
    ]
    if not captions:
        for figure in list(tree.iter("figure")):
            figure.drop_tree()
    for block in tree.iter(*BLOCKS):
        block.tail = "\n" + (block.tail or "")
    for line_break in tree.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    lines = "".join(tree.itertext()).splitlines()
    kept = [" ".join(line.split()) for line in lines]
    return "\n".join(line for line in [*kept, *notes] if line)


def caption_text(caption: str) -> str:
    """A caption without its markup."""
    return text_of(parse(caption))
