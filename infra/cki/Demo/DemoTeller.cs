using System.Text.Json.Nodes;
using Spectre.Console;

namespace Cki.Tool.Demo;

/// <summary>Tells the story: in colour on a terminal, in plain lines elsewhere, as one JSON document where asked.</summary>
internal sealed class DemoTeller
{
    private static readonly Dictionary<string, string> s_colours = new(StringComparer.Ordinal)
    {
        ["story"] = "bold", ["detect"] = "deepskyblue1", ["gitlab"] = "grey", ["herd"] = "orange1", ["verdict"] = "bold", ["report"] = "green3",
    };

    private readonly IAnsiConsole? terminal;
    private readonly TextWriter? plain;
    private readonly DateTimeOffset started = TimeProvider.System.GetUtcNow();

    private DemoTeller(IAnsiConsole? terminal, TextWriter? plain)
    {
        this.terminal = terminal;
        this.plain = plain;
    }

    public static DemoTeller For(DemoOptions options)
    {
        if (options.Json)
            return new DemoTeller(null, Console.Error);
        return Console.IsOutputRedirected ? new DemoTeller(null, Console.Out) : new DemoTeller(AnsiConsole.Console, null);
    }

    public void Tell(string who, string line)
    {
        string at = $"{(TimeProvider.System.GetUtcNow() - started).TotalSeconds,5:0.0} s";
        plain?.WriteLine($"{at}  {who,-8} {line}");
        terminal?.MarkupLine($"[grey]{at}[/]  [{s_colours.GetValueOrDefault(who, "default")}]{who,-8} {Markup.Escape(line)}[/]");
    }

    public void Report(string text)
    {
        plain?.WriteLine(text);
        terminal?.Write(new Panel(new Text(text.TrimEnd())).BorderColor(Color.Grey));
    }

    public void Judged(Expectation expectation)
    {
        string mark = expectation.Held ? "held  " : "BROKEN";
        string seen = expectation.Held ? "" : $" (seen: {Common.Plain(expectation.Seen)})";
        plain?.WriteLine($"{mark}  {expectation.What}{seen}");
        terminal?.MarkupLine($"[{(expectation.Held ? "green3" : "red bold")}]{mark}[/]  {Markup.Escape(expectation.What + seen)}");
    }

    public static JsonObject ToJson(IReadOnlyList<Expectation> expectations, IReadOnlyList<string> reports) => new()
    {
        ["held"] = expectations.All(e => e.Held),
        ["expectations"] = new JsonArray([.. expectations.Select(e => (JsonNode)new JsonObject { ["what"] = e.What, ["held"] = e.Held, ["seen"] = e.Seen })]),
        ["reports"] = new JsonArray([.. reports.Select(r => (JsonNode)r)]),
    };
}
