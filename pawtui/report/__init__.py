"""Reports: documents, their rendering as plain text and Markdown, and the JSON output."""
