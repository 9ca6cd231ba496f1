"""The catalogues of the interface's words.

`python -m tests.catalogue` writes into each `locale/*/LC_MESSAGES/django.po` what the code and the
templates say today, and makes the `.mo` that Django reads; what is left to translate is named.
It needs Babel and no GNU gettext, so it works wherever the tests do.
"""
