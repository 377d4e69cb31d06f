"""A made-up upstream and downstream, answered in-process as GitHub would."""
