"""The text of an article as a value: plain Python, no Django, no database.

A body is sanitised HTML. A picture stands in it as `<figure data-image="ID">` with its caption of
this use in `<figcaption>`; a footnote as `<span data-footnote="the note">` where its mark goes.
"""
