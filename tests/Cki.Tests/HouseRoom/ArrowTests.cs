using System.Reflection;
using System.Xml.Linq;

using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HouseRooms;

/// <summary>Stage -> Adapters -> Core; engine -> Core; simulator -> nothing; never stage -> stage, never Core -> anything.</summary>
public sealed class ArrowTests
{
    private static readonly string[] Stages = ["CommitDetection", "JobHerding", "PipelineTrigger", "Reporting", "Watch", "WebhookIntake"];

    /// <summary>What each project may refer to. A new arrow is a decision: it is written down here, or it is not there.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(
        Stages.Select(s => KeyValuePair.Create($"Cki.{s}", new[] { "Cki.Adapters", "Cki.Core" })))
    {
        ["Cki.Core"] = [],
        ["Cki.Adapters"] = ["Cki.Core"],
        ["Cki.Engine"] = ["Cki.Core"],
        ["Cki.GitLabSimulator"] = [],
        ["Cki.Kestrel"] = [],
    };

    public static TheoryData<string> Projects => [.. Allowed.Keys.Order(StringComparer.Ordinal)];

    [Fact]
    public void Every_project_but_the_tool_has_its_arrows_written_down() =>
        Assert.Equal(
            Allowed.Keys.Append("cki").Order(StringComparer.Ordinal),
            ProjectFiles().Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_file_holds_no_other_arrow(string project)
    {
        string file = ProjectFiles().Single(f => Path.GetFileNameWithoutExtension(f) == project);
        IEnumerable<string> arrows = XDocument.Load(Checkout.Path(file)).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(((string)r.Attribute("Include")!).Replace('\\', '/')));
        Assert.Empty(arrows.Except(Allowed[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void An_assembly_holds_no_other_arrow(string project)
    {
        string[] references = [.. References(project).Where(n => n == "cki" || n.StartsWith("Cki.", StringComparison.Ordinal))];
        Assert.Empty(references.Except(Allowed[project]));
    }

    [Fact]
    public void Core_refers_to_the_base_library_only()
    {
        Assert.DoesNotContain(References("Cki.Core"), n => n != "System" && !n.StartsWith("System.", StringComparison.Ordinal));
        Assert.Empty(XDocument.Load(Checkout.Path("functions/Core/Cki.Core.csproj")).Descendants("PackageReference"));
        Assert.Empty(XDocument.Load(Checkout.Path("functions/Core/Cki.Core.csproj")).Descendants("FrameworkReference"));
    }

    /// <summary>System.Net.Primitives only holds addresses and status words; it cannot open a connection.</summary>
    [Fact]
    public void Core_does_no_input_and_output() =>
        Assert.DoesNotContain(
            References("Cki.Core"),
            n => (n.StartsWith("System.Net", StringComparison.Ordinal) && n != "System.Net.Primitives")
                || n.StartsWith("System.IO", StringComparison.Ordinal) || n is "System.Console" or "System.Diagnostics.Process");

    private static IReadOnlyList<string> ProjectFiles() => [.. Checkout.Files("functions", "*.csproj"), .. Checkout.Files("infra", "*.csproj")];

    private static IEnumerable<string> References(string project) =>
        Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, $"{project}.dll")).GetReferencedAssemblies().Select(n => n.Name!);
}
