"""Prints template.yaml as CloudFormation JSON, transformed by aws-sam-translator as `sam deploy` would have it done. Offline.

    transform.py TEMPLATE [--code BUCKET] [--settled] [--without ID]... [--parameter NAME=VALUE]...

What `sam deploy` uploads becomes: CodeUri artifacts/lambda/X.zip -> s3://BUCKET/X.zip; DefinitionUri -> DefinitionString with the file's text (the
state machine keeps its DefinitionSubstitutions). --settled also decides the conditions for the parameters as given (else their defaults), as CloudFormation does:
what is not wanted is dropped, AWS::NoValue too (moto puts null in its place where it stands in a list). --without leaves a resource out.
"""
import argparse
import json
import os
import sys
from pathlib import Path

os.environ.update(AWS_DEFAULT_REGION=os.environ.get("AWS_DEFAULT_REGION", "eu-central-1"), AWS_ACCESS_KEY_ID="offline", AWS_SECRET_ACCESS_KEY="offline")
os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

import boto3
from cfnlint.decode import cfn_yaml
from samtranslator.parser.parser import Parser
from samtranslator.public.exceptions import InvalidDocumentException
from samtranslator.translator.translator import Translator


def read(path):
    """The template with short tags (!Ref) written out."""
    return json.loads(json.dumps(cfn_yaml.load(str(path))))


def upload(template, folder, bucket):
    """Replaces local files by what stands for them after an upload; returns the flows' texts by logical id."""
    flows = {}
    for name, resource in template["Resources"].items():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = f"s3://{bucket}/{Path(properties['CodeUri']).name}"
        elif resource["Type"] == "AWS::Serverless::StateMachine":
            flows[name] = (folder / properties["DefinitionUri"]).read_text(encoding="utf-8")
            properties["DefinitionUri"] = f"s3://{bucket}/{Path(properties['DefinitionUri']).name}"
    return flows


def holds(condition, conditions, values):
    """A condition of the template. Knows the functions that the template uses."""
    (function, asked), = condition.items()
    if function == "Condition":
        return holds(conditions[asked], conditions, values)
    if function == "Fn::Not":
        return not holds(asked[0], conditions, values)
    if function == "Fn::Equals":
        return text(asked[0], values) == text(asked[1], values)
    raise ValueError(f"a condition by {function}: teach this script")


def text(value, values):
    if isinstance(value, dict) and "Ref" in value:
        return str(values[value["Ref"]])
    if isinstance(value, dict) and "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return text(parts, values) if isinstance(parts, dict) else separator.join(text(part, values) for part in parts)
    return str(value)


NOTHING = object()


def settle(node, decided):
    """The node with every Fn::If decided; NOTHING for AWS::NoValue."""
    if node == {"Ref": "AWS::NoValue"}:
        return NOTHING
    if isinstance(node, dict) and list(node) == ["Fn::If"]:
        name, yes, no = node["Fn::If"]
        return settle(yes if decided[name] else no, decided)
    if isinstance(node, dict):
        return {key: kept for key, value in node.items() if (kept := settle(value, decided)) is not NOTHING}
    if isinstance(node, list):
        return [kept for value in node if (kept := settle(value, decided)) is not NOTHING]
    return node


def settled(template, parameters):
    """What is left when the conditions are decided."""
    values = {**{name: one.get("Default", "") for name, one in template.get("Parameters", {}).items()}, **parameters}
    conditions = template.pop("Conditions", {})
    decided = {name: holds(condition, conditions, values) for name, condition in conditions.items()}
    for part in ("Resources", "Outputs"):
        template[part] = {name: one for name, one in template.get(part, {}).items() if decided.get(one.pop("Condition", None), True)}
    return settle(template, decided)


def transform(path, bucket, parameters):
    template = read(path)
    flows = upload(template, path.parent, bucket)
    session = boto3.session.Session(region_name=os.environ["AWS_DEFAULT_REGION"])
    translator = Translator(managed_policy_map={}, sam_parser=Parser(), boto_session=session)
    defaults = {name: one["Default"] for name, one in template.get("Parameters", {}).items() if "Default" in one}
    answer = translator.translate(template, parameter_values={**defaults, **parameters}, passthrough_metadata=True)
    for name, text in flows.items():
        properties = answer["Resources"][name]["Properties"]
        del properties["DefinitionS3Location"]
        properties["DefinitionString"] = text
    return answer


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("template", type=Path)
    words.add_argument("--code", default="cki-code", metavar="BUCKET")
    words.add_argument("--settled", action="store_true")
    words.add_argument("--without", action="append", default=[], metavar="ID")
    words.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE")
    asked = words.parse_args()
    try:
        parameters = dict(one.split("=", 1) for one in asked.parameter)
        answer = transform(asked.template.resolve(), asked.code, parameters)
        answer = settled(answer, parameters) if asked.settled else answer
    except InvalidDocumentException as refused:
        sys.exit("\n".join(str(cause.message) for cause in refused.causes))
    for name in asked.without:
        del answer["Resources"][name]
    json.dump(answer, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
