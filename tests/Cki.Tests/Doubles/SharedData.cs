using Xunit;

namespace Cki.Tests.Doubles;

/// <summary>Recorded data that may lie beside the checkout, in <c>shared/data</c> of some folder above.</summary>
public static class SharedData
{
    /// <summary>Skips the test, saying so, where the data is absent.</summary>
    public static string Folder(string name)
    {
        if (Find(name) is { } found)
            return found;
        Assert.Skip($"shared/data/{name} does not lie beside the checkout");
        return "";
    }

    public static bool Has(string name) => Find(name) is not null;

    private static string? Find(string name)
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string found = Path.Combine(at.FullName, "shared", "data", name);
            if (Directory.Exists(found))
                return found;
        }
        return null;
    }
}
