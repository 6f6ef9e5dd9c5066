using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cki.Adapters;

/// <summary>Whatever is told by one GET.</summary>
internal sealed class WebProbes(Fetching fetching, TimeProvider clock)
{
    /// <summary>Numbers above it are times in milliseconds, not in seconds.</summary>
    private const double MillisecondsFrom = 1e11;

    public async Task<CheckSight> HttpAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.Http)check.Target;
        Fetched got = await fetching.GetAsync(target.Url, await fetching.BearerAsync(target.TokenSecret, cancellationToken), cancellationToken);
        if (target.Status.Count == 0 ? !got.IsSuccess : !target.Status.Contains(got.Status))
            return CheckSight.Down(got.Said) with { Value = got.Took.TotalMilliseconds, Unit = "ms" };
        bool isBody = target.Body is null || Regex.IsMatch(got.Body, target.Body, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        return isBody ? Timed(got.Said, got.Took, target.SlowMs) : CheckSight.Down($"{got.Said}, and the body does not match '{target.Body}'");
    }

    public async Task<CheckSight> JsonAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.Json)check.Target;
        JsonQuery query = JsonQuery.Parse(target.Path, out string? fault) ?? throw new InvalidOperationException(fault);
        Fetched got = await fetching.GetAsync(target.Url, await fetching.BearerAsync(target.TokenSecret, cancellationToken), cancellationToken);
        if (!got.IsSuccess)
            return CheckSight.Down(got.Said);
        IReadOnlyList<JsonNode?> found = query.Select(Parsed(got.Body));
        return target.Measure switch
        {
            JsonMeasure.Age => Aged(target, found),
            JsonMeasure.Number => found.Select(Number).Max() is { } number
                ? Limited(target, number, "")
                : CheckSight.Down($"{target.Path} finds no number"),
            _ => Limited(target, found.Count, " found"),
        };
    }

    public async Task<CheckSight> UptimeAsync(CheckConfig check, string? memory, CancellationToken cancellationToken)
    {
        var target = (CheckTarget.Uptime)check.Target;
        Fetched got = await fetching.GetAsync(target.Url, null, cancellationToken);
        if (!got.IsSuccess)
            return CheckSight.Down(got.Said);
        if (Metric(got.Body, "node_boot_time_seconds") is not { } boot)
            return CheckSight.Down("the answer has no node_boot_time_seconds: no node_exporter");
        // Its own clock, where it tells it: ours may differ.
        double now = Metric(got.Body, "node_time_seconds") ?? clock.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        TimeSpan up = TimeSpan.FromSeconds(Math.Clamp(now - boot, 0, 1e10));
        CheckSight sight = up < target.Least ? CheckSight.Degraded($"up for {ReportWords.Span(up)} only") : CheckSight.Up($"up for {ReportWords.Span(up)}");
        return sight with { Value = up.TotalSeconds, Unit = "s" };
    }

    /// <summary>Up, or degraded where it took longer than its limit.</summary>
    internal static CheckSight Timed(string said, TimeSpan took, int? slowMs)
    {
        CheckSight sight = took.TotalMilliseconds > slowMs ? CheckSight.Degraded($"{said}, slower than {slowMs} ms") : CheckSight.Up(said);
        return sight with { Value = Math.Round(took.TotalMilliseconds), Unit = "ms" };
    }

    internal static JsonNode? Parsed(string body)
    {
        try
        {
            return JsonNode.Parse(body);
        }
        catch (JsonException e)
        {
            throw new FormatException("the answer is no JSON", e);
        }
    }

    private CheckSight Aged(CheckTarget.Json target, IReadOnlyList<JsonNode?> found)
    {
        DateTimeOffset[] times = [.. found.Select(Time).OfType<DateTimeOffset>()];
        if (times.Length == 0)
            return found.Count == 0 ? CheckSight.Up("none there") with { Value = 0, Unit = "s" } : CheckSight.Down($"{target.Path} finds no time");
        TimeSpan age = clock.GetUtcNow() - times.Min();
        string said = $"the oldest of {times.Length} is {ReportWords.Span(age)} old";
        CheckSight sight = age > target.Longest ? CheckSight.Degraded($"{said}, more than {ConfigDuration.Write(target.Longest.Value)}") : CheckSight.Up(said);
        return sight with { Value = Math.Round(age.TotalSeconds), Unit = "s" };
    }

    private static CheckSight Limited(CheckTarget.Json target, double number, string what)
    {
        string said = string.Create(CultureInfo.InvariantCulture, $"{number}{what}");
        CheckSight sight = number > target.Most
            ? CheckSight.Degraded(string.Create(CultureInfo.InvariantCulture, $"{said}, more than {target.Most}"))
            : number < target.Least
                ? CheckSight.Degraded(string.Create(CultureInfo.InvariantCulture, $"{said}, less than {target.Least}"))
                : CheckSight.Up(said);
        return sight with { Value = number };
    }

    private static double? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out double number) ? number : null;

    /// <summary>ISO 8601 (without a zone: UTC), or Unix time in seconds or milliseconds.</summary>
    private static DateTimeOffset? Time(JsonNode? node)
    {
        if (Number(node) is { } number and > 0 and < 1e14)
            return DateTimeOffset.FromUnixTimeMilliseconds((long)(number > MillisecondsFrom ? number : number * 1000));
        return node is JsonValue value && value.TryGetValue(out string? text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : null;
    }

    /// <summary>Of Prometheus' text, the first sample of that name without labels.</summary>
    private static double? Metric(string text, string name)
    {
        foreach (string line in text.Split('\n'))
        {
            if (line.StartsWith(name + " ", StringComparison.Ordinal) && double.TryParse(line.AsSpan(name.Length + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
                return value;
        }
        return null;
    }
}
