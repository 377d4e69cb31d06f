"""The documents: one function for each, from the overview and the subject of the document."""
