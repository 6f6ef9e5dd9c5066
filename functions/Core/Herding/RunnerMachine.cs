using System.Text.RegularExpressions;

namespace Cki;

/// <summary>
/// Where a job really ran, as the runner tells at the head of its trace. One runner may stand for many machines: GitLab's API shows them as one, and a
/// re-run "elsewhere" could never be told from one on the same machine.
/// </summary>
public static partial class RunnerMachine
{
    /// <summary>The executor on Kubernetes tells the node where its runner prints pod events; others name their machine. Null: not told.</summary>
    public static string? Of(TraceReading trace)
    {
        string? machine = null;
        bool isKubernetes = false;
        foreach (TraceLine line in trace.Head.Where(l => l.Section is TraceSection.Prepare or TraceSection.Unknown && l.Command == 0))
        {
            if (Assigned().Match(line.Text) is { Success: true } assigned)
                return assigned.Groups["node"].Value;
            isKubernetes |= line.Text.StartsWith("Using Kubernetes ", StringComparison.Ordinal);
            if (RunningOn().Match(line.Text) is { Success: true } running)
                machine = running.Groups["machine"].Value;
        }
        // There it is the manager's own pod.
        return isKubernetes ? null : machine;
    }

    /// <summary>A job's <see cref="PipelineJob.Machine"/> with what its trace adds.</summary>
    public static string? Joined(string? runner, TraceReading trace) => runner is not null && Of(trace) is { } machine ? $"{runner}@{machine}" : runner;

    /// <summary>False also where one of two jobs of the same runner did not tell its machine.</summary>
    public static bool AreDistinct(string? one, string? other)
    {
        if (one is null || other is null)
            return false;
        string[] a = one.Split('@', 2);
        string[] b = other.Split('@', 2);
        return a[0] != b[0] || (a.Length == 2 && b.Length == 2 && a[1] != b[1]);
    }

    [GeneratedRegex(@"\bSuccessfully assigned \S+/\S+ to (?<node>[A-Za-z0-9][A-Za-z0-9.-]{0,252})\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Assigned();

    [GeneratedRegex(@"^Running on \S+ via (?<machine>[A-Za-z0-9][A-Za-z0-9._-]{0,252}?)\.\.\.\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex RunningOn();
}
