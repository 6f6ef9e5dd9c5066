using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cki;

/// <summary>
/// What KCIDB's I/O schema v5.3 asks of checkouts, builds and tests, by our own rules: KCIDB checks only after it said yes, so nothing may go out that
/// it would throw away. Stricter than the schema in one thing: addresses are http or https.
/// </summary>
public static partial class KcidbSchema
{
    public const int Major = 5;
    public const int Minor = 3;
    public const int ExcerptMax = 16384;

    private const int FaultsMax = 20;

    private static readonly Dictionary<string, Func<JsonNode, string?>> s_checkout = new()
    {
        ["id"] = Id, ["origin"] = Origin, ["tree_name"] = Text, ["git_repository_url"] = HttpsAddress, ["git_commit_hash"] = Hash, ["git_commit_name"] = Text,
        ["git_commit_tags"] = Texts, ["git_commit_message"] = Text, ["git_repository_branch"] = Text, ["git_repository_branch_tip"] = Flag,
        ["patchset_files"] = Resources, ["patchset_hash"] = PatchsetHash, ["message_id"] = MailAddress, ["comment"] = Text, ["start_time"] = Time,
        ["origin_builds_finish_time"] = Time, ["origin_tests_finish_time"] = Time, ["log_url"] = Address, ["log_excerpt"] = Excerpt, ["valid"] = Flag,
        ["misc"] = Mapping, ["_timestamp"] = Time,
    };

    private static readonly Dictionary<string, Func<JsonNode, string?>> s_build = new()
    {
        ["checkout_id"] = Id, ["id"] = Id, ["origin"] = Origin, ["comment"] = Text, ["start_time"] = Time, ["duration"] = Number, ["architecture"] = Architecture,
        ["command"] = Text, ["compiler"] = Text, ["input_files"] = Resources, ["output_files"] = Resources, ["config_name"] = Text, ["config_url"] = Address,
        ["log_url"] = Address, ["log_excerpt"] = Excerpt, ["status"] = Status, ["misc"] = Mapping, ["_timestamp"] = Time,
    };

    private static readonly Dictionary<string, Func<JsonNode, string?>> s_test = new()
    {
        ["build_id"] = Id, ["id"] = Id, ["origin"] = Origin, ["environment"] = Environment, ["path"] = Path, ["comment"] = Text, ["log_url"] = Address,
        ["log_excerpt"] = Excerpt, ["status"] = Status, ["number"] = Measured, ["start_time"] = Time, ["duration"] = Number, ["input_files"] = Resources,
        ["output_files"] = Resources, ["misc"] = Mapping, ["_timestamp"] = Time,
    };

    private static readonly string[] s_statuses = ["FAIL", "ERROR", "MISS", "PASS", "DONE", "SKIP"];

    /// <summary>What keeps the document from being accepted, each with its place; empty: nothing.</summary>
    public static IReadOnlyList<string> Faults(JsonObject document)
    {
        var faults = new List<string>();
        if (document["version"] is not JsonObject version || Integer(version["major"]) != Major || Integer(version["minor"]) is not (>= 0 and <= Minor) || version.Count != 2)
            faults.Add("version: must be 5.0 to 5.3");
        foreach ((string name, JsonNode? list) in document)
        {
            if (name is "checkouts" or "builds" or "tests")
                faults.AddRange(OfList(name, list).Take(FaultsMax));
            else if (name != "version")
                faults.Add($"{name}: is unknown");
        }
        return [.. faults.Take(FaultsMax)];
    }

    /// <summary>Of one object of a list (<c>checkouts</c>, <c>builds</c> or <c>tests</c>).</summary>
    public static IEnumerable<string> Faults(string list, JsonNode? one)
    {
        (Dictionary<string, Func<JsonNode, string?>> rules, string[] required) = list switch
        {
            "checkouts" => (s_checkout, new[] { "id", "origin" }),
            "builds" => (s_build, new[] { "id", "origin", "checkout_id" }),
            _ => (s_test, new[] { "id", "origin", "build_id" }),
        };
        return Of(one, rules, required);
    }

    /// <summary>A document of any version 5.</summary>
    public static bool IsOfVersion(JsonObject document) => document["version"] is JsonObject version && Integer(version["major"]) == Major;

    public static bool IsAddress(string text) => Is(text, Uri.UriSchemeHttp, Uri.UriSchemeHttps);

    private static IEnumerable<string> OfList(string name, JsonNode? list) => list is not JsonArray items
        ? [$"{name}: must be a list"]
        : items.SelectMany((item, i) => Faults(name, item).Select(f => string.Create(CultureInfo.InvariantCulture, $"{name}[{i}].{f}")));

    private static IEnumerable<string> Of(JsonNode? node, Dictionary<string, Func<JsonNode, string?>> rules, string[] required)
    {
        if (node is not JsonObject one)
        {
            yield return "must be an object";
            yield break;
        }
        foreach (string missing in required.Where(r => !one.ContainsKey(r)))
            yield return $"{missing}: is missing";
        foreach ((string name, JsonNode? value) in one)
        {
            if (!rules.TryGetValue(name, out Func<JsonNode, string?>? rule))
                yield return $"{name}: is unknown";
            else if ((value is null ? "must not be null" : rule(value)) is { } fault)
                yield return $"{name}: {fault}";
        }
    }

