using System.Text;
using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.IntakeRooms;

/// <summary>Payloads that others recorded, where they lie beside the checkout.</summary>
internal static class RecordedPayloads
{
    private const string Folder = "gitlab-webhooks";

    /// <summary>By name, relative to the folder; skips the test where the folder is absent.</summary>
    public static IReadOnlyList<(string Name, byte[] Body)> All()
    {
        string folder = SharedData.Folder(Folder);
        return
        [
            .. Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/')).Where(f => f.Contains('/')).Order(StringComparer.Ordinal)
                .Select(f => (f, File.ReadAllBytes(Path.Combine(folder, f)))),
        ];
    }

    /// <summary>The recorded ones, or, where these are absent, this project's own samples: said in the test's output.</summary>
    public static IReadOnlyList<byte[]> OrOurOwn()
    {
        if (SharedData.Has(Folder))
            return [.. All().Select(p => p.Body)];
        TestContext.Current.TestOutputHelper?.WriteLine($"shared/data/{Folder} is absent: this project's own samples are spoiled instead");
        return
        [
            .. new[] { Payloads.Push(), Payloads.Push(gitRef: "refs/tags/v6.19"), Payloads.Job("failed"), Payloads.Job("success"), Payloads.Pipeline("success"), Payloads.Pipeline("failed") }
                .Select(Encoding.UTF8.GetBytes),
        ];
    }
}
