using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>What `sam deploy` uploads: whether Amazon Linux 2023 can run it, and whether it is the same wherever it is made.</summary>
public sealed partial class PackageTests
{
    private const int ZipBytesMax = 12 * 1024 * 1024;

    /// <summary>Amazon Linux 2023 has glibc 2.34.</summary>
    private static readonly Version GlibcMax = new(2, 34);

    public static TheoryData<string> Stages => [.. PublishedFunctions.Stages];

    [Theory]
    [MemberData(nameof(Stages))]
    public async Task A_binary_asks_for_no_newer_glibc_than_amazon_linux_has(string stage)
    {
        string versions = await PublishedFunctions.OutputAsync("readelf", "--version-info", "--wide", PublishedFunctions.Bootstrap(stage));
        Version[] wanted = [.. Glibc().Matches(versions).Select(found => Version.Parse(found.Groups[1].Value)).Distinct().Order()];
        Assert.NotEmpty(wanted);
        Assert.True(wanted[^1] <= GlibcMax, $"{stage} wants glibc {wanted[^1]}");
    }

    [Theory]
    [MemberData(nameof(Stages))]
    public void A_zip_is_small_and_holds_the_executable_and_nothing_of_the_machine(string stage)
    {
        Assert.InRange(new FileInfo(PublishedFunctions.Zip(stage)).Length, 1, ZipBytesMax - 1);
        using ZipArchive zip = ZipFile.OpenRead(PublishedFunctions.Zip(stage));
        string[] expected = stage == "WebhookIntake" ? ["amazon-roots.pem", "bootstrap"] : ["bootstrap"];
        Assert.Equal(expected, zip.Entries.Select(entry => entry.FullName));
        Assert.All(zip.Entries, entry => Assert.Equal(new DateTime(2020, 1, 1), entry.LastWriteTime.DateTime));
        Assert.Equal("755", Convert.ToString((zip.GetEntry("bootstrap")!.ExternalAttributes >> 16) & 0b111_111_111, 8));
    }

    [Fact]
    public void The_intake_ships_the_roots_of_the_repository()
    {
        using ZipArchive zip = ZipFile.OpenRead(PublishedFunctions.Zip("WebhookIntake"));
        using var shipped = new StreamReader(zip.GetEntry("amazon-roots.pem")!.Open());
        Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "infra", "ca", "amazon-roots.pem")), shipped.ReadToEnd());
    }

    /// <summary>The same files under another path, with other times and no history.</summary>
    [Fact]
    public async Task The_same_sources_give_the_same_bytes_from_another_folder()
    {
        using var scratch = new Scratch();
        string clone = scratch.In("a-folder-somewhere-else");
        string files = await PublishedFunctions.OutputAsync("git", "-C", Repository.Root, "ls-files", "-z", "--cached", "--others", "--exclude-standard");
        foreach (string file in files.Split('\0', StringSplitOptions.RemoveEmptyEntries).Where(file => File.Exists(Path.Combine(Repository.Root, file))))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(clone, file))!);
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(clone, file));
        }
        await PublishedFunctions.OutputAsync("env", "CKI_STAGES=Watch", "bash", Path.Combine(clone, "infra", "publish.sh"), scratch.In("made"));
        Assert.Equal(Hash(PublishedFunctions.Zip("Watch")), Hash(scratch.In("made", "Watch.zip")));
    }

    private static string Hash(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    [GeneratedRegex(@"GLIBC_(\d+\.\d+)")]
    private static partial Regex Glibc();
}
