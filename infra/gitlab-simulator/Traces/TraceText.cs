using System.Globalization;
using System.Text;

namespace Cki.GitLabSimulator;

/// <summary>Prints traces byte for byte as gitlab-runner writes them.</summary>
public static class TraceText
{
    private const string Clear = "\e[0K";
    private const string Plain = "\e[0;m";

    /// <summary>The whole trace of a finished try.</summary>
    public static string Render(JobTrace trace, DateTimeOffset startedAt, TimeSpan duration) =>
        string.Concat(Lines(trace, startedAt, duration).Select(line => line.Text));

    /// <summary>The trace as the API shows it at a time.</summary>
    public static string At(GitLabJob job, DateTimeOffset now)
    {
        if (job is not { Attempt.Trace: { } trace, StartedAt: { } startedAt } || job.ErasedAt is not null)
            return "";
        DateTimeOffset end = job.FinishedAt ?? DateTimeOffset.MaxValue;
        bool complete = job.Finished && now - end >= job.TraceLag;
        DateTimeOffset seen = job.Finished ? end - job.TraceLag : now;
        IEnumerable<(DateTimeOffset At, string Text)> lines = Lines(trace, startedAt, job.Attempt.Duration);
        if (job.Status == "canceled")
            lines = [.. lines.Where(line => line.At < end), (end, $"{Clear}\e[31;1mERROR: Job failed: canceled\n{Plain}\n")];
        else if (!complete)
            lines = trace.Grows ? lines.Where(line => line.At <= seen && line.At < end) : [];
        return string.Concat(lines.Select(line => line.Text));
    }

    private static IEnumerable<(DateTimeOffset At, string Text)> Lines(JobTrace trace, DateTimeOffset startedAt, TimeSpan duration)
    {
        (string Stream, string Text)[] raw = [.. Raw(trace, startedAt)];
        for (int i = 0; i < raw.Length; i++)
        {
            DateTimeOffset at = startedAt + (duration * ((i + 1.0) / raw.Length));
            yield return (at, trace.Timestamps ? Stamped(raw[i], at) : raw[i].Text + "\n");
        }
    }

    private static IEnumerable<(string Stream, string Text)> Raw(JobTrace trace, DateTimeOffset startedAt)
    {
        long second = startedAt.ToUnixTimeSeconds();
        string open = "";
        if (trace.Sections.Count > 0)
        {
            yield return ("00O", $"{Clear}Running with gitlab-runner 18.4.0 (139a0ac0){Plain}");
            yield return ("00O", $"{Clear}  on k8s-runner t1_x9Lq, system ID: r_4cUq7Yd1Hs0B{Plain}");
        }
        foreach (TraceSection section in trace.Sections)
        {
            string start = $"section_start:{second}:{section.Name}\r{Clear}";
            yield return ("00O", open + start + (section.Title is null ? "" : $"{Clear}\e[36;1m{section.Title}{Plain}{Plain}"));
            foreach (string line in section.Lines)
                yield return Line(line);
            second += 1 + section.Lines.Count;
            open = $"section_end:{second}:{section.Name}\r{Clear}";
        }
        if (trace.Epilogue is { } epilogue)
            yield return epilogue.StartsWith("ERROR", StringComparison.Ordinal)
                ? ("00O", $"{open}{Clear}\e[31;1m{epilogue}\n{Plain}")
                : ("00O", $"{open}{Clear}\e[32;1m{epilogue}{Plain}");
    }

    private static (string, string) Line(string line) =>
        line.StartsWith("E:", StringComparison.Ordinal) ? ("01E", line[2..])
        : line.StartsWith("$ ", StringComparison.Ordinal) ? ("01O", $"\e[32;1m{line}{Plain}")
        : ("01O", line);

    /// <summary>A carriage return splits a line: what follows it is written as a continuation, with a plus sign.</summary>
    private static string Stamped((string Stream, string Text) line, DateTimeOffset at)
    {
        string head = $"{at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture)} {line.Stream}";
        var text = new StringBuilder();
        foreach (string physical in line.Text.Split('\n'))
        {
            string[] parts = physical.Split('\r');
            for (int i = 0; i < parts.Length; i++)
                text.Append(head).Append(i == 0 ? ' ' : '+').Append(parts[i]).Append(i < parts.Length - 1 ? "\r\n" : "\n");
        }
        return text.ToString();
    }
}
