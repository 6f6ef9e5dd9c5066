using System.CommandLine;
using System.Globalization;
using Cki.Adapters;
using Cki.Tool.Telemetry;

namespace Cki.Tool;

/// <summary><c>cki logs</c>: what the stages told, of one run or of everything; files of <c>cki up</c>, or the log group of a stack.</summary>
internal static class LogsVerb
{
    public static Command Command()
    {
        Option<string?> run = new("--run") { Description = "Only what is about this run: its id, or the beginning of one" };
        Option<string?> delivery = new("--delivery") { Description = "Only what this delivery caused, through all stages: its id, or any correlation_id" };
        Option<string?> grep = new("--grep") { Description = "Only lines that match this regular expression" };
        Option<string?> since = new("--since") { Description = "How long back (90s, 5m, 2h, 3d) or from when (2026-11-22T12:00:00Z). Default: all files; a day of a stack" };
        Option<bool> follow = new("--follow") { Description = "Go on with what is logged from now on, until Ctrl-C" };
        Option<bool> json = new("--json") { Description = "Print each line as a JSON object" };
        return new Command("logs", "Show what the stages logged, in the order of time") { run, delivery, grep, since, follow, json }.On(async (opened, parsed, cancellationToken) =>
        {
            var query = new LogQuery(parsed.GetValue(since) is { } from ? Since(from, TimeProvider.System.GetUtcNow()) : null)
            {
                Run = parsed.GetValue(run),
                Correlation = parsed.GetValue(delivery),
                Grep = parsed.GetValue(grep) is { } pattern ? LogQuery.Pattern(pattern) : null,
                IsFollowing = parsed.GetValue(follow),
            };
            return await ShowAsync(opened.LogsAsync(query, cancellationToken), parsed.GetValue(json), cancellationToken) ? Exit.Good : Exit.Found;
        });
    }

    /// <summary>True when there was a line, as grep answers.</summary>
    private static async Task<bool> ShowAsync(IAsyncEnumerable<HumanLine> lines, bool asJson, CancellationToken cancellationToken)
    {
        bool isAny = false;
        try
        {
            await foreach (HumanLine line in lines)
            {
                Console.Out.WriteLine(asJson ? LogQuery.ToJson(line).ToJsonString() : line.Format(text => text));
                isAny = true;
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Ctrl-C is how following ends.
            return true;
        }
        catch (AwsUnavailableException e)
        {
            throw new StoreUnavailableException(e.Message, e);
        }
        return isAny;
    }

    /// <summary>Throws <see cref="BadInputException"/> for what is neither.</summary>
    internal static DateTimeOffset Since(string text, DateTimeOffset now) =>
        text.Contains('-') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time
            : now - Common.Duration(text, "--since");
}
