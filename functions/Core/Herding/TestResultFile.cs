using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml;

namespace Cki;

/// <summary>
/// Reads structured results: JUnit (any XML with <c>testcase</c> elements), kcidb (JSON with <c>tests</c> or <c>builds</c>), TAP and KTAP. Tolerant: what
/// is cut off counts as far as it goes; what is none of these is null. Bounded: by the bytes it is given, and in the names it keeps.
/// </summary>
public static partial class TestResultFile
{
    private const int NamesMax = 100;
    private const int NameLettersMax = 300;

    public static TestResults? Read(string path, ReadOnlyMemory<byte> bytes)
    {
        ReadOnlySpan<byte> start = bytes.Span.TrimStart("\uFEFF \t\r\n"u8);
        if (start.IsEmpty)
            return null;
        if (start[0] == '<')
            return JUnit(bytes);
        return start[0] == '{' ? Kcidb(bytes) : Tap(Encoding.UTF8.GetString(bytes.Span));
    }

    private static TestResults? JUnit(ReadOnlyMemory<byte> bytes)
    {
        var count = new Count();
        string? test = null;
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CheckCharacters = false, MaxCharactersInDocument = bytes.Length + 1L };
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(bytes.ToArray(), writable: false), settings);
            string state = "";
            while (reader.Read())
            {
                bool isCase = reader.LocalName == "testcase";
                if (reader.NodeType == XmlNodeType.Element && isCase)
                {
                    test = $"{reader.GetAttribute("classname")} {reader.GetAttribute("name")}".Trim();
                    state = "passed";
                    if (!reader.IsEmptyElement)
                        continue;
                }
                else if (reader.NodeType == XmlNodeType.Element && test is not null && reader.LocalName is "failure" or "error" or "skipped")
                {
                    state = reader.LocalName;
                    continue;
                }
                else if (reader.NodeType != XmlNodeType.EndElement || !isCase)
                {
                    continue;
                }
                count.Add(test ?? "", state);
                test = null;
            }
        }
        catch (XmlException)
        {
            // Cut off, or no XML after all: what was whole until here counts.
        }
        return count.Results;
    }

    private static TestResults? Kcidb(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using JsonDocument file = JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = 64 });
            var count = new Count();
            foreach (JsonElement test in List(file.RootElement, "tests").Where(t => !IsTrue(t, "waived")))
                count.Add(Text(test, "path") ?? Text(test, "id") ?? "", StateOf(Text(test, "status")));
            foreach (JsonElement build in List(file.RootElement, "builds"))
                count.Add($"build {Text(build, "architecture") ?? Text(build, "id")}", IsTrue(build, "valid") || Text(build, "status") == "PASS" ? "passed" : StateOf(Text(build, "status") ?? "FAIL"));
            return count.Results;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // ERROR and MISS are the lab's; DONE says nothing.
    private static string StateOf(string? kcidb) => kcidb switch
    {
        "FAIL" => "failure",
        "PASS" => "passed",
        _ => "skipped",
    };

    private static TestResults? Tap(string text)
    {
        var count = new Count();
        foreach (Match line in TapLine().Matches(text))
        {
            string directive = line.Groups["directive"].Value.ToUpperInvariant();
            bool isNot = line.Groups["not"].Success;
            count.Add(line.Groups["name"].Value.Trim(), directive is "SKIP" or "TODO" or "XFAIL" ? "skipped" : isNot ? "failure" : "passed");
        }
        return TapHead().IsMatch(text) ? count.Results : null;
    }

    private static IEnumerable<JsonElement> List(JsonElement root, string name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(e => e.ValueKind == JsonValueKind.Object)
            : [];

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsTrue(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    // Subtests are indented: their parent's line counts.
    [GeneratedRegex(@"^(?<not>not )?ok\b[ \t]*\d*[ \t]*(-[ \t]*)?(?<name>[^#\r\n]*)(#[ \t]*(?<directive>SKIP|TODO|XFAIL)?[^\r\n]*)?", RegexOptions.Multiline | RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase)]
    private static partial Regex TapLine();

    [GeneratedRegex(@"^(K?TAP version \d+|\d+\.\.\d+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex TapHead();

    private sealed class Count
    {
        private readonly List<string> _failed = [];
        private int _passed;
        private int _skipped;

        /// <summary>Null: not one test.</summary>
        public TestResults? Results => _passed + _skipped + _failed.Count == 0 ? null : new TestResults(_passed, _failed, _skipped);

        public void Add(string name, string state)
        {
            if (state == "passed")
                _passed++;
            else if (state == "skipped")
                _skipped++;
            else if (_failed.Count < NamesMax)
                _failed.Add(name.Length <= NameLettersMax ? name : name[..NameLettersMax]);
        }
    }
}
