"""Files that readers can download or listen to: PDF documents and audio."""
