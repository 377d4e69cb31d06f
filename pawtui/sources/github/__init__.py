"""GitHub over httpx: the client, its cache, its token and its limits."""
