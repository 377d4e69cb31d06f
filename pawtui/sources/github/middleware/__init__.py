"""Middleware of the HTTP client: each does one task for a request to the API, and sends the request on.

`client.py` defines their order. Middleware knows nothing about repositories: `RequestOptions` controls the treatment of
a request, and the client turns the errors in `transport.py` into `SourceError`.
"""
