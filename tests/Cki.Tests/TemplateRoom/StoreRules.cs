using System.Text.Json.Nodes;
using Xunit;

namespace Cki.Tests.TemplateRooms;

public sealed class StoreRules
{
    private static IReadOnlyList<TemplateResource> Buckets => SamTemplate.OfType("AWS::S3::Bucket");

    [Fact]
    public void State_and_archive_are_private_encrypted_and_versioned()
    {
        Assert.Equal(["StateBucket", "ArchiveBucket"], Buckets.Select(b => b.Id));
        Assert.All(Buckets, b =>
        {
            Assert.Equal("""{"BlockPublicAcls":true,"BlockPublicPolicy":true,"IgnorePublicAcls":true,"RestrictPublicBuckets":true}""", b.Text("PublicAccessBlockConfiguration"));
            Assert.Equal("""{"Status":"Enabled"}""", b.Text("VersioningConfiguration"));
            Assert.Equal(
                """{"SSEAlgorithm":{"Fn::If":["HasKmsKey","aws:kms","AES256"]},"KMSMasterKeyID":{"Fn::If":["HasKmsKey",{"Ref":"KmsKeyArn"},{"Ref":"AWS::NoValue"}]}}""",
                b.Properties["BucketEncryption"]!["ServerSideEncryptionConfiguration"]![0]!["ServerSideEncryptionByDefault"]!.ToJsonString());
        });
    }

    [Fact]
    public void Buckets_are_reached_by_TLS_only() =>
        Assert.All(Buckets, b =>
        {
            JsonNode policy = SamTemplate.Get($"{b.Id}Policy").Properties["PolicyDocument"]!["Statement"]![0]!;
            Assert.Equal(("Deny", "*", "s3:*"), ((string)policy["Effect"]!, (string)policy["Principal"]!, (string)policy["Action"]!));
            Assert.Equal($$"""[{"Fn::GetAtt":["{{b.Id}}","Arn"]},{"Fn::Sub":"${{{b.Id}}.Arn}/*"}]""", policy["Resource"]!.ToJsonString());
            Assert.Equal("""{"Bool":{"aws:SecureTransport":"false"}}""", policy["Condition"]!.ToJsonString());
        });

    [Fact]
    public void Old_versions_and_unfinished_uploads_go() =>
        Assert.All(Buckets, b =>
        {
            JsonNode rule = Rules(b).Single(r => (string)r["Id"]! == "old-versions");
            Assert.Equal("""{"NoncurrentDays":30} {"DaysAfterInitiation":1}""", $"{rule["NoncurrentVersionExpiration"]!.ToJsonString()} {rule["AbortIncompleteMultipartUpload"]!.ToJsonString()}");
        });

    [Fact]
    public void Of_what_stands_in_the_stores_only_archived_deliveries_expire() =>
        Assert.Equal(
            ["""ArchiveBucket deliveries/ {"Ref":"ArchiveRetentionDays"}"""],
            Buckets.SelectMany(b => Rules(b).Where(r => r["ExpirationInDays"] is not null || r["ExpirationDate"] is not null)
                .Select(r => $"{b.Id} {r["Prefix"]} {r["ExpirationInDays"]?.ToJsonString()}")));

    [Fact]
    public void Logs_are_kept_for_as_long_as_the_parameter_says()
    {
        TemplateResource group = SamTemplate.OfType("AWS::Logs::LogGroup").Single();
        Assert.Equal("""{"Ref":"LogRetentionDays"}""", group.Text("RetentionInDays"));
    }

    /// <summary>A renamed id is a new, empty resource, and the old one is lost to the stack.</summary>
    [Fact]
    public void What_holds_data_keeps_its_logical_id_and_outlives_the_stack()
    {
        string[] pinned =
        [
            "ArchiveBucket", "DetectDeadLetterQueue", "DetectQueue", "HerdDeadLetterQueue", "HerdQueue", "ReportDeadLetterQueue", "ReportQueue", "StateBucket",
            "TriggerDeadLetterQueue", "TriggerQueue", "WatchDeadLetterQueue", "WatchQueue",
        ];
        Assert.Equal(pinned, SamTemplate.All.Where(r => r.Type is "AWS::S3::Bucket" or "AWS::SQS::Queue").Select(r => r.Id).Order(StringComparer.Ordinal));
        Assert.All(pinned, id => Assert.Equal(
            ("RetainExceptOnCreate", "Retain"), ((string?)SamTemplate.Get(id).Body["DeletionPolicy"], (string?)SamTemplate.Get(id).Body["UpdateReplacePolicy"])));
    }

    /// <summary>Running executions, the webhook address and the role ARNs that people wrote down hang on these.</summary>
    [Fact]
    public void What_others_hold_on_to_keeps_its_logical_id() =>
        Assert.All(
            new[]
            {
                ("HttpApi", "AWS::Serverless::HttpApi"), ("TestCommitFlow", "AWS::Serverless::StateMachine"), ("RetryJobFlow", "AWS::Serverless::StateMachine"),
                ("LogGroup", "AWS::Logs::LogGroup"), ("AlarmTopic", "AWS::SNS::Topic"), ("OperatorRole", "AWS::IAM::Role"), ("ReaderRole", "AWS::IAM::Role"),
                ("InstallationParameter", "AWS::SSM::Parameter"), ("BoardDistribution", "AWS::CloudFront::Distribution"),
            },
            pinned => Assert.Equal(pinned.Item2, SamTemplate.Get(pinned.Item1).Type));

    [Fact]
    public void The_board_s_distribution_sees_the_board_and_nothing_else()
    {
        JsonNode statement = SamTemplate.Get("StateBucketPolicy").Properties["PolicyDocument"]!["Statement"]![1]!["Fn::If"]![1]!;
        Assert.Equal(
            """{"Service":"cloudfront.amazonaws.com"} s3:GetObject {"Fn::Sub":"${StateBucket.Arn}/board/*"}""",
            $"{statement["Principal"]!.ToJsonString()} {statement["Action"]} {statement["Resource"]!.ToJsonString()}");
        Assert.Equal("/board", (string)SamTemplate.Get("BoardDistribution").Properties["DistributionConfig"]!["Origins"]![0]!["OriginPath"]!);
        Assert.Equal(["AWS::CloudFront::CachePolicy", "AWS::CloudFront::Distribution", "AWS::CloudFront::OriginAccessControl", "AWS::CloudFront::ResponseHeadersPolicy"],
            SamTemplate.All.Where(r => (string?)r.Body["Condition"] == "HasBoard").Select(r => r.Type).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<JsonNode> Rules(TemplateResource bucket) => SamTemplate.Many(bucket.Properties["LifecycleConfiguration"]!["Rules"]);
}
