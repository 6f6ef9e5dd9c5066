using System.Globalization;

namespace Cki.Adapters;

/// <summary>Looks at this very machine. Paths are asked about by a child first: nothing of ours touches a mount that hangs.</summary>
internal sealed class MachineProbes(StatChild stat)
{
    public async Task<CheckSight> FilesystemAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.Filesystem)check.Target;
        ChildAnswer answer = await stat.AskAsync(target.Path, cancellationToken, "-f", "-c", "%S %b %a %c %d");
        if (answer.Trouble is not null)
            return CheckSight.Down(answer.Trouble);
        if (Numbers(answer.Output) is not [var size, var blocks, var free, var inodes, var inodesFree])
            throw new FormatException($"stat said '{answer.Output}'");
        double space = Percent(free, blocks);
        // Some file systems count no inodes.
        double nodes = inodes == 0 ? 100 : Percent(inodesFree, inodes);
        string said = string.Create(CultureInfo.InvariantCulture, $"{space:0} % free ({size * free / (1 << 20):0} MiB), {nodes:0} % of inodes");
        CheckSight sight = free == 0 || (inodes > 0 && inodesFree == 0) ? CheckSight.Down($"{said}: full")
            : space < target.FreePercentLeast || nodes < target.InodesPercentLeast
                ? CheckSight.Degraded($"{said}; at least {target.FreePercentLeast} % and {target.InodesPercentLeast} % should be")
                : CheckSight.Up(said);
        return sight with { Value = Math.Round(space, 1), Unit = "%" };
    }

    public async Task<CheckSight> MountAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.Mount)check.Target;
        string path = target.Path.Length > 1 ? target.Path.TrimEnd('/') : target.Path;
        ChildAnswer where = await stat.AskAsync(path, cancellationToken, "-c", "%m");
        if (where.Trouble is not null)
            return CheckSight.Down(where.Trouble);
        if (where.Output != path)
            return CheckSight.Down($"nothing is mounted at {path}: it lies on {where.Output}");
        ChildAnswer type = await stat.AskAsync(path, cancellationToken, "-f", "-c", "%T");
        if (type.Trouble is not null)
            return CheckSight.Down(type.Trouble);
        return target.Type is null || target.Type == type.Output ? CheckSight.Up($"{type.Output} answers") : CheckSight.Down($"{type.Output} is mounted, not {target.Type}");
    }

    public async Task<CheckSight> LogAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.LogMatch)check.Target;
        ChildAnswer answer = await stat.AskAsync(target.Path, cancellationToken, "-L", "-c", "%s %i %F");
        if (answer.Trouble is not null)
            return CheckSight.Down(answer.Trouble);
        if (!answer.Output.EndsWith("file", StringComparison.Ordinal) || Numbers(answer.Output) is not [var size, var inode, ..])
            return CheckSight.Down($"{target.Path} is no file but a {answer.Output[(answer.Output.LastIndexOf(' ') + 1)..]}");
        LogPlace place = LogPlace.From(memory, (long)size, (long)inode);
        LogReading read = await LogReading.ReadAsync(target, place, cancellationToken);
        if (read.Matches > 0)
            SuiteMetrics.CheckLogMatches.Add(read.Matches, new KeyValuePair<string, object?>("check", check.Name));
        string said = $"{ReportWords.Count(read.Matches, "line", "lines")} matched of {read.Lines} new{(read.Sample is null ? "" : $", such as: {read.Sample}")}";
        return (read.Matches > target.MatchesMost ? CheckSight.Degraded(said) : CheckSight.Up(said)) with { Value = read.Matches, Unit = "lines", Memory = read.Next.ToString() };
    }

    private static double Percent(double part, double whole) => whole == 0 ? 0 : 100 * part / whole;

    private static double[] Numbers(string text) =>
        [.. text.Split(' ').TakeWhile(w => double.TryParse(w, CultureInfo.InvariantCulture, out _)).Select(w => double.Parse(w, CultureInfo.InvariantCulture))];
}
