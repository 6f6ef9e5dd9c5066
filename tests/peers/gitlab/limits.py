"""Reads the same thing several times; how long each took, by the library's own waiting."""
import time

from client import ASKED, answer, connect

server = connect()
seconds = []
for _ in range(ASKED["times"]):
    began = time.monotonic()
    server.projects.get(ASKED["project"])
    seconds.append(time.monotonic() - began)
answer(seconds=seconds)
