"""Reads a JSON object of templates by name, prints what cfn-lint says about each: {"name": ["E3012 line 7: ..."]}. Every rule but the informational ones."""
import json
import sys

import cfnlint.api
from cfnlint.config import ManualArgs


def lint(text):
    found = cfnlint.api.lint(text, config=ManualArgs(regions=["eu-central-1"]))
    return [f"{one.rule.id} line {one.linenumber}: {one.message}" for one in found]


json.dump({name: lint(text) for name, text in json.load(sys.stdin).items()}, sys.stdout)
