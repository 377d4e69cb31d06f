"""Transports: each does one task for a request to the API and wraps the next transport.

`client.py` defines their order. Transports know nothing about repositories: `RequestOptions` controls the treatment of
a request, and the client turns their errors into `SourceError`.
"""
