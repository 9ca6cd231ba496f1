"""Permissions for the tools of the issue form and for digest rules."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from newsletter.models import Digest, Frequency
from tests.newsletter.admin_pages import LIVE, issue_form_data
from tests.newsletter.digest_rules import rule
from tests.newsletter.factories import issue, news

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("fixture", ["rui", "mina"])
def test_only_users_who_may_edit_issues_reach_the_tools(
    client: Client, fixture: str, request: pytest.FixtureRequest
) -> None:
    client.force_login(request.getfixturevalue(fixture))
    draft = issue()
    digest_rule = rule()
    assert client.get("/admin/newsletter/issue/articles/?q=a").status_code == 403
    assert client.post(LIVE, issue_form_data()).status_code == 403
    assert client.post(f"{LIVE}?issue={draft.pk}", issue_form_data()).status_code == 403
    for page in ("change", "delete"):
        path = reverse(f"admin:newsletter_digestrule_{page}", args=[digest_rule.pk])
        assert client.get(path).status_code == 403
        assert client.post(path, {"on": ""}).status_code == 403
    assert client.get(reverse("admin:newsletter_digestrule_add")).status_code == 403


def test_forms_of_other_sites_are_rejected(edna: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(edna)
    draft = rule()
    digest = Digest.objects.create(
        newsletter=news(), frequency="daily", period="p", needs_approval=True, composed_at=timezone.now(),
        begins_at=timezone.now(), ends_at=timezone.now(),
    )  # fmt: skip
    for path in (
        LIVE,
        reverse("admin:newsletter_digestrule_change", args=[draft.pk]),
        reverse("admin:newsletter_digest_approve", args=[digest.pk]),
    ):
        assert strict.post(path, issue_form_data()).status_code == 403


def test_only_users_who_may_send_turn_off_approval(client: Client, rui: User) -> None:
    for codename in ("view_digestrule", "change_digestrule", "add_digestrule"):
        rui.user_permissions.add(Permission.objects.get(codename=codename))
    client.force_login(rui)
    held, free = rule(needs_approval=True), rule(Frequency.WEEKLY, enabled=False)
    for draft in (held, free):
        client.post(reverse("admin:newsletter_digestrule_change", args=[draft.pk]), {
            "newsletter": news().pk, "frequency": draft.frequency, "enabled": "on", "subject": "New words",
            "time_of_day": "07:00", "day": 0, "introduction": "",
        })  # fmt: skip
        draft.refresh_from_db()
        assert draft.subject == "New words"
    assert held.needs_approval
    assert not free.enabled
