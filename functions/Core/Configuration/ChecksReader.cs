using System.Globalization;

namespace Cki;

/// <summary>checks.yaml: what Watch looks at, and when nobody is told.</summary>
internal sealed class ChecksReader(ConfigErrors errors)
{
    private const int ChecksMax = 500;
    private const int WindowsMax = 200;
    private const int TextMax = 500;

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    private readonly HashSet<string> _names = [];
    private readonly HashSet<string> _windows = [];
    private readonly List<(CheckConfig Check, EntryReader Entry)> _read = [];

    public ChecksConfig Read(ConfigNode file, IReadOnlyList<GitLabHost> hosts)
    {
        var entry = new EntryReader(file, "", ConfigFields.ChecksFile, errors);
        IReadOnlyList<CheckConfig> checks = [.. entry.Entries("checks", ChecksMax, (node, path) => Check(node, path, hosts)).OfType<CheckConfig>()];
        foreach ((CheckConfig check, EntryReader of) in _read)
            Known(of, "depends_on", check.DependsOn);
        foreach ((CheckConfig check, EntryReader of) in _read.Where(r => Circle(r.Check)))
            of.Wrong("depends_on", $"leads back to '{check.Name}' itself");
        return new ChecksConfig(checks, entry.Entries("maintenance", WindowsMax, Window));
    }

    /// <summary>Null where the kind is unknown: nothing else can be said about its fields.</summary>
    private CheckConfig? Check(ConfigNode node, string path, IReadOnlyList<GitLabHost> hosts)
    {
        string? kind = (node as ConfigNode.Map)?.Entries.Where(e => e.Key.Text == "kind").Select(e => (e.Value as ConfigNode.Scalar)?.Text).FirstOrDefault();
        if (kind is null || !ConfigFields.CheckKinds.TryGetValue(kind, out string[]? fields))
        {
            string known = string.Join(", ", ConfigFields.CheckKinds.Keys);
            errors.Add(node.Place, $"{path}.kind", kind is null ? $"is missing; known are {known}" : $"is '{kind}', not one of {known}");
            return null;
        }
        var entry = new EntryReader(node, path, fields, errors);
        string name = entry.Name("name");
        entry.Unique("name", _names, name);
        var check = new CheckConfig(name, CheckTargetReader.Read(kind, entry, hosts))
        {
            DependsOn = Names(entry, "depends_on"),
            Means = Words(entry, "means"),
            Do = Words(entry, "do"),
        };
        check = kind == "heartbeat" ? check with { Interval = s_minute, Looks = 1 } : Paced(entry, check);
        _read.Add((check, entry));
        return check;
    }

    private static CheckConfig Paced(EntryReader entry, CheckConfig check) => check with
    {
        Interval = entry.Duration("interval", check.Interval, s_minute, s_day),
        Timeout = entry.Duration("timeout", check.Timeout, s_second, s_minute),
        Looks = (int)entry.Number("looks", check.Looks, 1, 20),
    };

    private MaintenanceWindow Window(ConfigNode node, string path)
    {
        var entry = new EntryReader(node, path, ConfigFields.Maintenance, errors);
        string name = entry.Name("name");
        entry.Unique("name", _windows, name);
        string[] checks = Names(entry, "checks");
        Known(entry, "checks", checks);
        string? weekly = entry.Text("weekly");
        var window = new MaintenanceWindow(name, checks)
        {
            Weekly = weekly is null ? null : QuietHours.Parse(weekly),
            From = Time(entry, "from"),
            Until = Time(entry, "until"),
        };
        if (weekly is not null && window.Weekly is null)
            entry.Wrong("weekly", $"'{weekly}' must be a window of UTC such as 'sat 02:00-04:00' or 'mon-fri 22:00-06:00'");
        if (entry.Node is ConfigNode.Map && entry.Has("weekly") == (entry.Has("from") || entry.Has("until")))
            entry.Wrong("weekly", "either weekly, or from and until");
        else if (entry.Has("from") != entry.Has("until"))
            entry.Wrong("from", "from and until come together");
        else if (window.From >= window.Until)
            entry.Wrong("until", "must be later than from");
        return window;
    }

    private static DateTimeOffset? Time(EntryReader entry, string field)
    {
        if (entry.Text(field) is not { } text)
            return null;
        if (DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            return time;
        entry.Wrong(field, $"'{text}' must be a time of UTC such as 2026-12-24T08:00Z");
        return null;
    }

    private static string? Words(EntryReader entry, string field)
    {
        string? text = entry.Text(field);
        if (text?.Length > TextMax)
            entry.Wrong(field, $"has {text.Length} characters; the limit is {TextMax}");
        return text;
    }

    private static string[] Names(EntryReader entry, string field) => [.. (entry.Scalars(field, ChecksMax) ?? []).Select(n => n.Text).Distinct()];

    private void Known(EntryReader entry, string field, IReadOnlyList<string> names)
    {
        foreach (string name in names.Where(n => !_names.Contains(n)))
            entry.Wrong(field, $"'{name}' is none of the checks{ConfigErrors.Suggestion(name, [.. _names.Order(StringComparer.Ordinal)])}");
    }

    private bool Circle(CheckConfig start)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>(start.DependsOn);
        while (open.TryPop(out string? name))
        {
            if (name == start.Name)
                return true;
            if (seen.Add(name) && _read.FirstOrDefault(r => r.Check.Name == name).Check is { } next)
                next.DependsOn.ToList().ForEach(open.Push);
        }
        return false;
    }
}
