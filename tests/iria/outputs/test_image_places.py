"""A credit counts only at the place of the image."""

import ast
import json

import pytest

from tests.iria.outputs.image_code import rendering_functions
from tests.iria.outputs.image_places import ImagePlace, image_places

FILE, CREDIT = "abc-640.jpeg", "Jo Reis/via Quay"
IMAGE = f'<img src="/pictures/{FILE}" alt="">'
MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'


def places_in(body: str) -> list[ImagePlace]:
    return image_places(body.encode(), [FILE])


def structured(**fields: str) -> str:
    about = json.dumps(
        {"@type": "ImageObject", "contentUrl": f"https://x.example/{FILE}", **fields}
    )
    return f'<script type="application/ld+json">{{"image": [{about}]}}</script>'


OG = f'<meta property="og:image" content="https://x.example/{FILE}">'
FEED = {"image": f"https://x.example/{FILE}", "attachments": []}
RSS = f'<?xml version="1.0"?><rss {MEDIA}><channel><item>{{}}</item></channel></rss>'
CONTENT = f'<media:content url="https://x.example/{FILE}">{{}}</media:content>'
SITEMAP = "http://www.google.com/schemas/sitemap-image/1.1"
PAGES = f'<?xml version="1.0"?><url xmlns:i="{SITEMAP}">{{}}</url>'


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (f"<p>{CREDIT}</p><figure>{IMAGE}</figure>", "figure"),
        (f"<figure>{IMAGE}<p>{CREDIT}</p></figure>", "figure"),
        (f"<figure>{IMAGE}</figure><section class='image-credits'>{CREDIT}</section>", "figure"),
        (
            f"<div class='story-image'>{IMAGE}</div><p class='image-credits'>{CREDIT}</p>",
            "story-image",
        ),
        (f'<div><p>{CREDIT}</p><div class="card-image">{IMAGE}</div></div>', "card-image"),
        (f"<table><tr><td><a>{IMAGE}</a></td><td>{CREDIT}</td></tr></table>", "td"),
        (f"{OG}<meta property='og:title' content='{CREDIT}'>", "og:image:alt"),
        (structured() + CREDIT, "JSON-LD address alone"),
        (structured(creditText="") + CREDIT, "JSON-LD creditText"),
        (json.dumps({**FEED, "title": CREDIT}), "address alone"),
        (json.dumps({**FEED, "_picture": {"alt": CREDIT}}), "_picture.credit"),
        (json.dumps({"mime_type": "image/jpeg", "url": FILE, "alt": CREDIT}), "attachment"),
        (json.dumps({"credit": "", "alt": CREDIT, "files": [{"url": FILE}]}), "credit"),
        (RSS.format(CONTENT.format("")), "content"),
        (RSS.format(f'<title>{CREDIT}</title><enclosure url="{FILE}"/>'), "enclosure"),
        (
            PAGES.format(f"<loc>{CREDIT}</loc><i:image><i:loc>{FILE}</i:loc></i:image>"),
            "loc",
        ),
        (f"By {CREDIT}\n\n[Picture: A\nquay]", "letter"),
    ],
)
def test_a_credit_elsewhere_does_not_count(body: str, kind: str) -> None:
    ((found, text),) = places_in(body)
    assert found == kind
    assert CREDIT not in text


@pytest.mark.parametrize(
    "body",
    [
        f"<figure><a>{IMAGE}</a><figcaption>{CREDIT}</figcaption></figure>",
        f'<div class="portrait"><picture>{IMAGE}</picture><small>{CREDIT}</small></div>',
        f'<div class="card-image">{IMAGE}</div><section class="image-credits">{CREDIT}</section>',
        f"{OG}<meta property='og:image:alt' content='A quay – {CREDIT}'>",
        structured(creditText=CREDIT),
        json.dumps({**FEED, "_picture": {"credit": CREDIT}}),
        json.dumps({"credit": CREDIT, "files": [{"url": FILE}]}),
        RSS.format(CONTENT.format(f"<media:credit>{CREDIT}</media:credit>")),
        f"Words\n\n[Picture: A quay {CREDIT}]",
    ],
)
def test_a_credit_beside_the_image_counts(body: str) -> None:
    ((_kind, text),) = places_in(body)
    assert CREDIT in text


def test_html_in_feeds_is_searched() -> None:
    inside = f"<content>&lt;figure&gt;&lt;img src='{FILE}'&gt;&lt;/figure&gt;</content>"
    assert places_in(RSS.format(inside)) == [ImagePlace("figure", "")]
    assert places_in(f"<p>{CREDIT}</p><img src='/other.jpeg'>") == []


@pytest.mark.parametrize(
    "call",
    [
        "from articles.images.srcset import image_attributes\ndef new(): image_attributes(1)",
        "from articles.images import srcset\ndef new(): return srcset.image_attributes(1)",
        "from articles.images.srcset import plain_files as of\nasync def new(): of(1)",
    ],
)
def test_rendering_functions_are_found_with_import_aliases(call: str) -> None:
    assert list(rendering_functions(ast.parse(call))) == ["new"]
    assert list(rendering_functions(ast.parse("def new(): of(1)"))) == []
