"""One Django app made of rooms; docs/house.md says which and who may use whom."""
