"""What AWS's own APIs tell of a resource, in CloudFormation's form: describe(aws, physical id, wanted properties) by type."""
import ast
import json

from botocore.exceptions import ClientError


def told(ask, *missing):
    try:
        return ask()
    except ClientError as refused:
        if refused.response["Error"]["Code"] in missing:
            return None
        raise


def log_group(aws, name, _):
    one = aws("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
    return {"LogGroupName": one["logGroupName"], "RetentionInDays": one.get("retentionInDays")}


def bucket(aws, name, _):
    s3 = aws("s3")
    found = {}
    encryption = told(lambda: s3.get_bucket_encryption(Bucket=name), "ServerSideEncryptionConfigurationNotFoundError")
    if encryption:
        rules = encryption["ServerSideEncryptionConfiguration"]["Rules"]
        found["BucketEncryption"] = {"ServerSideEncryptionConfiguration": [
            {"ServerSideEncryptionByDefault": rule["ApplyServerSideEncryptionByDefault"]} for rule in rules]}
    block = told(lambda: s3.get_public_access_block(Bucket=name), "NoSuchPublicAccessBlockConfiguration")
    if block:
        found["PublicAccessBlockConfiguration"] = block["PublicAccessBlockConfiguration"]
    owner = told(lambda: s3.get_bucket_ownership_controls(Bucket=name), "OwnershipControlsNotFoundError")
    if owner:
        found["OwnershipControls"] = owner["OwnershipControls"]
    status = s3.get_bucket_versioning(Bucket=name).get("Status")
    if status:
        found["VersioningConfiguration"] = {"Status": status}
    cycle = told(lambda: s3.get_bucket_lifecycle_configuration(Bucket=name), "NoSuchLifecycleConfiguration")
    if cycle:
        found["LifecycleConfiguration"] = {"Rules": [lifecycle(rule) for rule in cycle["Rules"]]}
    return found


def lifecycle(rule):
    made = {"Id": rule["ID"], "Status": rule["Status"]}
    prefix = rule.get("Filter", {}).get("Prefix") or rule.get("Prefix")
    if prefix:
        made["Prefix"] = prefix
    expiration = rule.get("Expiration", {})
    if "Days" in expiration:
        made["ExpirationInDays"] = expiration["Days"]
    if "ExpiredObjectDeleteMarker" in expiration:
        made["ExpiredObjectDeleteMarker"] = expiration["ExpiredObjectDeleteMarker"]
    if "NoncurrentVersionExpiration" in rule:
        made["NoncurrentVersionExpiration"] = rule["NoncurrentVersionExpiration"]
    if "AbortIncompleteMultipartUpload" in rule:
        made["AbortIncompleteMultipartUpload"] = rule["AbortIncompleteMultipartUpload"]
    return made


def managed_policy(aws, arn, _):
    iam = aws("iam")
    one = iam.get_policy(PolicyArn=arn)["Policy"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=one["DefaultVersionId"])["PolicyVersion"]["Document"]
    return {"Description": one.get("Description"), "PolicyDocument": document}


def document(given):
    """moto's CloudFormation puts inline policies away as Python writes them."""
    return ast.literal_eval(given) if isinstance(given, str) else given


def role(aws, name, _):
    iam = aws("iam")
    one = iam.get_role(RoleName=name)["Role"]
    found = {
        "AssumeRolePolicyDocument": one["AssumeRolePolicyDocument"],
        "Policies": [
            {"PolicyName": policy, "PolicyDocument": document(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])}
            for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
        ],
    }
    if one.get("Description"):
        found["Description"] = one["Description"]
    attached = [policy["PolicyArn"] for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]]
    if attached:
        found["ManagedPolicyArns"] = attached
    if one.get("Tags"):
        found["Tags"] = one["Tags"]
    return found


def rule(aws, name, _):
    events = aws("events")
    one = events.describe_rule(Name=name)
    found = {"Targets": events.list_targets_by_rule(Rule=name)["Targets"]}
    for property in ("Description", "ScheduleExpression"):
        if one.get(property):
            found[property] = one[property]
    if one.get("EventPattern"):
        found["EventPattern"] = json.loads(one["EventPattern"])
    return found


