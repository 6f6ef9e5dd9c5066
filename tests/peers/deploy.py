"""Deploys template.yaml into moto and tells what moto then says of each resource.

    deploy.py ENDPOINT TEMPLATE [--stack NAME]

Transformed as transform.py does, then by CloudFormation; state machines by their own API (moto's CloudFormation keeps them in another back end). Prints
{"routes": [...], "skipped": {logical id: type}, "resources": {logical id: {"type", "id", "wanted": {property: value}, "found": {property: value}}}}: wanted is the template's word,
resolved here; found is what the service's own API tells, put into CloudFormation's form. What a service does not tell is missing in found.
"""
import argparse
import io
import json
import zipfile
from pathlib import Path

import boto3
import described
import transform

ACCOUNT, REGION = "123456789012", "eu-central-1"
# moto's CloudFormation passes over these; what refers to them gets a name.
SKIPPED = {
    "AWS::ApiGatewayV2::Api": "a1b2c3d4e5",
    "AWS::ApiGatewayV2::Stage": "default",
    "AWS::CloudWatch::Alarm": "alarm",
    "AWS::CodeDeploy::Application": "application",
    "AWS::CodeDeploy::DeploymentGroup": "group",
    "AWS::Lambda::Alias": None,
    "AWS::S3::BucketPolicy": "policy",
    "AWS::SQS::QueuePolicy": "policy",
}
NOTHING = object()


class Template:
    """The transformed template with its conditions decided: of an !If, moto leaves the null that AWS::NoValue became in lists."""

    def __init__(self, path, stack):
        self.stack = stack
        whole = transform.transform(path, "cki-code", {})
        self.parameters = {name: one.get("Default", "") for name, one in whole["Parameters"].items()}
        self.definitions = whole.get("Conditions", {})
        self.whole = {**whole, "Outputs": {}}
        self.whole["Resources"] = {
            name: self.decided(one) for name, one in whole["Resources"].items() if "Condition" not in one or self.holds({"Condition": one["Condition"]})
        }
        self.resources = self.whole["Resources"]
        self.whole["Resources"] = self.resources = self.without_versions(self.resources)
        self.ids = {}

    def holds(self, rule):
        word, given = next(iter(rule.items()))
        if word == "Condition":
            return self.holds(self.definitions[given])
        if word == "Fn::Not":
            return not self.holds(given[0])
        if word == "Fn::And":
            return all(map(self.holds, given))
        if word == "Fn::Or":
            return any(map(self.holds, given))
        left, right = map(self.value, given)
        return left == right

    def value(self, node):
        if isinstance(node, dict) and "Ref" in node:
            return self.parameters[node["Ref"]]
        if isinstance(node, dict):
            separator, parts = node["Fn::Join"]
            parts = self.value(parts)
            return separator.join(parts if isinstance(parts, list) else parts.split(","))
        return node

    def decided(self, node):
        if isinstance(node, list):
            return [one for one in map(self.decided, node) if one is not NOTHING]
        if not isinstance(node, dict):
            return node
        if node == {"Ref": "AWS::NoValue"}:
            return NOTHING
        if list(node) == ["Fn::If"]:
            name, then, otherwise = node["Fn::If"]
            return self.decided(then if self.holds({"Condition": name}) else otherwise)
        made = {name: self.decided(one) for name, one in node.items()}
        return {name: one for name, one in made.items() if one is not NOTHING}

    def without_versions(self, node):
        """moto knows no Ref of a function's version or alias: the function's ARN takes its place."""
        if isinstance(node, list):
            return [self.without_versions(one) for one in node]
        if not isinstance(node, dict):
            return node
        named = self.resources.get(node.get("Ref")) if list(node) == ["Ref"] else None
        if named and named["Type"] in ("AWS::Lambda::Version", "AWS::Lambda::Alias"):
            return {"Fn::GetAtt": [named["Properties"]["FunctionName"]["Ref"], "Arn"]}
        if named and named["Type"] in SKIPPED:
            return SKIPPED[named["Type"]]
        if list(node) == ["Fn::Sub"] and isinstance(node["Fn::Sub"], str):
            text = node["Fn::Sub"]
            for name, one in self.resources.items():
                if SKIPPED.get(one["Type"]):
                    text = text.replace("${" + name + "}", SKIPPED[one["Type"]])
            return {"Fn::Sub": text}
        return {name: self.without_versions(one) for name, one in node.items()}

    def resolved(self, node):
        if isinstance(node, list):
            return [self.resolved(one) for one in node]
        if not isinstance(node, dict):
            return node
        if list(node) == ["Ref"]:
            return self.ref(node["Ref"])
        if list(node) == ["Fn::GetAtt"]:
            return self.attribute(*node["Fn::GetAtt"])
        if list(node) == ["Fn::Sub"]:
            text, names = node["Fn::Sub"] if isinstance(node["Fn::Sub"], list) else (node["Fn::Sub"], {})
            return self.substituted(text, {name: self.resolved(one) for name, one in names.items()})
        if list(node) == ["Fn::Join"]:
            return node["Fn::Join"][0].join(self.resolved(node["Fn::Join"][1]))
        return {name: self.resolved(one) for name, one in node.items()}

    def substituted(self, text, names):
        parts = text.split("${")
        made = parts[0]
        for part in parts[1:]:
            name, rest = part.split("}", 1)
            value = names[name] if name in names else self.attribute(*name.split(".", 1)) if "." in name else self.ref(name)
            made += str(value) + rest
        return made

    def ref(self, name):
        pseudo = {
            "AWS::StackName": self.stack, "AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com",
        }
        return pseudo.get(name) or self.parameters.get(name) or self.ids[name]

    def attribute(self, name, attribute):
        kind, made = self.resources[name]["Type"], self.ids[name]
        if kind == "AWS::SQS::Queue":
            queue = made.rsplit("/", 1)[1]
            return {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}", "QueueName": queue}[attribute]
        if attribute != "Arn":
            raise KeyError(f"{name}.{attribute} of {kind}")
        return {
            "AWS::S3::Bucket": f"arn:aws:s3:::{made}",
            "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{made}",
            # As moto has it; AWS ends it with ":*".
            "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{made}",
            "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{made}",
            "AWS::Events::Rule": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/{made}",
            "AWS::StepFunctions::StateMachine": made,
        }[kind]


