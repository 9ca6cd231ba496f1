"""What moderators called spam, learnt: a small model whose reasons can be read.

`features` and `model` are plain Python, without Django, so they can be measured alone.
"""
