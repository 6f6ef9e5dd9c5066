using System.Xml.Linq;

using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HouseRooms;

public sealed class HouseRuleTests
{
    private const string WaivedAnalyzer = "RS0030";

    /// <summary>The tool and its web skin compose: clocks and dice begin there.</summary>
    private static readonly string[] Composition = ["infra/cki/cki.csproj", "infra/kestrel/Cki.Kestrel.csproj"];

    private static IReadOnlyList<string> Projects => [.. Checkout.Files("functions", "*.csproj"), .. Checkout.Files("infra", "*.csproj")];

    [Fact]
    public void Every_product_project_is_checked_for_banned_symbols() =>
        Assert.Equal(
            Composition,
            Projects.Where(p => XDocument.Load(Checkout.Path(p)).Descendants("CkiProductCode").SingleOrDefault()?.Value != "true"));

    [Fact]
    public void The_banned_symbols_reach_the_analyzer_and_are_errors()
    {
        XElement group = XDocument.Load(Checkout.Path("Directory.Build.targets")).Descendants("ItemGroup")
            .Single(g => (string?)g.Attribute("Condition") == "'$(CkiProductCode)' == 'true'");
        Assert.EndsWith("BannedSymbols.txt", (string)group.Element("AdditionalFiles")!.Attribute("Include")!);
        Assert.Contains("Microsoft.CodeAnalysis.BannedApiAnalyzers", group.Elements("PackageReference").Select(r => (string)r.Attribute("Include")!));
        Assert.Contains("dotnet_diagnostic.RS0030.severity = error", File.ReadAllLines(Checkout.Path(".editorconfig")));
    }

    [Theory]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("P:System.DateTimeOffset.UtcNow")]
    [InlineData("P:System.TimeProvider.System")]
    [InlineData("M:System.Guid.NewGuid")]
    [InlineData("P:System.Random.Shared")]
    [InlineData("M:System.Random.#ctor")]
    [InlineData("T:System.Diagnostics.Stopwatch")]
    [InlineData("M:System.Threading.Tasks.Task.Delay(System.TimeSpan)")]
    [InlineData("M:System.Threading.Tasks.Task.Wait")]
    [InlineData("P:System.Threading.Tasks.Task`1.Result")]
    [InlineData("T:System.Threading.Thread")]
    public void Clocks_dice_and_blocking_waits_are_banned(string symbol) =>
        Assert.Contains(symbol, File.ReadLines(Checkout.Path("BannedSymbols.txt")).Select(l => l.Split(';')[0]));

    /// <summary>The engine's writer owns a thread by design; clock and dice of each Lambda begin in two files.</summary>
    [Fact]
    public void Only_the_writer_thread_and_composition_waive_the_ban()
    {
        string[] waivers =
        [
            .. Projects.Except(Composition).SelectMany(p => Checkout.Files(Path.GetDirectoryName(p)!, "*.cs"))
                .Where(f => File.ReadAllText(Checkout.Path(f)).Contains(WaivedAnalyzer, StringComparison.Ordinal)),
        ];
        Assert.Equal(
            ["functions/Adapters/Hosting/SystemDice.cs", "functions/Adapters/Lambda/LambdaWorld.cs", "infra/engine/Writing/ThreadWriter.cs"],
            waivers.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Product_files_have_at_most_200_lines_and_test_files_300() =>
        Assert.Empty(
            TooLong("functions", 200).Concat(TooLong("infra", 200)).Concat(TooLong("tests", 300)));

    [Fact]
    public void No_test_is_switched_off_and_nothing_is_left_to_do()
    {
        string[] marks = ["// TO" + "DO", "NotImplemented" + "Exception", "// FIX" + "ME", "Skip " + "= \"", "(Skip" + "=\""];
        string[] found =
        [
            .. Checkout.Files("functions", "*.cs").Concat(Checkout.Files("infra", "*.cs")).Concat(Checkout.Files("tests", "*.cs"))
                .Where(f => marks.Any(m => File.ReadAllText(Checkout.Path(f)).Contains(m, StringComparison.Ordinal))),
        ];
        Assert.Empty(found);
    }

    [Fact]
    public void Versions_of_packages_stand_in_one_place() =>
        Assert.DoesNotContain(
            Projects.Concat(Checkout.Files("tests", "*.csproj")),
            p => XDocument.Load(Checkout.Path(p)).Descendants("PackageReference").Any(r => r.Attribute("Version") is not null));

    private static IEnumerable<string> TooLong(string folder, int linesMax) =>
        Checkout.Files(folder, "*.cs").Select(f => (File: f, Lines: File.ReadLines(Checkout.Path(f)).Count()))
            .Where(f => f.Lines > linesMax).Select(f => $"{f.File}: {f.Lines} lines");
}
