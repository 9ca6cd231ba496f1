"""The demo newsroom's pictures: drawn by code, the same bytes of colour every time, nobody in them."""
