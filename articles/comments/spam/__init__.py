"""A small spam model, trained on the decisions of moderators, that gives its reasons.

`features` and `model` do not use Django, so they can be evaluated on their own.
"""
