"""How good related articles are, measured on articles whose links are known."""
