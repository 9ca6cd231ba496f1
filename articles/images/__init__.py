"""Images: the library, processing, renditions, metadata and rights."""
