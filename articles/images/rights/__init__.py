"""Credit, licence and usage terms of images, and where an image may be shown."""
