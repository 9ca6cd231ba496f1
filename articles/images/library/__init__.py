"""How an image is uploaded, edited, replaced, searched and deleted."""
