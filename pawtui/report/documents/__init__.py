"""The documents: one function for each page, from the overview and the subject of the page."""
