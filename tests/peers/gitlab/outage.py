"""A read that the library repeats by itself when the server stumbles, and one that it does not."""
from client import ASKED, answer, connect, refused

server = connect()
first = refused(lambda: server.projects.get(ASKED["project"]))
server.retry_transient_errors = True
answer(first=first, then=server.projects.get(ASKED["project"]).path_with_namespace)
