"""Middleware of the HTTP client: each does one task for a request to the API, and sends the request on.

`client.py` defines their order. Middleware knows nothing about repositories: a request's `RequestOptions` control its
treatment, and its `RequestTarget` is for error messages.
"""
