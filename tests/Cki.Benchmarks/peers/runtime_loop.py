"""A Lambda runtime in a few lines, in place of AWS's own: one connection, next, handle, answer."""
import http.client
import json
import os

from intake_handler import handler

connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
root = "/2018-06-01/runtime/invocation/"
while True:
    connection.request("GET", root + "next")
    got = connection.getresponse()
    request_id = got.headers["Lambda-Runtime-Aws-Request-Id"]
    answer = json.dumps(handler(json.loads(got.read()), {"request_id": request_id}))
    connection.request("POST", f"{root}{request_id}/response", answer)
    connection.getresponse().read()