def permission(aws, _, wanted):
    function = wanted["FunctionName"]
    statements = json.loads(aws("lambda").get_policy(FunctionName=function)["Policy"])["Statement"]
    of = [one for one in statements if one["Principal"] in ({"Service": wanted["Principal"]}, wanted["Principal"])]

    def source(one):
        return one.get("Condition", {}).get("ArnLike", {}).get("AWS:SourceArn")

    # Of several for one service, the one for this source; where there is none, the first shows what is wrong.
    for one in [one for one in of if source(one) == wanted.get("SourceArn")] or of:
        return {
            "Action": one["Action"], "FunctionName": function if one["Resource"] in (function, f"{function}") else one["Resource"],
            "Principal": wanted["Principal"], **({"SourceArn": source(one)} if source(one) else {}),
        }
    return {}


def queue(aws, url, _):
    given = aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    found = {"QueueName": given["QueueArn"].rsplit(":", 1)[1]}
    for property in ("VisibilityTimeout", "MessageRetentionPeriod"):
        found[property] = int(given[property])
    if "SqsManagedSseEnabled" in given:
        found["SqsManagedSseEnabled"] = given["SqsManagedSseEnabled"].lower() == "true"
    for property in ("RedrivePolicy", "RedriveAllowPolicy"):
        if property in given:
            found[property] = json.loads(given[property])
    return found


def topic(aws, arn, _):
    given = aws("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    return {name: given[name] for name in ("DisplayName", "KmsMasterKeyId") if given.get(name)}


def dashboard(aws, name, _):
    one = aws("cloudwatch").get_dashboard(DashboardName=name)
    return {"DashboardName": one["DashboardName"], "DashboardBody": one["DashboardBody"]}


def parameter(aws, name, _):
    one = aws("ssm").get_parameter(Name=name)["Parameter"]
    more = aws("ssm").describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [name]}])["Parameters"][0]
    return {"Name": one["Name"], "Type": one["Type"], "Value": one["Value"], **({"Description": more["Description"]} if more.get("Description") else {})}


def function(aws, name, wanted):
    one = aws("lambda").get_function_configuration(FunctionName=name)
    found = {property: one[property] for property in ("Description", "Handler", "MemorySize", "Role", "Runtime", "Timeout", "Architectures") if property in one}
    found["Environment"] = {"Variables": one["Environment"]["Variables"]}
    if one.get("TracingConfig", {}).get("Mode") == "Active":
        found["TracingConfig"] = one["TracingConfig"]
    if one.get("LoggingConfig", {}).get("LogGroup") == wanted.get("LoggingConfig", {}).get("LogGroup"):
        found["LoggingConfig"] = {name: one["LoggingConfig"][name] for name in ("LogFormat", "LogGroup")}
    code = aws("lambda").get_function(FunctionName=name)
    if code.get("Tags"):
        found["Tags"] = [{"Key": key, "Value": value} for key, value in code["Tags"].items()]
    return found


def mapping(aws, uuid, wanted):
    one = aws("lambda").get_event_source_mapping(UUID=uuid)
    found = {property: one[property] for property in ("BatchSize", "EventSourceArn", "FunctionResponseTypes", "ScalingConfig") if one.get(property)}
    if one["FunctionArn"].rsplit(":", 1)[1] == wanted["FunctionName"]:
        found["FunctionName"] = wanted["FunctionName"]
    return found


def state_machine(aws, arn, _):
    one = aws("stepfunctions").describe_state_machine(stateMachineArn=arn)
    logging = one["loggingConfiguration"]
    return {
        "StateMachineName": one["name"], "StateMachineType": one["type"], "RoleArn": one["roleArn"], "DefinitionString": one["definition"],
        "TracingConfiguration": {"Enabled": one["tracingConfiguration"]["enabled"]},
        "LoggingConfiguration": {
            "Level": logging["level"], "IncludeExecutionData": logging["includeExecutionData"],
            "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": d["cloudWatchLogsLogGroup"]["logGroupArn"]}} for d in logging["destinations"]],
        },
    }


BY_TYPE = {
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::Events::Rule": rule,
    "AWS::IAM::ManagedPolicy": managed_policy,
    "AWS::IAM::Role": role,
    "AWS::Lambda::EventSourceMapping": mapping,
    "AWS::Lambda::Function": function,
    "AWS::Lambda::Permission": permission,
    "AWS::Logs::LogGroup": log_group,
    "AWS::S3::Bucket": bucket,
    "AWS::SNS::Topic": topic,
    "AWS::SQS::Queue": queue,
    "AWS::SSM::Parameter": parameter,
    "AWS::StepFunctions::StateMachine": state_machine,
}
