"""Hosting: the processes that the service runs as, and the sockets they listen on."""

__all__: list[str] = []
