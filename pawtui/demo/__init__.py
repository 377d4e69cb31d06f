"""A made-up upstream and downstream, with a source that answers in-process like GitHub."""
