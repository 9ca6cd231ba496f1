"""The translation catalogues of the interface.

`python -m tests.catalogue` updates each `locale/*/LC_MESSAGES/django.po` with the messages of code
and templates, compiles the `.mo` that Django reads, and prints the messages without a translation.
It needs Babel but not GNU gettext, so it runs wherever the tests do.
"""
