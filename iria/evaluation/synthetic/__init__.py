"""A large made-up newsroom, to find out what a large real one would cost."""
