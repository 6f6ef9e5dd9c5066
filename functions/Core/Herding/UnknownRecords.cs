using System.Globalization;
using System.Text.Json.Serialization;

namespace Cki;

/// <summary><c>unknown/{signature}/failures/{host}-{job}.json</c>: one failure that no matcher, rule or evidence explains.</summary>
/// <param name="Signature">See <see cref="UnknownSignature"/>.</param>
/// <param name="Normalised">The end lines that the signature is made of.</param>
/// <param name="Lines">The same lines as they stood in the trace.</param>
/// <param name="Section">The runner's section the job ended in.</param>
public sealed record UnknownFailure(
    string Signature, IReadOnlyList<string> Normalised, IReadOnlyList<string> Lines, PipelineRef Pipeline, string JobName, string Stage, string? FailureReason,
    string Section, long JobId, string WebUrl, DateTimeOffset At, int V = 1)
{
    public const string Prefix = "unknown/";

    [JsonIgnore]
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{FailuresOf(Signature)}{Uri.EscapeDataString(Pipeline.Project.Host)}-{JobId}.json");

    public static string FailuresOf(string signature) => $"{Prefix}{signature}/failures/";
}

/// <summary><c>unknown/{signature}/retries/{host}-{job}.json</c>: a person retried such a failure.</summary>
/// <param name="Passed">The successor passed: an automatic retry would have rescued it.</param>
public sealed record HumanRetry(string Signature, PipelineRef Pipeline, string JobName, long JobId, long NewJobId, string By, bool Passed, DateTimeOffset At, int V = 1)
{
    [JsonIgnore]
    public string Key => string.Create(CultureInfo.InvariantCulture, $"{RetriesOf(Signature)}{Uri.EscapeDataString(Pipeline.Project.Host)}-{NewJobId}.json");

    public static string RetriesOf(string signature) => $"{UnknownFailure.Prefix}{signature}/retries/";
}
