"""The mail itself: its words, its pictures, its headers."""
