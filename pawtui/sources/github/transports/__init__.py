"""What happens to a request on its way to the API: one job per transport, each wrapped around the next.

`stack.py` puts them together and says in which order. Transports know nothing of repositories and raise no sentences:
`RequestOptions` says how to treat a request, and the client turns errors into `SourceError`.
"""
