from accounts.models.device import Device
from accounts.models.face import Face
from accounts.models.people import AuthorProfile, User
from accounts.models.session import Session

__all__ = ["AuthorProfile", "Device", "Face", "Session", "User"]
