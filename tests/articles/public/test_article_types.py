"""Article types look different, and what an article lacks leaves no hole."""

from typing import Any

import pytest
from django.test import Client
from lxml import html as lxml_html
from lxml.html import HtmlElement

from articles.editorial.models import Article, ArticleType, Portrait
from articles.files.models import File
from iria.publication.models import current_publication
from tests import newsroom
from tests.articles.files import samples
from tests.articles.public import sample_content
from tests.articles.public.test_structured_data import problems, structured

pytestmark = pytest.mark.django_db

FILM = "https://www.youtube.com/watch?v=abc"
EMBED = f'<figure data-embed="{FILM}"><figcaption>The strait in March</figcaption></figure>'
TEXT = "<p>Words of it.</p>"
Template = ArticleType.Template


@pytest.fixture(autouse=True)
def _address(settings: Any) -> None:
    settings.SITE_URL, settings.SITE_HOST = "https://meridian.example", "meridian.example"


def of_type(template: str, **fields: Any) -> Article:
    kind, _ = ArticleType.objects.get_or_create(
        slug=f"a-{template}", defaults={"name": f"A {template}", "template": template}
    )
    return newsroom.published(f"A {template}", kind=kind, **fields)


def page(client: Client, article: Article) -> HtmlElement:
    response = client.get(article.get_absolute_url())
    assert response.status_code == 200
    return lxml_html.document_fromstring(response.content.decode())


def test_existing_types_look_like_what_they_are() -> None:
    templates = dict(ArticleType.objects.values_list("slug", "template"))
    assert {slug: templates[slug] for slug in ("news", "analysis", "opinion", "report")} == {
        "news": "news",
        "analysis": "analysis",
        "opinion": "opinion",
        "report": "report",
    }


@pytest.mark.parametrize("template", Template.values)
def test_a_bare_article_of_every_type_is_a_whole_page(client: Client, template: str) -> None:
    tree = page(client, of_type(template, body=TEXT))
    assert [each.text_content() for each in tree.iter("h1")] == [f"A {template}"]
    assert not tree.xpath("//audio | //a[@download] | //embed-frame")
    assert len(tree.xpath("//ul[@class='article-actions']")) == 1
    sections = tree.xpath("//article//section[not(normalize-space())]")
    assert sections == []


@pytest.mark.parametrize(
    ("template", "schema_type"),
    [
        (Template.NEWS, "NewsArticle"),
        (Template.ANALYSIS, "AnalysisNewsArticle"),
        (Template.OPINION, "OpinionNewsArticle"),
        (Template.REPORT, "Report"),
        (Template.PODCAST, "NewsArticle"),
        (Template.VIDEO, "NewsArticle"),
    ],
)
def test_the_template_names_the_type_of_the_structured_data(
    client: Client, template: str, schema_type: str
) -> None:
    data = structured(client, of_type(template, body=TEXT).get_absolute_url())[0]
    assert data["@type"] == schema_type


def test_a_report_has_a_cover_contents_and_its_pdf(client: Client) -> None:
    file = samples.file(title="The whole report", credit="The institute")
    parts = "".join(f"<h2>Part {number}</h2>{TEXT}" for number in range(3))
    report = of_type("report", body=f"{parts}{samples.markup(file)}")
    tree = page(client, report)
    (cover,) = tree.find_class("cover")
    assert cover.xpath(".//h1")
    assert cover.xpath(".//a[@download]/@href") == [file.get_absolute_url()]
    assert tree.xpath("//nav[@aria-labelledby='contents']//a/@href") == [
        f"#h-part-{number}" for number in range(3)
    ]
    assert not tree.find_class("file-card"), "the file is not repeated in the text"
    data = structured(client, report.get_absolute_url())
    assert data[0]["encoding"]["contentUrl"].endswith(file.get_absolute_url())
    assert not list(problems(data))


def test_a_file_without_a_credit_is_not_offered(client: Client) -> None:
    file = samples.file(title="The whole report", credit="The institute")
    report = of_type("report", body=f"{TEXT}{samples.markup(file)}")
    File.objects.update(credit="")
    assert not page(client, report).xpath("//a[@download]")


def test_a_podcast_has_a_player_and_its_text_is_the_transcript(client: Client) -> None:
    file = samples.file(samples.mp3(), title="Episode 4", credit="The institute")
    episode = of_type("podcast", body=f"{samples.markup(file)}{TEXT}")
    tree = page(client, episode)
    (player,) = tree.iter("audio")
    assert player.get("src") == file.get_absolute_url()
    assert player.get("preload") == "none"
    assert len(tree.find_class("article-rail")[0].xpath("./h2")) == 1
    data = structured(client, episode.get_absolute_url())
    assert data[0]["@type"] == "PodcastEpisode"
    assert data[0]["associatedMedia"]["@type"] == "AudioObject"
    assert not list(problems(data))


def test_a_video_comes_first_and_is_described(client: Client) -> None:
    image = sample_content.sized(newsroom.picture())
    video = of_type("video", body=f"{TEXT}{EMBED}", lead_image=image)
    tree = page(client, video)
    assert tree.xpath("//header//embed-frame")
    assert not tree.find_class("article-text")[0].xpath(".//embed-frame")
    data = structured(client, video.get_absolute_url())
    film = data[0]["video"]
    assert film["name"] == "The strait in March"
    assert film["embedUrl"].startswith("https://www.youtube-nocookie.com/embed/abc")
    assert film["uploadDate"] == data[0]["datePublished"]
    assert not list(problems(data))


def test_a_video_without_an_image_is_not_described(client: Client) -> None:
    data = structured(client, of_type("video", body=EMBED).get_absolute_url())[0]
    assert "video" not in data


def test_an_opinion_shows_the_portrait_of_its_author_above_the_headline(client: Client) -> None:
    author = newsroom.author("Ines Faro")
    image = sample_content.sized(newsroom.picture())
    opinion = of_type("opinion", authors=[author])
    (head,) = page(client, opinion).find_class("article-title")
    assert not head.xpath(".//img")
    Portrait.objects.create(author=author, image=image)
    (head,) = page(client, opinion).find_class("article-title")
    assert head.xpath(".//img/following::h1")
    assert head.xpath(".//a[@rel='author']/following::h1")


def test_an_editor_chooses_the_template_of_a_type(client: Client, edna: Any) -> None:
    client.force_login(edna)
    data = {"name": "Conversation", "slug": "talk", "position": 9, "template": "podcast"}
    response = client.post("/admin/articles/articletype/add/", data)
    assert response.status_code == 302, response.context["errors"]
    assert ArticleType.objects.get(slug="talk").template == "podcast"


def test_a_type_has_its_name_in_the_language_of_the_page(
    client: Client, admin_client: Client
) -> None:
    publication = current_publication()
    publication.languages = "en, fr"
    publication.save()
    analysis = ArticleType.objects.get(slug="analysis")
    change = f"/admin/articles/articletype/{analysis.pk}/change/"
    form = admin_client.get(change).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    assert admin_client.post(change, values | {"name_fr": "Décryptage"}).status_code == 302
    french = newsroom.published("Le fleuve", language="fr", kind=analysis)
    for path in ("/language/fr/", french.get_absolute_url()):
        (label, *_more) = lxml_html.document_fromstring(client.get(path).content).find_class("kind")
        assert label.text_content().strip() == "Décryptage", path
    english = newsroom.published("The river", kind=analysis)
    (label,) = page(client, english).xpath("//main//header//*[@class='kind']")
    assert label.text_content().strip() == "Analysis"
