"""What the admin shows of the desk: forms, lists, history, what waits.

The verbs are next door; nothing here changes an article by itself.
"""
