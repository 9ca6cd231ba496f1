"""Measures the product on test collections, and fills a site with made-up articles."""
