"""Articles in the admin: forms, lists, history and the dashboard.

Nothing here changes an article by itself; `articles.editorial` does.
"""
