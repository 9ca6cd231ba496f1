"""Subjects of e-mails about accounts."""

from django.template.loader import render_to_string


def subject_of(name: str) -> str:
    """The subject of an e-mail, without the name of the site."""
    return render_to_string(f"account/email/{name}_subject.txt").strip()


def mfa_subject_of(name: str) -> str:
    return render_to_string(f"mfa/email/{name}_subject.txt").strip()
