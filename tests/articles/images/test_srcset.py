"""Responsive images in templates."""

from typing import Any

import pytest
from django.template import Context, Template
from pytest_django import DjangoAssertNumQueries

from articles.images.models import Image, Rendition
from articles.images.srcset import USES, image_attributes, plain_rendition, preview_rendition
from tests.newsroom import picture


def with_sizes(*formats: str, widths: tuple[int, ...] = (320, 640, 1280), **fields: Any) -> Image:
    image = picture(width=1280, height=800, **fields)
    Rendition.objects.bulk_create(
        Rendition(
            image=image, format=form, width=width, height=width * 5 // 8, name=f"{width}.{form}"
        )
        for form in formats
        for width in widths
    )
    return Image.objects.for_grid().get(pk=image.pk)


def drawn(template: str, **context: Any) -> str:
    return Template("{% load pictures %}" + template).render(Context(context))


def test_every_format_is_offered_in_all_widths(db: None) -> None:
    values = image_attributes(with_sizes("avif", "webp", "jpeg"), "inline")
    assert values is not None
    assert [source.media_type for source in values.sources] == ["image/avif", "image/webp"]
    assert values.sources[0].srcset == (
        "/pictures/320.avif 320w, /pictures/640.avif 640w, /pictures/1280.avif 1280w"
    )
    assert values.src == "/pictures/640.jpeg"
    assert (values.width, values.height) == (640, 400)
    assert values.alt == "Cranes above a quay at dusk"


def test_a_page_with_prefetched_images_needs_no_further_queries(
    db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    image = with_sizes("avif", "webp", "jpeg")
    with django_assert_num_queries(0):
        for use in USES:
            image_attributes(image, use)
            drawn("{% picture image use=use %}", image=image, use=use)
        plain_rendition(image)


def test_a_new_image_is_shown_in_its_only_size(db: None) -> None:
    values = image_attributes(with_sizes("jpeg", widths=(1280,)), "card")
    assert values is not None
    assert values.sources == ()
    assert values.src == "/pictures/1280.jpeg"


def test_an_image_without_renditions_is_left_out(db: None) -> None:
    assert image_attributes(picture(), "card") is None
    assert drawn("{% picture image use='card' %}", image=picture()).strip() == ""
    assert drawn("{% picture image use='card' %}", image=None).strip() == ""


def test_transparent_images_fall_back_to_png(db: None) -> None:
    values = image_attributes(with_sizes("avif", "webp", "png"), "inline")
    assert values is not None
    assert values.src.endswith(".png")


@pytest.mark.parametrize(
    ("use", "loading", "priority"), [("lead", "eager", "high"), ("inline", "lazy", None)]
)
def test_only_the_lead_image_is_loaded_eagerly(
    db: None, use: str, loading: str, priority: str | None
) -> None:
    markup = drawn("{% picture image use=use %}", image=with_sizes("jpeg"), use=use)
    assert f'loading="{loading}"' in markup
    assert ('fetchpriority="high"' in markup) is (priority is not None)
    assert "style=" not in markup


def test_markup_in_the_alt_text_is_escaped(db: None) -> None:
    image = with_sizes("jpeg", alt_text='"><script>alert(1)</script>')
    assert "<script" not in drawn("{% picture image %}", image=image)
    assert 'alt=""' in drawn("{% picture image use='card' alt='' %}", image=image)


def with_crop(image: Image, shape: str, width: int, height: int) -> Image:
    """Adds a rendition and returns the image as a page fetches it."""
    Rendition.objects.create(
        image=image,
        format="jpeg",
        shape=shape,
        width=width,
        height=height,
        name=f"crop-{width}.jpeg",
    )
    return Image.objects.for_grid().get(pk=image.pk)


def test_cards_and_portraits_are_cropped_around_the_focal_point(db: None) -> None:
    image = with_crop(with_crop(with_sizes("avif", "jpeg"), "3:2", 640, 427), "1:1", 160, 160)
    card, portrait = image_attributes(image, "card"), image_attributes(image, "portrait")
    assert card is not None
    assert portrait is not None
    assert (card.src, card.srcset) == ("/pictures/crop-640.jpeg", "/pictures/crop-640.jpeg 640w")
    assert (card.width, card.height, card.sources) == (640, 427, ())
    assert (portrait.width, portrait.height) == (160, 160)
    inline = image_attributes(image, "inline")
    assert inline is not None
    assert "crop-" not in inline.srcset


def test_the_full_image_is_used_until_a_crop_is_made(db: None) -> None:
    card = image_attributes(with_sizes("jpeg"), "card")
    assert card is not None
    assert card.src == "/pictures/640.jpeg"


def test_open_graph_images_have_the_preview_shape(db: None) -> None:
    image = with_sizes("jpeg")
    uncropped = preview_rendition(image)
    preview = preview_rendition(with_crop(image, "40:21", 1200, 630))
    assert uncropped is not None
    assert preview is not None
    assert (uncropped.width, preview.width, preview.height) == (1280, 1200, 630)


def test_an_animation_is_still_for_readers_who_prefer_reduced_motion(db: None) -> None:
    image = with_sizes("avif", "webp", "jpeg", is_animated=True)
    Rendition.objects.create(
        image=image, format="webp", width=960, height=600, name="moves.webp", moving=True
    )
    image = Image.objects.for_grid().get(pk=image.pk)
    markup = drawn("{% picture image use='inline' %}", image=image)
    *stills, moving, still = markup.replace("<img", "<source").split("<source")[1:]
    assert len(stills) == 3
    assert all('media="(prefers-reduced-motion: reduce)"' in each for each in stills)
    assert all("moves.webp" not in each for each in [*stills, still])
    assert moving.startswith(' type="image/webp" srcset="/pictures/moves.webp"')
    assert "media=" not in moving + still
    assert "moves.webp" not in drawn("{% picture image use='card' %}", image=image)
    plain = plain_rendition(image)
    assert plain is not None
    assert plain.name == "1280.jpeg"


def test_a_decorative_image_has_an_empty_alt_text(db: None) -> None:
    image = with_sizes("jpeg", is_decorative=True)
    assert 'alt=""' in drawn("{% picture image %}", image=image)


def test_hidden_images_are_shown_from_their_admin_url(db: None) -> None:
    image = with_sizes("avif", "jpeg", credit="")
    markup = drawn("{% picture image %}", image=image)
    assert "/admin/articles/image/file/640.jpeg" in markup
    assert '"/pictures/' not in markup
