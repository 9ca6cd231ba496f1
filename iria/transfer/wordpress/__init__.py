"""WordPress exports (WXR): the parser, and the conversion of texts. Plain Python."""
