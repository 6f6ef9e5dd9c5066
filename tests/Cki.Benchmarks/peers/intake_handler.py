"""The webhook intake as one writes it in Python with boto3: verify the token, archive the delivery, send it on, answer 202.

For the cold measure only: the same calls to AWS as the product's door makes for a push, nothing more.
"""
import base64
import hmac
import json
import os
import time
import uuid

import boto3
from botocore.config import Config

_options = Config(retries={"max_attempts": 2}, s3={"addressing_style": "path"})
_s3 = boto3.client("s3", config=_options)
_sqs = boto3.client("sqs", config=_options)
_ssm = boto3.client("ssm", config=_options)
_config = None
_config_read = 0.0
_secrets = None
_secrets_read = 0.0


def _configuration():
    global _config, _config_read
    if _config is None or time.monotonic() - _config_read > 60:
        bucket = os.environ["CKI_STATE_BUCKET"]
        pointer = json.load(_s3.get_object(Bucket=bucket, Key="config/current")["Body"])
        _config = json.load(_s3.get_object(Bucket=bucket, Key=f"config/{pointer['hash']}.json")["Body"])
        _config_read = time.monotonic()
    return _config


def _secret(name):
    global _secrets, _secrets_read
    if _secrets is None or time.monotonic() - _secrets_read > 300:
        path = os.environ["CKI_SECRETS_PATH"]
        pages = _ssm.get_paginator("get_parameters_by_path").paginate(Path=path.rstrip("/"), WithDecryption=True)
        _secrets = {p["Name"].rsplit("/", 1)[1]: p["Value"] for page in pages for p in page["Parameters"]}
        _secrets_read = time.monotonic()
    return _secrets[name]


def _answer(status, text):
    return {"statusCode": status, "headers": {"content-type": "text/plain; charset=utf-8"}, "body": text + "\n", "isBase64Encoded": False}


def handler(event, context):
    _configuration()
    headers = event["headers"]
    if not hmac.compare_digest(headers.get("x-gitlab-token", "").encode(), _secret("gitlab-demo-hook").encode()):
        return _answer(401, "X-Gitlab-Token is missing or wrong.")
    body = base64.b64decode(event["body"]) if event["isBase64Encoded"] else event["body"].encode()
    push = json.loads(body)
    delivery = headers["idempotency-key"]
    now = time.gmtime()
    archived = {
        "delivery": delivery, "source": "gitlab", "receivedAt": time.strftime("%Y-%m-%dT%H:%M:%SZ", now), "body": base64.b64encode(body).decode(),
        "headers": {k: headers[k] for k in ("content-type", "idempotency-key", "x-gitlab-event") if k in headers}, "writeId": uuid.uuid4().hex,
    }
    _s3.put_object(
        Bucket=os.environ["CKI_ARCHIVE_BUCKET"], Key=time.strftime(f"deliveries/%Y/%m/%d/%H/gitlab/{delivery}.json", now),
        Body=json.dumps(archived).encode(), IfNoneMatch="*")
    message = {
        "id": uuid.uuid4().hex, "source": "/cki/webhook-intake", "type": "cki.push.received", "specversion": "1.0", "subject": delivery,
        "time": archived["receivedAt"],
        "data": {"delivery": delivery, "ref": push["ref"], "before": push["before"], "after": push["after"], "project": push["project"]["path_with_namespace"], "v": 1},
    }
    _sqs.send_message(QueueUrl=os.environ["CKI_QUEUE_DETECT_URL"], MessageBody=json.dumps(message), MessageGroupId=push["project"]["path_with_namespace"])
    print(json.dumps({"level": "Information", "message": f"Delivery {delivery} of gitlab", "function_request_id": context["request_id"]}), flush=True)
    return _answer(202, f"Accepted as delivery {delivery}.")
