"""What every scenario needs: python-gitlab bound to the simulator of the test, its input, and one line of JSON as its answer.

Usage: SCENARIO.py ADDRESS TOKEN [JSON]"""
import json
import sys

import gitlab

ASKED = json.loads(sys.argv[3]) if len(sys.argv) > 3 else {}


def connect():
    return gitlab.Gitlab(sys.argv[1], private_token=sys.argv[2], timeout=20)


def project(server=None):
    return (server or connect()).projects.get(ASKED["project"])


def refused(act):
    """How the library tells a refusal: its error's type, the status and the message it read."""
    try:
        act()
    except gitlab.exceptions.GitlabError as error:
        message = error.error_message
        return {"type": type(error).__name__, "status": error.response_code,
                "message": message if isinstance(message, (str, dict)) else str(message)}
    return None


def answer(**values):
    print(json.dumps(values))
