"""The whole publication as open files: `export_site` writes them, `import_site` reads them."""
