"""The front page and section pages: slots, and what editors place in them."""