def upload(aws, template):
    s3 = aws("s3")
    s3.create_bucket(Bucket="cki-code", CreateBucketConfiguration={"LocationConstraint": REGION})
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("bootstrap", "")
    for one in template.resources.values():
        if one["Type"] == "AWS::Lambda::Function":
            s3.put_object(Bucket="cki-code", Key=one["Properties"]["Code"]["S3Key"], Body=packed.getvalue())


def create(aws, template):
    cloud = aws("cloudformation")
    cloud.create_stack(StackName=template.stack, TemplateBody=json.dumps(template.whole), Capabilities=["CAPABILITY_NAMED_IAM", "CAPABILITY_IAM"])
    status = cloud.describe_stacks(StackName=template.stack)["Stacks"][0]["StackStatus"]
    if status != "CREATE_COMPLETE":
        raise SystemExit(f"the stack is {status}")
    for page in cloud.get_paginator("list_stack_resources").paginate(StackName=template.stack):
        for one in page["StackResourceSummaries"]:
            if one["LogicalResourceId"] in template.resources:
                template.ids[one["LogicalResourceId"]] = one["PhysicalResourceId"]


def versions(aws, template):
    """moto's CloudFormation passes over it, its S3 does not: what is deleted or overwritten must behave as there."""
    for name, one in template.resources.items():
        if one["Type"] == "AWS::S3::Bucket":
            aws("s3").put_bucket_versioning(Bucket=template.ids[name], VersioningConfiguration=one["Properties"]["VersioningConfiguration"])


def flows(aws, template):
    """By their own API: moto's interpreter does not see what CloudFormation made."""
    for one in template.resources.values():
        if one["Type"] != "AWS::StepFunctions::StateMachine":
            continue
        wanted = template.resolved(one["Properties"])
        text = wanted["DefinitionString"]
        for name, value in wanted.pop("DefinitionSubstitutions").items():
            text = text.replace("${" + name + "}", value)
        one["Properties"] = {**wanted, "DefinitionString": text}
        logging = {**wanted["LoggingConfiguration"]}
        aws("stepfunctions").create_state_machine(
            name=wanted["StateMachineName"], definition=text, roleArn=wanted["RoleArn"], type=wanted["StateMachineType"],
            loggingConfiguration={
                "level": logging["Level"], "includeExecutionData": logging["IncludeExecutionData"],
                "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": d["CloudWatchLogsLogGroup"]["LogGroupArn"]}} for d in logging["Destinations"]],
            },
            tracingConfiguration={"enabled": wanted["TracingConfiguration"]["Enabled"]},
        )


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("endpoint")
    words.add_argument("template", type=Path)
    words.add_argument("--stack", default="cki-test")
    asked = words.parse_args()
    known = {}

    def aws(service):
        if service not in known:
            known[service] = boto3.client(
                service, endpoint_url=asked.endpoint, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
        return known[service]

    template = Template(asked.template.resolve(), asked.stack)
    upload(aws, template)
    create(aws, template)
    versions(aws, template)
    flows(aws, template)
    told = {"skipped": {}, "resources": {}}
    for name, one in template.resources.items():
        if name not in template.ids:
            told["skipped"][name] = one["Type"]
            continue
        wanted = template.resolved(one.get("Properties", {}))
        describe = described.BY_TYPE.get(one["Type"])
        told["resources"][name] = {
            "type": one["Type"], "id": template.ids[name], "wanted": wanted,
            "found": describe(aws, template.ids[name], wanted) if describe else None,
        }
    told["routes"] = [
        {"path": path, "method": method, "timeoutInMillis": one["x-amazon-apigateway-integration"]["timeoutInMillis"]}
        for api in template.resources.values() if api["Type"] == "AWS::ApiGatewayV2::Api"
        for path, methods in api["Properties"]["Body"]["paths"].items() for method, one in methods.items()
    ]
    print(json.dumps(told))


if __name__ == "__main__":
    main()
