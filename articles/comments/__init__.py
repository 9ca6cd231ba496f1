"""The conversation below an article: comments, and what moderators decided about them."""
