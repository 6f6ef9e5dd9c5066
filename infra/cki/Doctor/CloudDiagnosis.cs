using System.Globalization;
using Cki.Adapters;

namespace Cki.Tool;

/// <summary>Judges the AWS account's quotas, and the stack against its template. Pure.</summary>
internal static class CloudDiagnosis
{
    public const string Drifted = "DRIFTED";

    /// <summary>The queues' mappings of template.yaml take 60 at once; the door and the flows' tasks need theirs beside them.</summary>
    private const int ConcurrencyLeast = 100;

    /// <summary>A deployment leaves the zips of each version behind.</summary>
    private const double CodeShareMost = 0.8;

    private const int PathsTold = 5;

    /// <summary>Hands reach into a stack on any day.</summary>
    private static readonly TimeSpan s_driftOld = TimeSpan.FromDays(7);

    public static IEnumerable<Finding> Of(CloudFact cloud, DateTimeOffset now) => [.. Quotas(cloud), .. Stack(cloud), .. Drift(cloud, now)];

    private static IEnumerable<Finding> Quotas(CloudFact cloud)
    {
        if (cloud.Account is not { } account)
        {
            yield return Finding.CannotTell("quotas", $"Lambda's quotas cannot be read: {cloud.AccountTrouble}", "aws lambda get-account-settings; your credentials need lambda:GetAccountSettings");
            yield break;
        }
        if (account.Unreserved < ConcurrencyLeast)
            yield return Finding.Problem(
                "quotas", $"Lambda runs {account.Unreserved} of the account's functions at once ({account.Concurrency} in all), the suite needs {ConcurrencyLeast}: its queues will wait",
                "aws service-quotas request-service-quota-increase --service-code lambda --quota-code L-B99A9384 --desired-value 1000");
        if (account.CodeBytesMax > 0 && account.CodeBytes > account.CodeBytesMax * CodeShareMost)
            yield return Finding.Problem(
                "quotas", string.Create(CultureInfo.InvariantCulture, $"functions' code fills {100.0 * account.CodeBytes / account.CodeBytesMax:0} % of the {account.CodeBytesMax >> 30} GB that the account may keep: deployments will fail"),
                "delete old versions of functions (aws lambda list-versions-by-function, delete-function --qualifier), or ask for more");
    }

    private static IEnumerable<Finding> Stack(CloudFact cloud)
    {
        if (cloud.StackTrouble is { } trouble)
            yield return Finding.CannotTell("stack", $"CloudFormation cannot be asked: {trouble}", "your credentials need cloudformation:DescribeStacks; the stack's two roles have it");
        else if (cloud.Sight is not { } sight)
            yield return Finding.CannotTell("stack", $"CloudFormation knows no stack '{cloud.Stack}' in this account and region", "compare by hand what runs with template.yaml; sam deploy makes a stack of it");
        else if (sight.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal))
            yield return Finding.Note("stack", $"a deployment is under way: {sight.Status}", "look again when it has ended");
        else if (sight.Status is not ("CREATE_COMPLETE" or "UPDATE_COMPLETE" or "IMPORT_COMPLETE"))
            yield return Finding.Problem(
                "stack", $"the last deployment ended as {sight.Status}{(sight.Reason is { } reason ? $": {SafeText.Line(reason, 300)}" : "")}: what runs is not the last release",
                $"aws cloudformation describe-stack-events --stack-name {cloud.Stack}: mend what the first failure names, then sam deploy");
    }

    private static IEnumerable<Finding> Drift(CloudFact cloud, DateTimeOffset now)
    {
        if (cloud.Sight is not { } sight)
            yield break;
        string look = $"aws cloudformation detect-stack-drift --stack-name {cloud.Stack}, then again (the doctor starts nothing itself)";
        if (sight.Drift is not (Drifted or "IN_SYNC"))
        {
            yield return Finding.CannotTell("drift", "nobody has looked whether the stack is as its template says", look);
            yield break;
        }
        if (sight.DriftSeenAt is { } at && now - at > s_driftOld)
            yield return Finding.CannotTell("drift", $"the last look for drift was on {at:yyyy-MM-dd}", look);
        if (sight.Drift != Drifted)
            yield break;
        if (cloud.Drifted is not { Count: > 0 } resources)
        {
            yield return Finding.Problem("drift", $"the stack has drifted; of what cannot be told: {cloud.DriftTrouble ?? "it names nothing"}", $"aws cloudformation describe-stack-resource-drifts --stack-name {cloud.Stack}");
            yield break;
        }
        foreach (DriftedResource resource in resources)
            yield return Finding.Problem("drift", $"{resource.Id} ({resource.Type}) {How(resource)}", "put it back by hand (a deployment changes only what changed in the template), or take it over into template.yaml");
    }

    private static string How(DriftedResource resource)
    {
        if (resource.Status == "DELETED")
            return "was deleted";
        string more = resource.Paths.Count > PathsTold ? $" and {resource.Paths.Count - PathsTold} more" : "";
        return $"was changed beside its template: {string.Join(", ", resource.Paths.Take(PathsTold))}{more}";
    }
}
