"""A block of a normalised body."""

from dataclasses import dataclass, field
from html import escape


@dataclass(slots=True)
class Block:
    tag: str
    inner: str = ""
    attributes: dict[str, str] = field(default_factory=dict)

    def html(self) -> str:
        names = "".join(f' {name}="{escape(value)}"' for name, value in self.attributes.items())
        return f"<{self.tag}{names}>" + ("" if self.tag == "hr" else f"{self.inner}</{self.tag}>")
