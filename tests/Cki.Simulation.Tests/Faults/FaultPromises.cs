namespace Cki.Simulation.Tests;

/// <summary>As operators got it.</summary>
public sealed record FaultNotice(TimeSpan At, string Key, string Kind);

/// <summary>What the world showed; sample n of minute n.</summary>
public sealed record FaultRecord(MetricRecord Measured, CloudMeasures Cloud, IReadOnlyList<FaultNotice> Notices);

/// <summary>Holds what happened against the fault's row.</summary>
public sealed class FaultPromises(FaultRow row, FaultCase one, FaultRecord seen)
{
    private static readonly string s_template = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Faults", "template.yaml"));

    /// <summary>Before the fault, and after it has ended, every sign is silent for so long.</summary>
    private const int SilentMinutes = 30;

    private readonly TimeSpan mended = FaultWorld.Goes + one.Stands;

    public string Figures()
    {
        string notices = string.Join(", ", seen.Notices.Select(notice => $"{notice.Key} {notice.Kind} {Since(notice.At)}"));
        string alarms = string.Join(", ", row.Signs.Where(sign => sign.IsAlarm).Select(sign => $"{sign.Name} {string.Join(' ', Minutes(sign.Name).Select(minute => Since(TimeSpan.FromMinutes(minute))).DefaultIfEmpty("never"))}"));
        string metrics = string.Join(", ", row.Metrics.Select(metric => $"{metric} {(Moved(metric) is { } minute ? Since(TimeSpan.FromMinutes(minute)) : "never")}"));
        return $"fault:{row.Fault}, stands {one.Stands}: notices {notices} | alarms {alarms} | metrics {metrics}";
    }

    /// <param name="titles">First lines of the row's notices.</param>
    public async Task CheckAsync(IReadOnlyList<string> titles)
    {
        foreach (FaultSign sign in row.Notices)
            CheckNotice(sign);
        Holds((one.Title is null) == !row.Notices.Any() && titles.All(title => title.StartsWith(one.Title!, StringComparison.Ordinal)), $"operators were told: {string.Join("; ", titles)}");
        foreach (FaultSign sign in row.Signs.Where(sign => sign.IsAlarm))
            CheckAlarm(sign);
        TimeSpan slowest = row.Signs.Max(sign => sign.Within ?? one.Stands + row.Ends);
        foreach (string metric in row.Metrics)
            Holds(Moved(metric) is { } minute && minute <= (FaultWorld.Goes + slowest).TotalMinutes, $"{metric} {(Moved(metric) is { } late ? $"moved {Since(TimeSpan.FromMinutes(late))}" : "did not move")}");
        await CheckRulesAsync();
    }

    private void CheckNotice(FaultSign sign)
    {
        FaultNotice[] told = [.. seen.Notices.Where(notice => sign.IsOf(notice.Key))];
        string all = string.Join(", ", seen.Notices.Select(notice => $"{notice.Key} {notice.Kind} {Since(notice.At)}"));
        Holds(told.Length > 0, $"operators got no {sign.Name}, but {all}");
        TimeSpan by = sign.Within is { } within ? FaultWorld.Goes + within : mended + row.Ends;
        Holds(told[0].At >= (sign.Within is null ? mended : FaultWorld.Goes) && told[0].At <= by, $"{sign.Name} was first told {Since(told[0].At)}");
        foreach (IGrouping<string, FaultNotice> notice in told.GroupBy(notice => notice.Key))
        {
            string[] kinds = one.IsToldOnce ? ["start"] : ["start", "end"];
            Holds(notice.Select(n => n.Kind).SequenceEqual(kinds), $"operators got of {notice.Key}: {all}");
            Holds(notice.Last().At >= mended && notice.Last().At <= mended + row.Ends, $"the last of {notice.Key} was told {Since(notice.Last().At)}");
        }
    }

    private void CheckAlarm(FaultSign sign)
    {
        int[] on = Minutes(sign.Name);
        Holds(!on.Any(minute => minute <= FaultWorld.Goes.TotalMinutes && minute > FaultWorld.Goes.TotalMinutes - SilentMinutes), $"{sign.Name} was on before the fault");
        Holds(on.Any(minute => minute > FaultWorld.Goes.TotalMinutes && minute <= (FaultWorld.Goes + Within(sign)).TotalMinutes), $"{sign.Name} was not on within {sign.Within}: {Figures()}");
        Holds(!on.Any(minute => minute > (mended + row.Ends).TotalMinutes), $"{sign.Name} was still on: {Figures()}");
    }

    private async Task CheckRulesAsync()
    {
        int goes = (int)FaultWorld.Goes.TotalMinutes, over = (int)(mended + row.Ends).TotalMinutes, last = seen.Measured.Minutes.Values.Max(values => values.Count) - 1;
        RulesByPromtool.Question[] questions =
        [
            .. row.Signs.Where(sign => sign.IsRule).SelectMany(sign => (RulesByPromtool.Question[])
            [
                new(sign.Name, goes - SilentMinutes, goes, false), new(sign.Name, goes, goes + (int)Within(sign).TotalMinutes, true), new(sign.Name, over, last, false),
            ]),
        ];
        if (questions.Length == 0)
            return;
        string? wrong = await RulesByPromtool.AskAsync(seen.Measured, questions);
        if (wrong is null)
            Console.WriteLine($"SKIPPED fault:{row.Fault}: no promtool here, its rules were not tried");
        Holds(string.IsNullOrEmpty(wrong), $"{wrong}\n{Figures()}");
    }

    private static TimeSpan Within(FaultSign sign) => sign.Within ?? throw new FormatException($"{sign.Name} has no time in faults.md");

    private int[] Minutes(string alarm)
    {
        var read = CloudAlarm.Read(s_template, alarm);
        return [.. Enumerable.Range(0, seen.Cloud.Minutes.Values.Max(values => values.Count)).Where(minute => minute > SilentMinutes && read.IsOn(seen.Cloud.Minutes, minute))];
    }

    /// <summary>
    /// First minute of the fault or after it in which a counter rose that had stood still for half an hour before, or a gauge was more than twice as high as in
    /// that half hour; null: none did.
    /// </summary>
    private int? Moved(string metric)
    {
        int goes = (int)FaultWorld.Goes.TotalMinutes;
        int? first = null;
        foreach ((bool isGauge, List<double> values) in seen.Measured.Of(metric))
        {
            double[] before = [.. values.Skip(goes - SilentMinutes).Take(SilentMinutes + 1)];
            if (!isGauge && before.Distinct().Count() > 1)
                continue;
            int moved = values.FindIndex(goes + 1, value => isGauge ? !(value <= before.Max() * 2) : !value.Equals(before[^1]));
            if (moved >= 0 && !(first <= moved))
                first = moved;
        }
        return first;
    }

    private static string Since(TimeSpan at) => FormattableString.Invariant($"{(at - FaultWorld.Goes).TotalMinutes:0}m");

    private static void Holds(bool holds, string broken)
    {
        if (!holds)
            throw new PromiseBrokenException(broken);
    }
}
