using System.Globalization;
using Xunit;

namespace Cki.Tests.DetectionRooms;

/// <summary>Frequency limits and quiet hours by themselves. 2026-11-22 is a Sunday.</summary>
public sealed class TimingTests
{
    private static DateTimeOffset At(string text) => DateTimeOffset.Parse($"2026-11-{text}:00Z", CultureInfo.InvariantCulture);

    [Theory]
    [InlineData("1 per 6h", "22T12:00", null)]
    [InlineData("1 per 6h", "22T12:00", "22T17:00", "22T11:00")]
    [InlineData("1 per 6h", "22T12:00", null, "22T06:00")]
    [InlineData("2 per 6h", "22T12:00", null, "22T11:00")]
    [InlineData("2 per 6h", "22T12:00", "22T14:00", "22T11:00", "22T08:00", "22T01:00")]
    public void A_limit_looks_back_over_its_time(string limit, string now, string? next, params string[] before) =>
        Assert.Equal(next is null ? null : At(next), Frequency.Parse(limit)!.Next(before.Select(At), At(now)));

    [Theory]
    [InlineData("22:00-06:00", "22T12:00", null)]
    [InlineData("22:00-06:00", "22T23:00", "23T06:00")]
    [InlineData("22:00-06:00", "22T05:59", "22T06:00")]
    [InlineData("22:00-06:00", "22T06:00", null)]
    [InlineData("sat,sun 00:00-24:00", "21T03:00", "23T00:00")]
    [InlineData("sat-sun 00:00-24:00", "20T23:59", null)]
    [InlineData("mon-fri 08:00-18:00", "23T08:00", "23T18:00")]
    [InlineData("mon-fri 08:00-18:00", "22T08:00", null)]
    [InlineData("fri-mon 12:00-13:00", "22T12:30", "22T13:00")]
    public void Quiet_hours_end(string window, string now, string? end) =>
        Assert.Equal(end is null ? null : At(end), QuietHours.Until([QuietHours.Parse(window)!], At(now)));

    [Fact]
    public void Windows_that_follow_on_each_other_are_one() =>
        Assert.Equal(At("23T08:00"), QuietHours.Until([QuietHours.Parse("06:00-08:00")!, QuietHours.Parse("22:00-06:00")!], At("22T23:00")));

    [Theory]
    [InlineData("")]
    [InlineData("22-06")]
    [InlineData("06:00-06:00")]
    [InlineData("6:00-7:00")]
    [InlineData("sat-sun-mon 06:00-07:00")]
    [InlineData("mon 06:00-07:00 UTC")]
    public void What_is_no_window_is_not_guessed(string text) => Assert.Null(QuietHours.Parse(text));
}
