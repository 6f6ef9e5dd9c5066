using System.Globalization;
using System.Text;
using Cki.Adapters;
using Microsoft.Extensions.Logging;

namespace Cki.Tool.Telemetry;

/// <summary>
/// A log line for people and grep: time, level, logger, message and ids, with tabs between them. It is one line always, and can be read back.
/// </summary>
/// <param name="Fields"><c>correlation_id, run_id, tree, sha, pipeline, job, delivery, announced_by</c> as far as they are known, then <c>exception</c>.</param>
internal sealed record HumanLine(DateTimeOffset Time, string Level, string Logger, string Message, IReadOnlyList<KeyValuePair<string, string>> Fields)
{
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>What else an event carries is in its message already.</summary>
    private static readonly string[] s_ids = ["run_id", "tree", "sha", "pipeline", "job", "delivery", "announced_by"];

    public static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "TRACE",
        LogLevel.Debug => "DEBUG",
        LogLevel.Information => "INFO",
        LogLevel.Warning => "WARN",
        LogLevel.Error => "ERROR",
        _ => "FATAL",
    };

    public static HumanLine Of(JsonLogLine.Event happened)
    {
        var fields = new List<KeyValuePair<string, string>>();
        if (happened.Trail is { } trail)
            fields.Add(new("correlation_id", trail.Correlation));
        foreach ((string key, object? value) in LogFields.Of(happened.Fields, happened.Trail))
        {
            if (s_ids.Contains(key, StringComparer.Ordinal) && value?.ToString() is { Length: > 0 } text)
                fields.Add(new(key, text));
        }
        if (happened.Error is { } error)
            fields.Add(new("exception", error.ToString()));
        return new HumanLine(happened.Time, Word(happened.Level), happened.Category, happened.Message, fields);
    }

    /// <summary>Without its line feed.</summary>
    /// <param name="clean">Takes secrets out.</param>
    public string Format(Func<string, string> clean)
    {
        var line = new StringBuilder(256);
        line.Append(Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)).Append('\t').Append(Level.PadRight(5)).Append('\t').Append(Logger).Append('\t');
        Escape(line, clean(Message));
        char before = '\t';
        foreach ((string key, string value) in Fields)
        {
            line.Append(before).Append(key).Append('=');
            string cleaned = clean(value);
            bool isQuoted = cleaned.Length == 0 || cleaned.AsSpan().IndexOfAny(" \"=") >= 0;
            if (isQuoted)
                line.Append('"');
            Escape(line, isQuoted ? cleaned.Replace("\"", "'", StringComparison.Ordinal) : cleaned);
            if (isQuoted)
                line.Append('"');
            before = ' ';
        }
        return line.ToString();
    }

    /// <summary>Null for what is no such line.</summary>
    public static HumanLine? Parse(string line)
    {
        string[] parts = line.Split('\t');
        if (parts.Length is < 4 or > 5
            || !DateTimeOffset.TryParseExact(parts[0], TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            return null;
        return new HumanLine(time, parts[1].TrimEnd(), parts[2], Unescape(parts[3]), parts.Length == 5 ? Read(parts[4]) : []);
    }

    public string? Field(string key)
    {
        foreach ((string name, string value) in Fields)
        {
            if (name == key)
                return value;
        }
        return null;
    }

    private static List<KeyValuePair<string, string>> Read(string fields)
    {
        var read = new List<KeyValuePair<string, string>>();
        int at = 0;
        while (at < fields.Length && fields.IndexOf('=', at) is >= 0 and var equals)
        {
            string key = fields[at..equals];
            bool isQuoted = equals + 1 < fields.Length && fields[equals + 1] == '"';
            int begin = isQuoted ? equals + 2 : equals + 1;
            int end = fields.IndexOf(isQuoted ? '"' : ' ', begin);
            if (end < 0)
                end = fields.Length;
            read.Add(new(key, Unescape(fields[begin..end])));
            at = end + (isQuoted ? 2 : 1);
        }
        return read;
    }

    private static void Escape(StringBuilder line, string text)
    {
        foreach (char c in text)
        {
            _ = c switch
            {
                '\\' => line.Append(@"\\"),
                '\n' => line.Append(@"\n"),
                '\r' => line.Append(@"\r"),
                '\t' => line.Append(@"\t"),
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' => line.Append(@"\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture)),
                _ => line.Append(c),
            };
        }
    }

    private static string Unescape(string text)
    {
        if (!text.Contains('\\'))
            return text;
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            char next = text[i] == '\\' && i + 1 < text.Length ? text[++i] : '\0';
            if (next == 'u' && i + 4 < text.Length && int.TryParse(text.AsSpan(i + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out int code))
            {
                plain.Append((char)code);
                i += 4;
                continue;
            }
            plain.Append(next switch { '\0' => text[i], 'n' => '\n', 'r' => '\r', 't' => '\t', _ => next });
        }
        return plain.ToString();
    }
}
