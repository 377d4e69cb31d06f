"""GitHub over httpx: the client, its cache, its token and its limits. `source.GitHubSource` is what to open."""
