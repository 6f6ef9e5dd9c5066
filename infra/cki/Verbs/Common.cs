using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki.Tool;

/// <summary>Options that several verbs share, always with the same name and meaning.</summary>
internal static class Common
{
    private static readonly JsonWriterOptions s_indented = new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Option<string> Data() => new("--data")
    {
        Description = "Directory of the single-machine engine's database",
        DefaultValueFactory = _ => "data",
    };

    public static Option<string> Config() => new("--config")
    {
        Description = "Directory with trees.yaml, sources.yaml, channels.yaml, matchers.yaml and, where wanted, checks.yaml",
        DefaultValueFactory = _ => "config",
    };

    public static Option<bool> Json() => new("--json") { Description = "Print facts as JSON" };

    /// <summary>An http or https address; the library itself parses none.</summary>
    public static Option<Uri?> Url(string description) => new("--url")
    {
        Description = description,
        CustomParser = given =>
        {
            string text = given.Tokens.Count == 1 ? given.Tokens[0].Value : "";
            if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https")
                return url;
            given.AddError($"--url {text}: not an address such as https://cki.example/");
            return null;
        },
    };

    /// <summary>Adds a verb's action behind the guard that turns a user's mistakes into one line and a code.</summary>
    public static Command Doing(this Command command, Func<ParseResult, CancellationToken, Task<int>> act)
    {
        command.SetAction((parsed, cancellationToken) => Exit.GuardAsync(() => act(parsed, cancellationToken)));
        return command;
    }

    /// <summary>Adds <c>--data</c> and <c>--stack</c>, and opens the installation for the action.</summary>
    public static Command On(this Command command, Func<OpenedInstallation, ParseResult, CancellationToken, Task<int>> act)
    {
        var where = new Where(command);
        return command.Doing(async (parsed, cancellationToken) =>
        {
            await using OpenedInstallation opened = await where.OpenAsync(parsed, null, cancellationToken);
            return await act(opened, parsed, cancellationToken);
        });
    }

    public static void Print(JsonNode node)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, s_indented))
            node.WriteTo(writer);
        Console.Out.WriteLine(System.Text.Encoding.UTF8.GetString(stream.ToArray()));
    }

    /// <summary>Text from outside never reaches a terminal raw.</summary>
    public static string Plain(string? text) =>
        text is null ? "" : string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));

    /// <summary><c>5m</c>, <c>90s</c>, <c>2h</c>, <c>3d</c>.</summary>
    public static TimeSpan Duration(string text, string option)
    {
        if (text.Length > 1 && double.TryParse(text[..^1], out double n) && n >= 0)
        {
            switch (text[^1])
            {
                case 's': return TimeSpan.FromSeconds(n);
                case 'm': return TimeSpan.FromMinutes(n);
                case 'h': return TimeSpan.FromHours(n);
                case 'd': return TimeSpan.FromDays(n);
            }
        }
        throw new BadInputException($"{option} {text}: not a duration such as 90s, 5m, 2h or 3d");
    }
}
