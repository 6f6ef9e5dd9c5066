using System.Text.RegularExpressions;

namespace Cki;

/// <summary>Tells whose output a line is, by its shape.</summary>
public static partial class LineOrigins
{
    internal static readonly string[] RunnerStarts =
    [
        "ERROR: Job failed", "Job succeeded", "ERROR: Preparation failed", "ERROR: Failed to ", "ERROR: Uploading", "ERROR: Downloading",
        "ERROR: Failed to remove network", "WARNING: Uploading", "WARNING: Downloading", "WARNING: Failed to pull image", "WARNING: Retrying",
        "WARNING: Failed to ", "WARNING: Event retrieved from the cluster", "WARNING: Job failed", "Uploading artifacts", "Downloading artifacts",
        "Cleaning up project directory", "Saving cache", "Restoring cache", "Running with gitlab-runner", "Running on ", "Preparing the ",
        "Using Docker executor", "Using Kubernetes", "Using docker image", "Pulling docker image", "Waiting for pod ", "Getting source from",
        "Fetching changes", "ERROR: execution took longer", "WARNING: script canceled", "pod evicted", "Job's log exceeded limit",
        "ERROR: Error cleaning up", "FATAL: invalid argument", "WARNING: Getting job pod status",
    ];

    public static LineOrigin Of(string text, TraceSection section)
    {
        if (text.StartsWith("$ ", StringComparison.Ordinal))
            return LineOrigin.Command;
        if (section is TraceSection.Prepare or TraceSection.GetSources or TraceSection.Upload or TraceSection.Cleanup || IsRunners(text))
            return LineOrigin.Runner;
        if (LineText.IsConsole(text))
            return LineOrigin.Kernel;
        return IsTests(text) ? LineOrigin.Test : LineOrigin.Tool;
    }

    /// <summary>Lines that gitlab-runner prints; scripts hardly do.</summary>
    public static bool IsRunners(string text) => RunnerStarts.Any(s => text.StartsWith(s, StringComparison.Ordinal));

    private static bool IsTests(string text) => text.Length > 0 && Tests().IsMatch(text);

    // TAP and KTAP (indented when nested), LTP old and new, xfstests and blktests, LAVA, Beaker, GoogleTest and pytest.
    [GeneratedRegex(
        @"^\s*(?:(?:not )?ok \d+\b|# |1\.\.\d+|K?TAP version |Bail out!|:: \[|<LAVA_|\[\s*(?:OK|FAILED|RUN|PASSED|CRASHED)\s*\] |\[[\d:]{8}\] (?:=+ )?\[(?:PASSED|FAILED|CRASHED|SKIPPED)\]|#\d+(?:/\d+)?\s+\S.*:(?:OK|FAIL|SKIP)\b"
        + @"|selftests: |stress-ng: |\d+(?:\.\d+)?: .*: (?:Ok|FAILED!|Skip)|[\w.\-]+\s+(?:PASS|FAIL|CONF)\s+\d+\s*$|[\w.\-]+: (?:pass|fail|broken|skip)\b.*\(\d+(?:\.\d+)?s\)|\s{4,}(?:pass|fail|info|warn) /)"
        + @"|\bT(?:PASS|FAIL|BROK|CONF|INFO|WARN)\b[: ]|TEST_CASE_ID=|^FAILED \S+::|^FAIL: test|^\S+\.t \.|\| result: (?:pass|fail)|^Failures: |-torture: *---"
        + @"|^(?:generic|xfs|ext4|btrfs|overlay|nfs|cifs|tmpfs|f2fs|shared|ceph|block|nvme|scsi|loop|zbd|md|dm|srp|throtl)/\d{3}\b",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Tests();
}
