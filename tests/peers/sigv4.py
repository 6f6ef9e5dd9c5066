"""Signs a request as botocore does. Reads {method, url, headers, body, service, region, id, secret, token, time}; prints {"authorization": ...}."""
import datetime
import json
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

asked = json.load(sys.stdin)
now = datetime.datetime.strptime(asked["time"], "%Y%m%dT%H%M%SZ")
botocore.auth.get_current_datetime = lambda *_, **__: now
request = AWSRequest(method=asked["method"], url=asked["url"], headers=asked["headers"], data=asked["body"].encode())
botocore.auth.SigV4Auth(Credentials(asked["id"], asked["secret"], asked.get("token")), asked["service"], asked["region"]).add_auth(request)
print(json.dumps({"authorization": request.headers["Authorization"], "date": request.headers["X-Amz-Date"]}))
