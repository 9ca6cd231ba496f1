"""A folder of Markdown or HTML files with front matter, as Hugo, Jekyll, Eleventy and plain folders have it."""
