"""Decoding and resizing of uploaded images in a process of their own, without Django."""
