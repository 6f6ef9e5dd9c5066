"""Prints template.yaml as CloudFormation JSON, transformed by aws-sam-translator as `sam deploy` would have it done. Offline.

    transform.py TEMPLATE [--code BUCKET] [--parameter NAME=VALUE]...

What `sam deploy` uploads becomes: CodeUri artifacts/lambda/X.zip -> s3://BUCKET/X.zip; DefinitionUri -> DefinitionString with the file's text (the
state machine keeps its DefinitionSubstitutions). --parameter gives values that the translator resolves itself; the rest stays Ref.
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
    words.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE")
    asked = words.parse_args()
    try:
        answer = transform(asked.template.resolve(), asked.code, dict(one.split("=", 1) for one in asked.parameter))
    except InvalidDocumentException as refused:
        sys.exit("\n".join(str(cause.message) for cause in refused.causes))
    json.dump(answer, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
