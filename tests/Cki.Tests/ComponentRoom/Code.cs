using System.Text.RegularExpressions;
using Cki.Tests.Doubles;

namespace Cki.Tests.ComponentRooms;

/// <summary>What the code is made of, read from where it stands.</summary>
internal static partial class Code
{
    private static readonly string[] s_ports = [nameof(IMessageQueue), nameof(IObjectStore), nameof(IFlows), nameof(ISecrets)];

    private static readonly string s_product = Sources("functions") + Sources("infra");

    private static readonly string s_tests = Sources("tests");

    public static readonly string Template = File.ReadAllText(Path.Combine(Checkout.Root, "template.yaml"));

    /// <summary>In components.yaml's words.</summary>
    public static IEnumerable<string> Components =>
    [
        .. s_ports.Select(port => $"port {port}"),
        .. QueueNames.All.Select(queue => $"queue {queue}"),
        .. Directory.EnumerateFiles(Path.Combine(Checkout.Root, "functions"), "*Stage.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file) == $"{Path.GetFileName(Path.GetDirectoryName(file))}Stage.cs").Select(file => $"stage {Path.GetFileNameWithoutExtension(file)[..^5]}"),
        .. typeof(ChannelConfig).GetNestedTypes().Select(kind => $"channel {Capital().Replace(kind.Name, "_$0").TrimStart('_').ToLowerInvariant()}"),
        .. Directory.EnumerateFiles(Path.Combine(Checkout.Root, "infra", "flows"), "*.json").SelectMany(file => Task().Matches(File.ReadAllText(file)).Select(m => $"task {m.Groups[1]}")).Distinct(),
    ];

    /// <summary>A notice's key stands somewhere in the product: in quotes, or before what is filled in.</summary>
    public static bool Tells(string notice) => s_product.Contains(notice.EndsWith('*') ? $"$\"{notice[..^1]}{{" : $"\"{notice}\"", StringComparison.Ordinal);

    public static bool Measures(string metric) => s_product.Contains($"\"{metric}\"", StringComparison.Ordinal);

    public static bool Alarms(string alarm) => Template.Contains($"\n  {alarm}:\n    Type: AWS::CloudWatch::", StringComparison.Ordinal);

    /// <summary>A test method of this name stands in one of the suites.</summary>
    public static bool IsTested(string test) => Regex.IsMatch(s_tests, $@"public (async Task|Task|void) {Regex.Escape(test)}\(");

    private static string Sources(string folder) => string.Concat(
        Directory.EnumerateFiles(Path.Combine(Checkout.Root, folder), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(File.ReadAllText));

    [GeneratedRegex("[A-Z]")]
    private static partial Regex Capital();

    [GeneratedRegex("\"task\": \"([a-z-]+)\"")]
    private static partial Regex Task();
}
