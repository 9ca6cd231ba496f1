"""Change lists: actions as buttons, filters as menus, cards on phones."""

import re

from django.test import Client
from django.utils.safestring import SafeString
from taggit.models import Tag

from accounts.models import User
from iria.templatetags.admin_labels import labelled

TAGS = "/admin/taggit/tag/"
IMAGES = "/admin/articles/image/"


def test_the_button_of_an_action_runs_it_for_the_selected_rows(client: Client, edna: User) -> None:
    ferry, harbour = (Tag.objects.create(name=name) for name in ("ferry", "harbour"))
    client.force_login(edna)
    page = client.get(TAGS).content.decode()
    assert re.findall(r'name="action" value="(\w+)"', page) == ["delete_selected", "merge_selected"]
    pressed = {"action": "merge_selected", "index": "0"}
    answer = client.post(TAGS, {**pressed, "_selected_action": [ferry.pk, harbour.pk]})
    assert 'name="stays"' in answer.content.decode()


def test_a_filter_says_what_is_chosen(client: Client, edna: User) -> None:
    client.force_login(edna)
    page = client.get(f"{IMAGES}?lacks=credit").content.decode()
    (chosen,) = re.findall(r'<summary\s+class="admin-chosen"\s*>(.*?)</summary>', page, re.DOTALL)
    assert "No credit" in chosen


def test_a_cell_has_the_name_of_its_column_and_an_empty_one_is_marked() -> None:
    row = ['<td class="action-checkbox">x</td>', "<th>Ines</th>", "<td>Editor</td>", "<td>-</td>"]
    headers = [{"text": text} for text in ("", "name", 'role "a"', "user")]
    assert labelled([SafeString(cell) for cell in row], headers) == [
        row[0],
        row[1],
        '<td data-label="Role &quot;a&quot;">Editor</td>',
        "<td data-empty>-</td>",
    ]


def test_a_list_without_rows_says_so(client: Client, edna: User) -> None:
    client.force_login(edna)
    assert 'class="admin-no-rows"' in client.get(TAGS).content.decode()
