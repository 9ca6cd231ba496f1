"""What a picture file says about itself: plain Python, no Django, so it can be fuzzed alone."""
