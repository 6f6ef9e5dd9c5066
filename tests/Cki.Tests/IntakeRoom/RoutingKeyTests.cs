using Xunit;

namespace Cki.Tests.IntakeRooms;

public sealed class RoutingKeyTests
{
    [Theory]
    [InlineData("gitlab.com", "cki-project/kernel-ark", "push", "gitlab.com.cki-project.kernel-ark.push")]
    [InlineData("sentry", "my-project", "issue", "sentry.my-project.issue")]
    [InlineData("alerts", null, "delivery", "alerts.delivery")]
    [InlineData("github.com", "torvalds/linux", "check run", "github.com.torvalds.linux.check_run")]
    [InlineData("gitlab.com", "a//b/#/*", "we\r\nird.kind", "gitlab.com.a.b._._.we__ird_kind")]
    public void Words_are_parted_by_dots(string origin, string? project, string kind, string key) => Assert.Equal(key, RoutingKeys.Of(origin, project, kind));

    [Fact]
    public void A_key_fits_into_AMQP() => Assert.Equal(255, RoutingKeys.Of("h", new string('x', 1000), "push").Length);

    [Theory]
    [InlineData("gitlab.com.cki-project.kernel-ark.push", true)]
    [InlineData("gitlab.com.cki-project.*.push", true)]
    [InlineData("gitlab.com.*.push", false)]
    [InlineData("#.push", true)]
    [InlineData("#", true)]
    [InlineData("gitlab.com.#", true)]
    [InlineData("gitlab.com.#.kernel-ark.#", true)]
    [InlineData("#.gitlab.com.cki-project.kernel-ark.push.#", true)]
    [InlineData("*.*.*.*.*", true)]
    [InlineData("*.*.*.*", false)]
    [InlineData("gitlab.com", false)]
    [InlineData("#.build", false)]
    [InlineData("gitlab.com.cki-project.kernel-ark.pus", false)]
    public void Bindings_match_as_in_a_topic_exchange(string binding, bool matches) =>
        Assert.Equal(matches, RoutingKeys.IsMatch(binding, "gitlab.com.cki-project.kernel-ark.push"));

    [Fact]
    public void A_hostile_binding_costs_no_more_than_its_length() =>
        Assert.False(RoutingKeys.IsMatch(string.Join('.', Enumerable.Repeat("#", 100)) + ".x", string.Join('.', Enumerable.Repeat("a", 120))));

    [Theory]
    [InlineData("", "must have 1 to 255 characters")]
    [InlineData("a..b", "has an empty word")]
    [InlineData("a.b*", "has the word 'b*': a word is *, # or letters, digits, '-' and '_'")]
    public void A_binding_that_cannot_match_is_refused(string binding, string fault) => Assert.Equal(fault, RoutingKeys.BindingFault(binding));
}
