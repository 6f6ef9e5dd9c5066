using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>KCIDB's schema as published, by a validator that we did not write. Skips, saying so, where the schema is absent.</summary>
internal static class KcidbReference
{
    /// <summary>The first fault of each document; null where there is none.</summary>
    public static async Task<string?[]> FaultsAsync(IReadOnlyList<JsonNode> documents)
    {
        var asked = new JsonObject
        {
            ["schema"] = Path.Combine(SharedData.Folder("kcidb"), "v5.3.json"), ["documents"] = new JsonArray([.. documents.Select(d => d.DeepClone())]),
        };
        var start = new ProcessStartInfo("python3", ["-B", Checkout.Path("tests/peers/kcidb.py")])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), StandardOutputEncoding = Encoding.UTF8,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(asked.ToJsonString());
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return [.. JsonNode.Parse(await output)!.AsArray().Select(f => (string?)f)];
    }

    public static async Task CheckAsync(params IReadOnlyList<JsonNode> documents)
    {
        string?[] faults = await FaultsAsync(documents);
        Assert.Equal(documents.Count, faults.Length);
        Assert.All(faults, Assert.Null);
    }
}
