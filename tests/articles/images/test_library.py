"""The image library in the admin."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from articles.images.admin.forms import EDIT_CONFLICT, PHOTOGRAPHER_IS_CREATOR, ImageForm
from articles.images.library.uploads import NO_METADATA
from articles.images.models import Agency, Image, Photographer, Rendition
from articles.images.models.rights import LICENCE_DATES_REVERSED, NO_REASON
from tests.newsroom import draft, picture, picture_file, published

LIBRARY = "/admin/articles/image/"


def sent(name: str = "harbour.jpg", **options: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture_file(**options).read())


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def test_one_uploaded_file_redirects_to_its_form_with_a_message(editor_client: Client) -> None:
    page = editor_client.post(f"{LIBRARY}add/", {"pictures": sent()}, follow=True)
    image = Image.objects.get()
    assert page.redirect_chain[-1][0] == reverse("admin:articles_image_change", args=[image.pk])
    assert NO_METADATA in page.content.decode()


def test_several_uploaded_files_get_one_result_each(editor_client: Client) -> None:
    files = [
        sent("a.jpg", colour="red"),
        sent("b.jpg", colour="green"),
        sent("c.jpg", colour="red"),
    ]
    files.append(SimpleUploadedFile("d.jpg", b"no picture"))
    page = editor_client.post(f"{LIBRARY}add/", {"pictures": files}).content.decode()
    assert Image.objects.count() == 2
    assert page.count("uploaded.") == 2
    assert "already in the library" in page
    assert "not a supported image" in page


def test_an_upload_without_a_file_gets_an_error(editor_client: Client) -> None:
    page = editor_client.post(f"{LIBRARY}add/", {}).content.decode()
    assert "Choose at least one file" in page


@pytest.mark.parametrize(
    "query_string", ["", "?look=grid", "?look=list", "?q=harbour", "?lacks=credit"]
)
def test_the_library_has_a_grid_and_a_list_view(editor_client: Client, query_string: str) -> None:
    picture()
    assert editor_client.get(LIBRARY + query_string).status_code == 200


def test_the_chooser_returns_the_details_that_the_editor_needs(editor_client: Client) -> None:
    image = picture(caption="Cranes & “quays”", alt_text='A "quoted" text')
    page = editor_client.get(f"{LIBRARY}choose/?fragment=1").content.decode()
    assert f'data-picture="{image.pk}"' in page
    assert 'data-alt="A &quot;quoted&quot; text"' in page
    assert 'data-caption="Cranes &amp; “quays”"' in page
    assert "<html" not in page


def test_the_chooser_uploads_an_image_and_shows_it_first(editor_client: Client) -> None:
    picture()
    page = editor_client.post(f"{LIBRARY}choose/?fragment=1", {"pictures": sent()}).content.decode()
    newest = Image.objects.latest("pk")
    assert page.index(f'data-picture="{newest.pk}"') < page.index("A harbour")
    assert "uploaded." in page


def test_the_chooser_works_without_javascript(editor_client: Client) -> None:
    image = picture()
    page = editor_client.get(f"{LIBRARY}choose/").content.decode()
    assert f"Number <strong>{image.pk}</strong>" in page


def test_without_javascript_the_selection_is_kept_across_pages(editor_client: Client) -> None:
    quay, lamp = (
        picture(headline="Quay"),
        picture(headline="Lighthouse", caption="Up  <b>there</b>"),
    )
    page = editor_client.get(
        f"{LIBRARY}choose/?q=lighthouse&chosen={quay.pk}&chosen={lamp.pk}"
    ).content.decode()
    assert f'<input type="hidden" name="chosen" value="{quay.pk}">' in page
    assert f'name="chosen" value="{lamp.pk}" checked' in page
    query = f"gallery=1&chosen={lamp.pk}&chosen=x&chosen={'9' * 30}&chosen=999999&chosen={lamp.pk}"
    page = editor_client.get(f"{LIBRARY}choose/?{query}").content.decode()
    figure = f'<figure data-image="{lamp.pk}"><figcaption>Up &lt;b&gt;there&lt;/b&gt;</figcaption></figure>'
    assert escape(figure) in page
    assert escape("data-gallery") not in page.partition("<textarea")[2].partition("</textarea>")[0]
    page = editor_client.get(f"{LIBRARY}choose/?gallery=1").content.decode()
    assert "Select at least one image" in page


def test_the_number_of_queries_of_grid_and_list_does_not_depend_on_the_images(
    editor_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for look, most in (("grid", 11), ("list", 11)):
        for count in (2, 20):
            many(count)
            with django_assert_max_num_queries(most):
                assert editor_client.get(f"{LIBRARY}?look={look}").status_code == 200


def test_the_number_of_queries_of_the_chooser_does_not_depend_on_the_images(
    editor_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (2, 20):
        many(count)
        with django_assert_max_num_queries(8):
            assert editor_client.get(f"{LIBRARY}choose/?fragment=1").status_code == 200
        chosen = "&".join(f"chosen={pk}" for pk in Image.objects.values_list("pk", flat=True))
        with django_assert_max_num_queries(10):
            assert editor_client.get(f"{LIBRARY}choose/?gallery=1&{chosen}").status_code == 200


def many(count: int) -> None:
    for _ in range(count):
        image = picture()
        Rendition.objects.bulk_create(
            Rendition(
                image=image, format="jpeg", width=width, height=9, name=f"{image.pk}-{width}.jpeg"
            )
            for width in (320, 640)
        )


def test_the_chooser_can_be_searched(editor_client: Client) -> None:
    picture(headline="Lighthouse")
    picture(headline="Quay")
    page = editor_client.get(f"{LIBRARY}choose/?fragment=1&q=light%00house").content.decode()
    assert "Quay" not in page
    page = editor_client.get(f"{LIBRARY}choose/?fragment=1&q=LIGHTHOUSE").content.decode()
    assert "Lighthouse" in page
    assert "No image matches" in editor_client.get(f"{LIBRARY}choose/?q=nothing").content.decode()


def test_unknown_pages_of_the_chooser_are_not_found(editor_client: Client) -> None:
    for page in ("0", "9", "x"):
        assert editor_client.get(f"{LIBRARY}choose/?page={page}").status_code == 404


def test_users_without_permission_see_no_images(client: Client, mina: User, ola: User) -> None:
    client.force_login(mina)
    for path in ("", "add/", "choose/"):
        assert client.get(LIBRARY + path).status_code == 403
    client.force_login(ola)
    for path in ("", "add/", "choose/"):
        assert client.get(LIBRARY + path).status_code == 302


def test_a_reporter_adds_and_edits_images_but_deletes_none(client: Client, rui: User) -> None:
    client.force_login(rui)
    client.post(f"{LIBRARY}add/", {"pictures": sent()})
    image = Image.objects.get()
    assert image.uploaded_by == rui
    client.post(f"{LIBRARY}{image.pk}/change/", {"credit": "Rui Tavares"})
    image.refresh_from_db()
    assert image.credit == "Rui Tavares"
    assert client.post(f"{LIBRARY}{image.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_credit_or_a_reason_for_its_absence_is_required(editor_client: Client) -> None:
    image = picture(credit="")
    page = editor_client.post(
        f"{LIBRARY}{image.pk}/change/", {"credit_exempt": "on"}
    ).content.decode()
    assert NO_REASON in page
    reason = {"credit_exempt": "on", "no_credit_reason": "Drawn by the desk"}
    assert editor_client.post(f"{LIBRARY}{image.pk}/change/", reason).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "text"),
    [
        ("credit", "x" * 301, "at most 300"),
        ("credit", "a\x00b", "ull characters"),
        ("caption", "x" * 2001, "at most 2000"),
        ("credit_url", "javascript:alert(1)", "valid URL"),
    ],
)
def test_invalid_input_is_reported_and_not_saved(
    editor_client: Client, field: str, value: str, text: str
) -> None:
    image = picture()
    form = {"credit": "Ines Faro", field: value}
    page = editor_client.post(f"{LIBRARY}{image.pk}/change/", form).content.decode()
    assert text in page
    image.refresh_from_db()
    assert image.credit == "Ines Faro/via Meridian Pictures"


def test_an_unused_image_is_deleted_with_its_renditions(editor_client: Client) -> None:
    image = picture()
    many(1)
    editor_client.post(f"{LIBRARY}{image.pk}/delete/", {"post": "yes"})
    assert not Image.objects.filter(pk=image.pk).exists()
    chosen = {"action": "delete_selected", "_selected_action": Image.objects.get().pk}
    assert "Are you sure" in editor_client.post(LIBRARY, chosen).content.decode()
    editor_client.post(LIBRARY, {**chosen, "post": "yes"})
    assert not Image.objects.exists()


def test_a_concurrent_change_is_not_overwritten(editor_client: Client) -> None:
    image = picture()
    url = f"{LIBRARY}{image.pk}/change/"
    form = {"headline": "Mine", "credit": "Ines Faro"}
    form["seen"] = editor_client.get(url).context["adminform"].form.initial["seen"]
    image.caption = "Written meanwhile"
    image.save()
    response = editor_client.post(url, form)
    assert EDIT_CONFLICT in response.content.decode()
    assert 'value="Mine"' in response.content.decode()
    image.refresh_from_db()
    assert image.headline != "Mine"
    form["seen"] = response.context["adminform"].form["seen"].value()
    assert editor_client.post(url, form).status_code == 302


def test_markup_in_metadata_is_escaped(editor_client: Client) -> None:
    bad = "\"'><script>alert(1)</script>"
    image = picture(
        **dict.fromkeys(("headline", "alt_text", "caption", "credit", "byline", "source"), bad),
        metadata={"caption": bad, "keywords": [bad]},
    )
    many(1)
    Rendition.objects.create(image=image, format="jpeg", width=320, height=200, name="x.jpeg")
    for path in ("", "?look=list", "choose/", "choose/?fragment=1", f"{image.pk}/change/"):
        page = editor_client.get(LIBRARY + path).content.decode()
        assert "script&gt;alert(1)" in page, path
        assert "<script>alert" not in page, path


def test_an_image_in_use_is_not_deleted_and_the_page_lists_its_usage(editor_client: Client) -> None:
    image = picture()
    draft(headline="Ships at dusk", lead_image=image)
    page = editor_client.post(
        f"{LIBRARY}{image.pk}/delete/", {"post": "yes"}, follow=True
    ).content.decode()
    assert "cannot be deleted because it is used in the article “Ships at dusk”" in page
    chosen = {"action": "delete_selected", "_selected_action": image.pk, "post": "yes"}
    assert (
        "cannot be deleted because it is used in"
        in editor_client.post(LIBRARY, chosen).content.decode()
    )
    assert Image.objects.filter(pk=image.pk).exists()


def test_the_form_of_an_image_links_to_its_usage(editor_client: Client) -> None:
    image = picture()
    article = draft(headline="Ships at dusk", lead_image=image)
    page = editor_client.get(f"{LIBRARY}{image.pk}/change/").content.decode()
    assert f'<a href="/admin/articles/article/{article.pk}/change/">' in page
    assert "Ships at dusk" in page


def test_the_credit_of_a_published_image_cannot_be_removed(editor_client: Client) -> None:
    image = picture()
    published(headline="Ships at dusk", lead_image=image)
    url = f"{LIBRARY}{image.pk}/change/"
    page = editor_client.post(url, {"credit": " ", "headline": "Typed"}).content.decode()
    assert "published in the article “Ships at dusk”" in page
    assert 'value="Typed"' in page
    image.refresh_from_db()
    assert image.credit
    reason = {"credit_exempt": "on", "no_credit_reason": "In the public domain"}
    assert editor_client.post(url, reason).status_code == 302


def test_the_credit_of_an_image_in_a_draft_can_be_removed(editor_client: Client) -> None:
    image = picture()
    draft(lead_image=image)
    assert editor_client.post(f"{LIBRARY}{image.pk}/change/", {"credit": ""}).status_code == 302


def test_a_chosen_agency_composes_the_credit_and_keywords_are_unique(editor_client: Client) -> None:
    image = picture(byline="Jo Reis")
    agency = Agency.objects.create(name="Reuters", credit_text="via Reuters")
    form = {"agency": agency.pk, "byline": "Jo Reis", "keywords": "port, Port ,  ships "}
    assert editor_client.post(f"{LIBRARY}{image.pk}/change/", form).status_code == 302
    image.refresh_from_db()
    assert image.credit == "Jo Reis/via Reuters"
    assert image.keywords == ["Port", "ships"]
    assert image.events.get(action="credited").created_by is not None
    found = (
        editor_client.get(f"{LIBRARY}?keyword=SHIPS&agency={agency.pk}").context["cl"].result_list
    )
    assert list(found) == [image]


def test_a_creator_that_does_not_fit_the_credit_is_rejected_with_an_error(
    editor_client: Client,
) -> None:
    image = picture()
    agency = Agency.objects.create(name="Reuters", credit_text="via Reuters")
    ines = Photographer.objects.create(name="Ines Faro")
    url = f"{LIBRARY}{image.pk}/change/"
    long = "J" * 289
    page = editor_client.post(url, {"agency": agency.pk, "byline": long}).content.decode()
    assert "301 characters" in page
    assert long in page
    page = editor_client.post(url, {"photographer": ines.pk, "byline": "Jo"}).content.decode()
    assert PHOTOGRAPHER_IS_CREATOR in page
    image.refresh_from_db()
    assert image.credit == "Ines Faro/via Meridian Pictures"


def test_an_algorithmic_image_without_training_data_is_not_called_ai(editor_client: Client) -> None:
    algorithmic = picture(digital_source_type="algorithmicMedia")
    generated = picture(digital_source_type="trainedAlgorithmicMedia")
    found = editor_client.get(f"{LIBRARY}?kind=ai").context["cl"].result_list
    assert list(found) == [generated]
    assert not algorithmic.is_ai_made


def test_a_licence_that_ends_before_it_begins_is_rejected_with_an_error(
    editor_client: Client,
) -> None:
    image = picture()
    form = {"credit": "Ines Faro", "caption": "Typed"}
    form |= {"licence_from_0": "2030-01-02", "licence_from_1": "00:00"}
    form |= {"licence_until_0": "2030-01-01", "licence_until_1": "00:00"}
    page = editor_client.post(f"{LIBRARY}{image.pk}/change/", form).content.decode()
    assert LICENCE_DATES_REVERSED in page
    assert "Typed" in page
    image.refresh_from_db()
    assert image.licence_until is None


def test_too_many_keywords_have_one_error() -> None:
    field = ImageForm().fields["keywords"]
    assert field.clean("port, , ships,") == ["port", "", "ships", ""]
    with pytest.raises(ValidationError) as refused:
        field.clean("\x00," * 200_000)
    assert [each.code for each in refused.value.error_list] == ["max_length"]
