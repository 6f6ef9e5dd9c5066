using System.Text.RegularExpressions;

namespace Cki;

/// <summary>Commands to paste. Each is printed only where all of it is known and no stranger's name can become another command.</summary>
internal static partial class ReportCommands
{
    /// <param name="after">Called where something was written.</param>
    public static void Write(MailLines lines, ReportModel model, string label, Action after)
    {
        if (model.TreeUrl is null || !Fetchable().IsMatch(model.Branch) || !Fetchable().IsMatch(model.TreeUrl))
            return;
        lines.Field(label, "git fetch \\").Raw($"{new string(' ', MailLines.LabelColumns)}{model.TreeUrl} {GitRef(model.Branch)}").More($"git checkout {model.Sha}");
        if (model.Result.Verdict == Verdict.Failed && model.Result.Failures.FirstOrDefault(f => f.Build?.Target is not null && MakeArch(f) is not null) is { } build)
            Make(lines, build.Build!, MakeArch(build)!);
        after();
    }

    private static void Make(MailLines lines, BuildFacts build, string arch)
    {
        if (build.Config is { } config)
            lines.More($"make ARCH={arch} {config}");
        lines.More($"make ARCH={arch} {build.Target}");
        lines.More(build.Config is null ? "(with that job's .config; to cross-compile, add CROSS_COMPILE)" : "(to cross-compile, add CROSS_COMPILE)");
    }

    /// <summary>As make was told, else make's name of the architecture that the job bears.</summary>
    private static string? MakeArch(FailedJob job) => job.Build?.MakeArch ?? job.Architecture switch
    {
        "x86_64" => "x86_64",
        "aarch64" => "arm64",
        "ppc64le" => "powerpc",
        "s390x" => "s390",
        "riscv64" => "riscv",
        _ => null,
    };

    private static string GitRef(string branch) =>
        branch.StartsWith("tags/", StringComparison.Ordinal) || MergeRequests.OfRef(branch) is not null ? $"refs/{branch}" : $"refs/heads/{branch}";

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9:/._~+-]*$", RegexOptions.CultureInvariant)]
    private static partial Regex Fetchable();
}
