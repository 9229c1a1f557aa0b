"""The JSON API, version 1: what the pages do, for programs.

1. A function here is thin: it reads a body, calls the same service or query as the page, and writes the answer.
2. Who asks is told by a bearer token, never by a cookie; permissions are those of the pages.
3. Every write needs an `Idempotency-Key`: the same key gives the same answer, with other content it is refused (409).
4. Every error is `{"code", "message", "field"}`; a code never changes its meaning.
5. `/api/v1/openapi.json` is made from the same declarations that the server obeys, so it cannot lie.
"""
