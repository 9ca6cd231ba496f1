"""The picture somebody chose for their profile."""

from django.core.validators import RegexValidator
from django.db import models

from accounts.models.people import User
from iria.kit.addresses import address_of


class Face(models.Model):
    """Made anew from what was sent, by the picture room; named by its content.

    It is nobody's work to be credited but the reader's own, and stands in no library.
    """

    user = models.OneToOneField(
        User, on_delete=models.CASCADE, primary_key=True, related_name="face"
    )
    name = models.CharField(
        max_length=24, db_index=True, validators=[RegexValidator(r"^[0-9a-f]{20}\.png$")]
    )
    png = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("face", self.name)
