"""Search, answers and articles over HTTP: typed JSON, described by an OpenAPI document."""
