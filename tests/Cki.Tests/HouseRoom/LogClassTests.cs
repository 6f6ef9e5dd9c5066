using Cki.Tests.Doubles;
using Xunit;

namespace Cki.Tests.HouseRooms;

/// <summary>The generator of log methods writes a project's classes in an order of chance: it keeps them in a hash set by identity.</summary>
public sealed class LogClassTests
{
    public static TheoryData<string> Projects => [.. Checkout.Files("functions", "*.csproj")];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_published_project_has_one_class_of_log_methods_so_that_the_same_sources_give_the_same_bytes(string project) =>
        Assert.InRange(
            Checkout.Files(Path.GetDirectoryName(project)!, "*.cs")
                .Count(file => File.ReadLines(Checkout.Path(file)).Any(line => line.TrimStart().StartsWith("[LoggerMessage", StringComparison.Ordinal))),
            0, 1);
}
