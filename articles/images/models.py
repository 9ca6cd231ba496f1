"""Pictures and the sizes they are served in."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from iria.kit.text import refuse_unstorable

SEARCHED = ("headline", "caption", "credit", "alt_text", "byline", "source")


class ImageQuerySet(models.QuerySet["Image"]):
    def showable(self) -> "ImageQuerySet":
        """Pictures that may stand in a published article: credited, or excused with a reason."""
        return self.filter(~Q(credit="") | Q(needs_no_credit=True))

    def unused(self) -> "ImageQuerySet":
        """Pictures that no row of any house points at, their own renditions aside."""
        pictures: ImageQuerySet = self
        for relation in Image._meta.related_objects:
            if relation.related_model is not Rendition:
                field = relation.field.name
                rows = relation.related_model._base_manager.filter(**{field: OuterRef("pk")})
                pictures = pictures.filter(~Exists(rows))
        return pictures

    def lacking_sizes(self) -> "ImageQuerySet":
        """Pictures that have no more than the first size, made while they were taken in."""
        made = Rendition.objects.filter(image=OuterRef("pk")).exclude(format__in=["jpeg", "png"])
        return self.filter(~Exists(made))

    def matching(self, words: str) -> "ImageQuerySet":
        """Pictures whose descriptions hold every one of the words."""
        pictures: ImageQuerySet = self
        for word in words.replace("\x00", " ").split()[:10]:
            anywhere = Q()
            for field in SEARCHED:
                anywhere |= Q(**{f"{field}__icontains": word})
            pictures = pictures.filter(anywhere)
        return pictures

    def for_grid(self) -> "ImageQuerySet":
        """All a grid shows of each picture."""
        return self.defer("metadata")


class Image(models.Model):
    """A picture. Its credit belongs to it; a caption belongs to each use.

    The original stays private as it came; what is served are renditions, always re-encoded.
    """

    original = models.FileField(upload_to="originals/%Y/%m/", max_length=200)
    checksum = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the original.")
    media_type = models.CharField(max_length=40, editable=False)
    width = models.PositiveIntegerField(editable=False, help_text="Upright, in pixels.")
    height = models.PositiveIntegerField(editable=False, help_text="Upright, in pixels.")

    headline = models.CharField(
        max_length=200,
        blank=True,
        validators=[refuse_unstorable],
        help_text="How the picture is called in the library; readers do not see it.",
    )
    alt_text = models.TextField(
        blank=True,
        max_length=1000,
        validators=[refuse_unstorable],
        help_text="What the picture shows, for a reader who cannot see it. Not the caption again.",
    )
    caption = models.TextField(
        blank=True,
        max_length=2000,
        validators=[refuse_unstorable],
        help_text="Offered as the caption when the picture is used; each use may have its own words.",
    )
    credit = models.CharField(
        max_length=300,
        blank=True,
        validators=[refuse_unstorable],
        help_text="Who made it and through whom we have it, as in “Name/via Agency”. Readers see it.",
    )
    credit_url = models.URLField(
        "credit link", blank=True, max_length=500, help_text="Where the credit leads, if anywhere."
    )
    copyright_notice = models.CharField(
        "copyright", max_length=500, blank=True, validators=[refuse_unstorable]
    )
    usage_terms = models.TextField(
        blank=True,
        max_length=2000,
        validators=[refuse_unstorable],
        help_text="What the licence allows; for the newsroom, not shown.",
    )
    source = models.CharField(max_length=300, blank=True, validators=[refuse_unstorable])
    byline = models.CharField("creator", max_length=300, blank=True, validators=[refuse_unstorable])
    needs_no_credit = models.BooleanField(
        default=False, help_text="Only for pictures whose licence asks for none; say why below."
    )
    no_credit_reason = models.CharField(max_length=300, blank=True, validators=[refuse_unstorable])
    sizes = models.JSONField(
        default=list,
        editable=False,
        help_text="Every rendition as format, width, height, name and bytes, the narrowest first. "
        "PostgreSQL keeps it from the renditions' rows; what is written here is overruled.",
    )
    metadata = models.JSONField(
        default=dict, blank=True, editable=False, help_text="What the file itself said."
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = "picture"
        ordering = ["-uploaded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(needs_no_credit=False) | ~Q(no_credit_reason=""),
                name="image_no_credit_has_reason",
                violation_error_message="Say why this picture needs no credit.",
            ),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="image_has_size"),
        ]
        indexes = [models.Index(fields=["checksum"])]

    def __str__(self) -> str:
        return self.headline or self.caption[:60] or f"Picture {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("admin:articles_image_change", args=[self.pk])

    def clean(self) -> None:
        if self.needs_no_credit and not self.no_credit_reason.strip():
            sentence = "Say why this picture needs no credit."
            raise ValidationError({"no_credit_reason": sentence})

    @property
    def may_be_shown(self) -> bool:
        """Whether a published article may carry it; the same rule as `showable()`."""
        return bool(self.credit.strip()) or self.needs_no_credit

    @property
    def is_credited(self) -> bool:
        return bool(self.credit.strip())


class Rendition(models.Model):
    """One size and format of a picture, as it is served."""

    class Format(models.TextChoices):
        AVIF = "avif", "AVIF"
        WEBP = "webp", "WebP"
        JPEG = "jpeg", "JPEG"
        PNG = "png", "PNG"

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="renditions")
    format = models.CharField(max_length=4, choices=Format)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    name = models.CharField(
        max_length=80, unique=True, help_text="Unguessable; the last part of its address."
    )
    file = models.FileField(upload_to="renditions/%Y/%m/", max_length=200)
    bytes = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["width"]
        constraints = [
            models.UniqueConstraint(
                fields=["image", "format", "width"], name="rendition_made_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.image_id} at {self.width} as {self.format}"

    def get_absolute_url(self) -> str:
        return reverse("rendition", args=[self.name])
