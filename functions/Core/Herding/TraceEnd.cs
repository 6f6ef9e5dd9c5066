using System.Text.RegularExpressions;

namespace Cki;

/// <summary>
/// What ended a job and which lines explain it. A line that merely occurs explains nothing: only the runner's epilogue counts, and the last
/// command's own errors when nothing unexplained follows them.
/// </summary>
internal sealed partial record TraceEnd(JobEnd End, TraceSection Section, IReadOnlyList<TraceLine> Explaining, IReadOnlyList<EndingLine> Ending)
{
    private const int LastLinesMax = 12;
    private const int EpilogueLinesMax = 40;
    private const int EndMarkLinesMax = 20;

    /// <param name="work">The last section before after_script: prepare, get_sources or script; unknown without marks.</param>
    /// <param name="uploadsForFailure">The runner uploads a failed job's artifacts too: trouble there is not what failed it. Null: it said neither.</param>
    public static TraceEnd Of(TraceLine[] script, TraceLine[] runner, TraceSection work, bool? uploadsForFailure)
    {
        EndingLine[] last = LastErrors(script);
        bool uploadCounts = uploadsForFailure is null ? !last.Any(l => l.IsUnexplained) : !uploadsForFailure.Value;
        TraceSection section = uploadsForFailure is false ? TraceSection.Upload : work;
        TraceLine[] epilogue = [.. Epilogue(script, runner, work).Where(l => uploadCounts || !IsUpload(l)).TakeLast(EpilogueLinesMax)];
        return new TraceEnd(
            EndOf(script, runner), section,
            [.. last.TakeWhile(l => !l.IsUnexplained).Reverse().Select(l => l.Line), .. epilogue],
            [.. epilogue.Reverse().Select(l => new EndingLine(l, IsUnexplained: false)), .. last]);
    }

    private static bool IsUpload(TraceLine line) =>
        line.Section == TraceSection.Upload || line.Text.Contains("ploading", StringComparison.Ordinal);

    private static JobEnd EndOf(TraceLine[] script, TraceLine[] runner)
    {
        IEnumerable<TraceLine> last = script.TakeLast(EndMarkLinesMax).Concat(runner.TakeLast(EndMarkLinesMax)).OrderByDescending(l => l.Number);
        foreach (TraceLine line in last.Take(EndMarkLinesMax))
        {
            if (EndOf(line.Text) is { } end)
                return end;
        }
        return JobEnd.Unknown;
    }

    private static JobEnd? EndOf(string text)
    {
        if (text.StartsWith("Job's log exceeded limit", StringComparison.Ordinal))
            return JobEnd.LogLimit;
        if (text.StartsWith("Job succeeded", StringComparison.Ordinal))
            return JobEnd.Succeeded;
        if (!text.StartsWith("ERROR: Job failed", StringComparison.Ordinal))
            return null;
        string how = text["ERROR: Job failed".Length..];
        return how switch
        {
            _ when how.Contains("execution took longer", StringComparison.Ordinal) => JobEnd.TimedOut,
            _ when how.Contains("canceled", StringComparison.Ordinal) => JobEnd.Canceled,
            _ when how.Contains("exit code", StringComparison.Ordinal) || how.Contains("exit status", StringComparison.Ordinal) => JobEnd.ScriptExit,
            _ when how.Contains("command terminated", StringComparison.Ordinal) => JobEnd.ScriptExit,
            _ => JobEnd.SystemFailure,
        };
    }

    // What a script prints in the runner's words counts only where nothing of its own follows.
    private static IEnumerable<TraceLine> Epilogue(TraceLine[] script, TraceLine[] runner, TraceSection work)
    {
        if (work is TraceSection.Prepare or TraceSection.GetSources)
            return runner.Where(l => l.Section == work || l.Section > TraceSection.Script);
        int lastOwn = script.LastOrDefault(l => l.Origin != LineOrigin.Runner).Number;
        return runner.Where(l => l.Number > lastOwn && l.Origin == LineOrigin.Runner);
    }

    /// <summary>The last command's own lines, newest first; what follows make's end is clean-up and left out.</summary>
    private static EndingLine[] LastErrors(TraceLine[] script)
    {
        var found = new List<EndingLine>();
        TraceLine[] own = [.. script.Reverse().SkipWhile(l => l.Origin == LineOrigin.Runner)];
        bool makeEnded = false;
        foreach (TraceLine line in own.TakeWhile(l => l.Command == own[0].Command && l.Origin != LineOrigin.Command).Take(LastLinesMax))
        {
            if (line.Origin is LineOrigin.Test or LineOrigin.Kernel or LineOrigin.Runner || IsExpected(line.Text))
                continue;
            bool isMake = Make().IsMatch(line.Text);
            if (isMake && !makeEnded && !found.Exists(f => f.IsUnexplained))
            {
                makeEnded = true;
                found.Clear();
            }
            found.Add(new EndingLine(line, !isMake && IsUnexplained(line.Text)));
        }
        return [.. found];
    }

    private static bool IsUnexplained(string text) =>
        Trouble().IsMatch(text) && !InfrastructureWords.Has(text) && !Consequence().IsMatch(text) && !Make().IsMatch(text);

    private static bool IsExpected(string text) => FeatureProbes.Is(text) || text.Contains(": warning: ", StringComparison.Ordinal);

    [GeneratedRegex(@"^(?:g?make|ninja)(?:\[\d+\])?: (?:\*\*\* |build stopped)", RegexOptions.ExplicitCapture)]
    private static partial Regex Make();

    [GeneratedRegex(
        @"error|fail|fatal|panic|traceback|assert|killed|abort|undefined|cannot|can't|not found|denied|exception|segfault|segmentation|mismatch|corrupt|invalid|unexpected|BUG:|oops",
        RegexOptions.IgnoreCase)]
    private static partial Regex Trouble();

    // What tools say after their real complaint.
    [GeneratedRegex(
        @"exit(?:ed)?(?: with)?(?: code| status)|returned (?:a )?non-zero|returned exit|cki-loop: |retry|^(?:fatal|error): (?:early EOF|the remote end hung up|could not fetch|clone of|"
        + @"fetch-pack|.*index-pack|RPC failed|\d+ bytes of body|unexpected disconnect)|^\+ |^ERROR: (?:command|script|step)\b|^Failed to (?:download|fetch|pull|push|clone)\b",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Consequence();
}

/// <summary>Words of trouble outside the kernel under test. They never decide; they only tell which errors at the end are not unexplained.</summary>
internal static partial class InfrastructureWords
{
    public static bool Has(string text) => Words().IsMatch(text);

    [GeneratedRegex(
        @"timed? ?out|could not resolve|couldn't resolve|name resolution|name or service not known|no such host|connection (?:reset|refused|closed|aborted|timed)|connect(?:ion)? error|"
        + @"failed to connect|couldn't connect|unable to connect|network is unreachable|no route to host|\bTLS\b|\bSSL\b|certificate|handshake|broken pipe|unexpected EOF|early EOF|"
        + @"no space left|disk quota|input/output error|stale file handle|read-only file system|cannot allocate memory|\b(?:429|50[0-4])\b|too many requests|bad gateway|"
        + @"service unavailable|gateway time|internal server error|toomanyrequests|RPC failed|hung up|HTTP/2 stream|curl[: ]|manifest unknown|pull(?:ing)? image|SlowDown|"
        + @"ConnectionError|ReadTimeout|MaxRetryError|ProtocolError|IncompleteRead|temporary failure|evicted",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Words();
}
