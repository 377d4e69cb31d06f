"""One function per page: each returns a document, from the overview and what the page is about."""
