using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace Cki.Adapters;

/// <summary>A stack as CloudFormation shows it.</summary>
/// <param name="Status">e.g. <c>UPDATE_COMPLETE</c>.</param>
/// <param name="Reason">Of the status; null: it says none.</param>
/// <param name="Drift"><c>IN_SYNC</c>, <c>DRIFTED</c>, <c>UNKNOWN</c> or <c>NOT_CHECKED</c>, as the last look for drift found it; null: it does not say.</param>
/// <param name="DriftSeenAt">When somebody last looked for drift; null: nobody did.</param>
public sealed record StackSight(string Status, string? Reason, string? Drift, DateTimeOffset? DriftSeenAt);

/// <summary>A resource that is not as its template says.</summary>
/// <param name="Status"><c>MODIFIED</c> or <c>DELETED</c>.</param>
/// <param name="Paths">The properties that differ, e.g. <c>/VersioningConfiguration/Status</c>.</param>
public sealed record DriftedResource(string Id, string Type, string Status, IReadOnlyList<string> Paths);

/// <summary>Reads stacks, by DescribeStacks and DescribeStackResourceDrifts. Starts nothing: to look for drift anew is the operator's act.</summary>
public sealed class StackSights(AwsSession session)
{
    private const string Version = "2010-05-15";
    private const int PagesMax = 20;

    private readonly SignedText _api = new(session, "cloudformation");

    /// <summary>Null: there is no such stack. Throws <see cref="AwsUnavailableException"/> where it cannot be read, also for want of rights.</summary>
    public async Task<StackSight?> FindAsync(string stack, CancellationToken cancellationToken)
    {
        TextAnswer answer = await _api.AskFormAsync([new("Action", "DescribeStacks"), new("Version", Version), new("StackName", stack)], cancellationToken);
        if (answer.Status == 400 && answer.Body.Contains("does not exist", StringComparison.Ordinal))
            return null;
        XElement? shown = Each(Read("DescribeStacks", answer), "Stacks").FirstOrDefault();
        if (shown is null)
            return null;
        XElement? drift = Of(shown, "DriftInformation");
        return new StackSight(
            Of(shown, "StackStatus")?.Value ?? "", Of(shown, "StackStatusReason")?.Value, Of(drift, "StackDriftStatus")?.Value,
            DateTimeOffset.TryParse(Of(drift, "LastCheckTimestamp")?.Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) ? at : null);
    }

    /// <summary>What the last look for drift found, in order of id. Likewise.</summary>
    public async Task<IReadOnlyList<DriftedResource>> DriftedAsync(string stack, CancellationToken cancellationToken)
    {
        var all = new List<DriftedResource>();
        string? next = null;
        for (int page = 0; page < PagesMax; page++)
        {
            var form = new List<KeyValuePair<string, string>>
            {
                new("Action", "DescribeStackResourceDrifts"), new("Version", Version), new("StackName", stack),
                new("StackResourceDriftStatusFilters.member.1", "MODIFIED"), new("StackResourceDriftStatusFilters.member.2", "DELETED"),
            };
            if (next is not null)
                form.Add(new("NextToken", next));
            XElement shown = Read("DescribeStackResourceDrifts", await _api.AskFormAsync(form, cancellationToken));
            all.AddRange(Each(shown, "StackResourceDrifts").Select(Drifted));
            next = shown.Descendants().FirstOrDefault(e => e.Name.LocalName == "NextToken")?.Value;
            if (string.IsNullOrEmpty(next))
                break;
        }
        return [.. all.OrderBy(r => r.Id, StringComparer.Ordinal)];
    }

    private static DriftedResource Drifted(XElement shown) => new(
        Of(shown, "LogicalResourceId")?.Value ?? "", Of(shown, "ResourceType")?.Value ?? "", Of(shown, "StackResourceDriftStatus")?.Value ?? "",
        [.. Each(shown, "PropertyDifferences").Select(d => Of(d, "PropertyPath")?.Value).OfType<string>().Order(StringComparer.Ordinal)]);

    /// <summary>The members of the list of that name.</summary>
    private static IEnumerable<XElement> Each(XElement within, string list) =>
        within.Descendants().FirstOrDefault(e => e.Name.LocalName == list)?.Elements().Where(e => e.Name.LocalName == "member") ?? [];

    private static XElement? Of(XElement? within, string name) => within?.Elements().FirstOrDefault(e => e.Name.LocalName == name);

    private static XElement Read(string operation, TextAnswer answer)
    {
        XElement? root = Parse(answer.Body);
        if (answer.IsGood && root is not null)
            return root;
        string? Said(string name) => root?.Descendants().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
        throw new AwsUnavailableException($"{operation}: {answer.Status} {Said("Code") ?? "no XML"}: {Said("Message")}".TrimEnd(' ', ':'), isAnswered: true);
    }

    private static XElement? Parse(string body)
    {
        try
        {
            return XElement.Parse(body);
        }
        catch (XmlException)
        {
            return null;
        }
    }
}
