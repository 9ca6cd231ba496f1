"""What Django cannot declare about the tables, in `sql/`, and the rows that a newsroom begins with."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).with_name("sql")

KINDS = ["News", "Analysis", "Report", "Opinion", "Backgrounder", "Interview"]

EMBED_PROVIDERS = [
    # name, URLs of its pages, URL of the frame, shape
    (
        "YouTube",
        [
            "https://www.youtube.com/watch?v={id}",
            "https://youtube.com/watch?v={id}",
            "https://m.youtube.com/watch?v={id}",
            "https://www.youtube.com/shorts/{id}",
            "https://www.youtube.com/live/{id}",
            "https://youtu.be/{id}",
        ],
        "https://www.youtube-nocookie.com/embed/{id}",
        "wide",
    ),
    ("Vimeo", ["https://vimeo.com/{id}"], "https://player.vimeo.com/video/{id}?dnt=1", "wide"),
    (
        "Datawrapper",
        ["https://datawrapper.dwcdn.net/{id}", "https://datawrapper.dwcdn.net/{id}/{version}"],
        "https://datawrapper.dwcdn.net/{id}/",
        "tall",
    ),
    (
        "SoundCloud",
        ["https://soundcloud.com/{artist}/{title}"],
        "https://w.soundcloud.com/player/?url={address}",
        "low",
    ),
]

SCREENING_RULES = [
    # phase, threshold, action, reason told to the writer
    ("trap", 0, "spam", ""),
    (
        "banned",
        0,
        "reject",
        "It has a word that is not used on this site; please write it without that word.",
    ),
    ("suspect", 0, "hold", ""),
    ("links", 2, "hold", ""),
    ("link_kinds", 0, "hold", ""),
    ("duplicate", 1, "hold", ""),
    ("shouting", 70, "hold", ""),
    ("length", 4000, "allow", ""),
    ("newcomer", 1, "hold", ""),
    ("model", 0, "hold", ""),
    ("everyone", 0, "hold", ""),
    ("reports", 3, "hold", ""),
    (
        "writer",
        0,
        "reject",
        "Commenting with this account or address is suspended. If you think that this is a mistake, "
        "please write to the newsroom.",
    ),
    ("likeness", 0, "hold", ""),
    ("rate", 4, "hold", ""),
    ("akismet", 0, "hold", ""),
]

REASONS = [
    # name, words
    (
        "Off the subject",
        "It is not about what the article says. You are welcome to write about that.",
    ),
    (
        "Insulting",
        "It insults somebody. Please say what you think of the matter without attacking a person.",
    ),
    ("Hateful", "It speaks of people with contempt for what they are; that is not published here."),
    ("Advertising", "It advertises something. Comments are for talking about the article."),
    (
        "Private matters",
        "It tells private things about somebody, such as an address or an illness.",
    ),
    (
        "Not true",
        "It states as a fact what is plainly not true, and could harm somebody who believes it.",
    ),
    ("Said already", "The same was said in this conversation already."),
    (
        "Cannot be understood",
        "We could not make out what it means; please write it in whole sentences.",
    ),
]


def run(name):
    return migrations.RunSQL((SQL / f"{name}.sql").read_text())


def create_first_rows(apps, schema_editor):
    def create(model, rows):
        model = apps.get_model("articles", model)
        model.objects.bulk_create(model(**row) for row in rows)

    create(
        "Kind",
        (
            {"name": name, "slug": name.lower(), "position": position}
            for position, name in enumerate(KINDS)
        ),
    )
    create(
        "EmbedProvider",
        (
            {
                "name": name,
                "address_patterns": "\n".join(pages),
                "frame_address": frame,
                "frame_origin": "/".join(frame.split("/")[:3]),
                "shape": shape,
            }
            for name, pages, frame, shape in EMBED_PROVIDERS
        ),
    )
    create(
        "ScreeningRule",
        (
            {
                "phase": phase,
                "threshold": threshold,
                "action": action,
                "reason": reason,
                "active": phase != "akismet",
            }
            for phase, threshold, action, reason in SCREENING_RULES
        ),
    )
    create(
        "ListedReason",
        (
            {"name": name, "words": words, "position": position}
            for position, (name, words) in enumerate(REASONS, 1)
        ),
    )


class Migration(migrations.Migration):
    replaces = [("articles", "0050_positions_of_earlier_comments")]

    dependencies = [
        ("articles", "0001_squashed_0049_tables"),
        ("iria", "0001_squashed_0011_initial"),
    ]

    operations = [
        run("text_search"),
        run("tags"),
        run("search_statistics"),
        run("picture_files"),
        run("picture_credits"),
        run("picture_library"),
        run("comment_threads"),
        run("comment_search"),
        run("listings"),
        migrations.RunPython(create_first_rows, migrations.RunPython.noop),
    ]
