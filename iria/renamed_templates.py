"""Templates that were renamed, and a system check for custom templates with an old name.

A site can override a template by a file of the same name. After an upgrade a file with an old name is
ignored; the check names the new one.
"""

from pathlib import Path
from typing import Any, Final

from django.core import checks
from django.template import engines
from django.template.backends.django import DjangoTemplates

RENAMED: Final = {
    "_foot.html": "_footer.html",
    "account/_face.html": "account/_avatar.html",
    "account/_other_ways.html": "account/_other_methods.html",
    "account/_passkey_words.html": "account/_passkey_messages.html",
    "account/email/deleted_message.txt": "account/email/deleted.txt",
    "account/second_factor.html": "account/two_factor_required.html",
    "account/show_again.html": "account/confirm_identity.html",
    "admin/articles/article/_in_order.html": "admin/articles/article/_choice_selects.html",
    "admin/articles/article/_named.html": "admin/articles/article/_article_chooser.html",
    "admin/articles/article/_ordered_choice.html": "admin/articles/article/_choice_selects.html",
    "admin/articles/comment/_case.html": "admin/articles/comment/_queue_row.html",
    "admin/articles/image/_deed.html": "admin/articles/image/_action.html",
    "admin/articles/image/_like.html": "admin/articles/image/_similar.html",
    "admin/articles/image/_received.html": "admin/articles/library/_upload_results.html",
    "admin/articles/image/_upload_results.html": "admin/articles/library/_upload_results.html",
    "admin/articles/image/add.html": "admin/articles/library/add.html",
    "admin/articles/image/change_list.html": "admin/articles/library/change_list.html",
    "admin/articles/file/_upload_results.html": "admin/articles/library/_upload_results.html",
    "admin/articles/file/add.html": "admin/articles/library/add.html",
    "admin/desk.html": "admin/dashboard.html",
    "admin/iria/publication/_emblem.html": "admin/iria/publication/_brand_image.html",
    "admin/newsletter/import/bring.html": "admin/newsletter/import/upload.html",
    "admin/newsletter/issue/_deed.html": "admin/newsletter/issue/_action.html",
    "admin/newsletter/issue/_run.html": "admin/newsletter/issue/_delivery.html",
    "admin/newsletter/issue/_undecided.html": "admin/newsletter/issue/_uncertain.html",
    "articles/comments/ask_again.html": "articles/comments/appeal.html",
    "articles/comments/mine.html": "articles/comments/my_comments.html",
    "articles/comments/yours.html": "articles/comments/status.html",
    "articles/reading/_end.html": "articles/public/_after_text.html",
    "articles/reading/_facts.html": "articles/public/_facts.html",
    "articles/reading/_shelf.html": "articles/public/_language_link.html",
    "articles/reading/preview_over.html": "articles/public/preview_expired.html",
    "iria/kept.html": "iria/personal_data.html",
    "iria/out_of_date.html": "iria/csrf_failure.html",
    "newsletter/asked.html": "newsletter/check_inbox.html",
    "newsletter/left.html": "newsletter/unsubscribed.html",
    "newsletter/sentence.html": "newsletter/message.html",
}
RENAMED_FOLDERS: Final = {"articles/reading/": "articles/public/"}


def new_name(name: str) -> str | None:
    """The name of a template now; None if it was not renamed."""
    if name in RENAMED:
        return RENAMED[name]
    for old, new in RENAMED_FOLDERS.items():
        if name.startswith(old):
            return new + name.removeprefix(old)
    return None


def check_template_names(*, app_configs: object, **_options: Any) -> list[checks.CheckMessage]:
    """A warning for each template that exists under an old name."""
    return [
        checks.Warning(
            f"The template {file} has no effect: {old} was renamed to {new}.",
            hint="Rename the file, and compare it with the template of this release.",
            id="iria.W002",
        )
        for file, old, new in _outdated_files()
    ]


def _outdated_files() -> list[tuple[Path, str, str]]:
    """Only if the new name exists too."""
    outdated = []
    for engine in engines.all():
        if isinstance(engine, DjangoTemplates):
            for folder in (Path(each) for each in engine.template_dirs):
                names = [*RENAMED]
                for old in RENAMED_FOLDERS:
                    names += (
                        str(file.relative_to(folder)) for file in (folder / old).rglob("*.html")
                    )
                for name in dict.fromkeys(names):
                    new = new_name(name)
                    if new and (folder / name).is_file() and _exists(engine, new):
                        outdated.append((folder / name, name, new))
    return outdated


def _exists(engine: DjangoTemplates, name: str) -> bool:
    return any((Path(folder) / name).is_file() for folder in engine.template_dirs)
