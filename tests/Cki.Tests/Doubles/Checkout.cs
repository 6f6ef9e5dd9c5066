using IoPath = System.IO.Path;

namespace Cki.Tests.Doubles;

/// <summary>The source tree the tests were built from: the folder above the binaries that holds the solution.</summary>
public static class Checkout
{
    public static string Root { get; } = Find();

    /// <param name="relative">With forward slashes.</param>
    public static string Path(string relative) => IoPath.Combine(Root, relative);

    /// <summary>Files below a folder, relative to the root with forward slashes, in ordinal order; build output is left out.</summary>
    public static IReadOnlyList<string> Files(string folder, string pattern) =>
    [
        .. Directory.EnumerateFiles(Path(folder), pattern, SearchOption.AllDirectories)
            .Select(f => IoPath.GetRelativePath(Root, f).Replace('\\', '/'))
            .Where(f => !f.Split('/').Any(p => p is "bin" or "obj" or "artifacts" or "node_modules"))
            .Order(StringComparer.Ordinal),
    ];

    private static string Find()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            if (File.Exists(IoPath.Combine(at.FullName, "CkiServerless.sln")))
                return at.FullName;
        }
        throw new InvalidOperationException($"no CkiServerless.sln above {AppContext.BaseDirectory}");
    }
}