    private static string? String(JsonNode node) => node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static string? Matches(JsonNode node, Regex pattern, string otherwise) => String(node) is { } text && pattern.IsMatch(text) ? null : otherwise;

    private static string? Text(JsonNode node) => String(node) is { } text && !text.Contains('\0') ? null : "must be a text without NUL";

    private static string? Excerpt(JsonNode node) => Text(node) ?? (String(node)!.Length <= ExcerptMax ? null : $"must have at most {ExcerptMax} characters");

    private static string? Texts(JsonNode node) => node is JsonArray list && list.All(i => i is not null && Text(i) is null) ? null : "must be a list of texts";

    private static string? Id(JsonNode node) => Matches(node, IdPattern(), "must be origin:id");

    private static string? Origin(JsonNode node) => Matches(node, OriginPattern(), "must be of a-z, 0-9 and _");

    private static string? Architecture(JsonNode node) => Matches(node, ArchitecturePattern(), "must be of a-z, 0-9 and _");

    private static string? Hash(JsonNode node) => Matches(node, HashPattern(), "must be 40 hex digits");

    private static string? PatchsetHash(JsonNode node) => Matches(node, PatchsetPattern(), "must be empty or 64 hex digits");

    private static string? Path(JsonNode node) => Matches(node, PathPattern(), "must be words of letters, digits, _ and -, parted by dots");

    private static string? MailAddress(JsonNode node) => Matches(node, MailPattern(), "must look like a mail address");

    private static string? Status(JsonNode node) => String(node) is { } text && s_statuses.Contains(text) ? null : $"must be one of {string.Join(", ", s_statuses)}";

    private static string? Flag(JsonNode node) => node.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false";

    private static string? Number(JsonNode node) => node.GetValueKind() == JsonValueKind.Number ? null : "must be a number";

    private static string? Mapping(JsonNode node) => node is JsonObject ? null : "must be an object";

    private static string? Time(JsonNode node) =>
        String(node) is { } text && TimePattern().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? null : "must be a time as in RFC 3339";

    private static string? Address(JsonNode node) => String(node) is { } text && IsAddress(text) ? null : "must be an http or https address";

    private static string? HttpsAddress(JsonNode node) => String(node) is { } text && Is(text, Uri.UriSchemeHttps) ? null : "must be an https address";

    private static bool Is(string text, params string[] schemes) =>
        text.All(c => c is > ' ' and < '\x7f' and not ('"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}'))
        && Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && schemes.Contains(uri.Scheme) && text.StartsWith($"{uri.Scheme}://", StringComparison.Ordinal);

    private static string? Resources(JsonNode node) =>
        node is JsonArray list && list.All(i => !Of(i, new() { ["name"] = FileName, ["url"] = Address }, ["name", "url"]).Any()) ? null : "must be a list of names with addresses";

    private static string? FileName(JsonNode node) => String(node) is { Length: > 0 } text && text.IndexOfAny(['/', '\0']) < 0 ? null : "must be a name without slashes";

    private static string? Environment(JsonNode node) =>
        Of(node, new() { ["comment"] = Text, ["compatible"] = Compatible, ["misc"] = Mapping }, []).FirstOrDefault();

    private static string? Compatible(JsonNode node) => node is JsonArray list && list.All(i => i is not null && Matches(i, CompatiblePattern(), "no") is null) ? null : "must be a list of device tree names";

    private static string? Measured(JsonNode node) => Of(node, new() { ["value"] = Number, ["unit"] = Text, ["prefix"] = Prefix }, ["value"]).FirstOrDefault();

    private static string? Prefix(JsonNode node) => String(node) is "metric" or "binary" ? null : "must be metric or binary";

    private static long? Integer(JsonNode? node) =>
        node is JsonValue value && long.TryParse(value.ToJsonString(), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    [GeneratedRegex(@"\A[a-z0-9_]+:[^\0]*\z")]
    private static partial Regex IdPattern();

    [GeneratedRegex(@"\A[a-z0-9_]+\z")]
    private static partial Regex OriginPattern();

    [GeneratedRegex(@"\A[a-z0-9_]*\z")]
    private static partial Regex ArchitecturePattern();

    [GeneratedRegex(@"\A[0-9a-f]{40}\z")]
    private static partial Regex HashPattern();

    [GeneratedRegex(@"\A([0-9a-f]{64})?\z")]
    private static partial Regex PatchsetPattern();

    [GeneratedRegex(@"\A([a-zA-Z0-9_-]+(\.[a-zA-Z0-9_-]+)*)?\z")]
    private static partial Regex PathPattern();

    [GeneratedRegex(@"\A[^\s@]+@[^\s@]+\z")]
    private static partial Regex MailPattern();

    [GeneratedRegex(@"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex TimePattern();

    [GeneratedRegex(@"\A[^ \0]+(,[^ \0]+)*\z")]
    private static partial Regex CompatiblePattern();
}
