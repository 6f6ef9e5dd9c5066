using Xunit;

namespace Cki.Tests.ReportingRoom;

/// <summary>
/// Whole files under tests/Cki.Tests/Fixtures that a person has read. <c>CKI_GOLDEN=write</c> writes what the code makes now, to be read in the diff.
/// </summary>
internal static class Golden
{
    public static void Check(string name, string actual)
    {
        string file = Path.Combine(Root(), "tests", "Cki.Tests", "Fixtures", name);
        if (Environment.GetEnvironmentVariable("CKI_GOLDEN") == "write")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
        }
        Assert.Equal(File.ReadAllText(file), actual);
    }

    private static string Root()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "CkiServerless.sln")))
            at = at.Parent;
        return at?.FullName ?? throw new InvalidOperationException("no CkiServerless.sln above the tests");
    }
}
