"""Starts moto's server on loopback and prints `listening PORT` once it answers; it ends when its standard input does.

    python3 moto_server.py [--port N] [--lambda-port M]

--port         0 (the default) takes a free port.
--lambda-port  Where the Step Functions interpreter sends the calls of its tasks: a front door of the test, which answers
               /2015-03-31/functions/{name}/invocations and passes everything else on to this server.
               Default: this server itself.

Six things differ from `python3 -m moto.server`. State machines are executed (moto's default only pretends to).
`StateMachine` can be copied: the interpreter copies it for each execution, together with all earlier executions, whose
locks cannot be copied, so that as shipped only the first execution of a machine runs. The interpreter keeps its
clients: as shipped it makes one for each task, in many threads, from a session that is not made for threads. A PUT to S3 is
one step: as shipped, conditions are checked first and the object is written later, so that on a busy machine two conditional
writes can both win. JSON paths are parsed one at a time, and once: the parser's state is shared by all threads, and as shipped
one execution in three sends messages without half of their fields when many run at once. Queues are changed by one thread at a
time: deleting copies a queue's list of messages, and what another thread adds meanwhile is lost.
"""

import argparse
import copy
import functools
import os
import socket
import sys
import threading
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def end_with_input():
    sys.stdin.buffer.read()
    os._exit(0)


def copy_without_executions(machine, memo):
    duplicate = machine.__class__.__new__(machine.__class__)
    memo[id(machine)] = duplicate
    for name, value in machine.__dict__.items():
        if name == "backend":
            duplicate.backend = value
        elif name == "executions":
            duplicate.executions = []
        else:
            setattr(duplicate, name, copy.deepcopy(value, memo))
    return duplicate


def keep_clients():
    """Before the modules are imported that take `boto_client_for` by its name."""
    from moto.stepfunctions.parser.asl.utils import boto_client

    making = threading.Lock()
    made = functools.lru_cache(maxsize=None)(lambda region, service, make=boto_client.boto_client_for: make(region, service))

    def kept(region, service, state_credentials=None):
        with making:
            return made(region, service)

    boto_client.boto_client_for = kept


def put_in_one_step():
    from moto.s3.responses import S3Response

    writing = threading.Lock()
    put_object = S3Response.put_object

    def put(self):
        with writing:
            return put_object(self)

    S3Response.put_object = put


def parse_alone():
    from moto.stepfunctions.parser.asl.utils import json_path

    parsing = threading.Lock()
    parsed = functools.lru_cache(maxsize=None)(json_path.parse)

    def alone(path):
        with parsing:
            return parsed(path)

    json_path.parse = alone


def queue_alone():
    from moto.sqs.models import Queue, SQSBackend

    changing = threading.RLock()

    def alone(change):
        @functools.wraps(change)
        def changed(*given, **named):
            with changing:
                return change(*given, **named)

        return changed

    Queue.add_message, Queue.delete_message = alone(Queue.add_message), alone(Queue.delete_message)
    SQSBackend.change_message_visibility = alone(SQSBackend.change_message_visibility)
    receive = SQSBackend.receive_message

    @functools.wraps(receive)
    def received(backend, queue, count, wait, *more):
        """Long polls look again and again, so that nobody waits with the lock in his hand."""
        end = time.monotonic() + wait
        while True:
            with changing:
                found = receive(backend, queue, count, 0, *more)
            if found or time.monotonic() >= end:
                return found
            time.sleep(0.05)

    SQSBackend.receive_message = received


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--lambda-port", type=int, default=0)
    arguments = parser.parse_args()
    port = arguments.port or free_port()
    os.environ["MOTO_PORT"] = str(arguments.lambda_port or port)
    # moto's own clients look for credentials, and loopback goes through nobody's proxy.
    os.environ.update(AWS_ACCESS_KEY_ID="moto", AWS_SECRET_ACCESS_KEY="moto", NO_PROXY="*", no_proxy="*")

    keep_clients()
    parse_alone()
    queue_alone()
    from moto.core.config import default_user_config
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
    from moto.stepfunctions.models import StateMachine
    from werkzeug.serving import WSGIRequestHandler, make_server

    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    StateMachine.__deepcopy__ = copy_without_executions
    put_in_one_step()

    class Quiet(WSGIRequestHandler):
        # One connection for many requests, as AWS has it; without, a test run opens thousands.
        protocol_version = "HTTP/1.1"

        def log_request(self, *_):
            pass

    application = DomainDispatcherApplication(create_backend_app)
    # Tracebacks of moto itself go to standard error.
    application.debug = True
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=Quiet)
    threading.Thread(target=end_with_input, daemon=True).start()
    print(f"listening {port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
