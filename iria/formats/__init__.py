"""Date formats for Django (`FORMAT_MODULE_PATH` in the settings)."""
