"""How dates are written where Django formats them; see `FORMAT_MODULE_PATH` in the settings."""
