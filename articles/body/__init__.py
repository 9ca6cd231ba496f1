"""The text of an article: plain Python, no Django, no database.

A body is sanitised HTML, a sequence of blocks (`articles.body.registry`). An image is `<figure data-image="ID">` with the caption of this use in
`<figcaption>`, a file `<figure data-file="ID">`; a footnote is `<span data-footnote="the note">` where its mark goes.
"""
