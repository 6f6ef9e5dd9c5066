using Xunit;

namespace Cki.Tests.ConfigurationRooms;

/// <summary>Tenants, budgets and the rules of outages, as files say them.</summary>
public sealed class TenantReading : ConfigRoom
{
    private const string Operators =
        """
        channels:
          - {name: lab-ops, kind: webhook, for_operators: true, url: "https://ops.example/lab", key_secret: key}
          - {name: people, kind: webhook, url: "https://ops.example/people", key_secret: key}

        """;

    [Fact]
    public void A_tenant_has_trees_matchers_operators_and_budgets_of_its_own()
    {
        Put("channels.yaml", Operators);
        Put("matchers-lab.yaml", "matchers:\n  - {name: own, messages: [mine]}\n");
        Put("trees.yaml", Trees() + "\n" + """
            budgets:
              retries: {per_pipeline: 7}
            tenants:
              - name: lab
                trees: [mainline]
                matchers: matchers-lab.yaml
                operators: [lab-ops]
                budgets:
                  retries: {per_project_and_day: 9, per_host_and_hour: 8}
                  pipelines: {per_tree_and_hour: 3, per_host_and_hour: 2}
            """);
        SuiteConfig read = Good();
        TenantConfig tenant = Assert.Single(read.Tenants);
        Assert.Equal(("lab", "mainline", "own", "lab-ops"), (tenant.Name, tenant.Trees.Single().Value, tenant.Matchers!.Matchers.Single().Name, tenant.Operators.Single()));
        Assert.Equal(new SuiteBudget { Retries = new() { PerProjectAndDay = 9, PerHostAndHour = 8 }, Pipelines = new() { PerTreeAndHour = 3, PerHostAndHour = 2 } }, tenant.Budget);
        Assert.Equal(new SuiteBudget { Retries = new() { PerPipeline = 7 } }, read.Budget);
        Assert.Equal((tenant.Budget, "lab"), (read.BudgetOf(new TreeName("mainline")), read.BudgetOwner(new TreeName("mainline"))));
        Assert.Equal((read.Budget, null), (read.BudgetOf(null), read.BudgetOwner(null)));
        Assert.Same(tenant.Matchers, read.MatchersOf(new TreeName("mainline")));
        Assert.Same(read.Matchers, read.MatchersOf(null));
    }

    [Fact]
    public void What_a_tenant_does_not_name_is_the_installations()
    {
        Put("trees.yaml", Trees() + "\ntenants: [{name: lab, trees: [mainline]}]\n");
        SuiteConfig read = Good();
        var tree = new TreeName("mainline");
        Assert.Equal((SuiteBudget.Default, null, true), (read.BudgetOf(tree), read.BudgetOwner(tree), read.MatchersOf(tree) == read.Matchers));
        Assert.Empty(read.Tenants.Single().Operators);
    }

    [Theory]
    [InlineData("{name: lab}", "tenants[0].trees: is missing")]
    [InlineData("{name: lab, trees: [mainlin]}", "tenants[0].trees: 'mainlin' is none of the trees; did you mean 'mainline'?")]
    [InlineData("{name: lab, trees: [mainline, mainline]}", "tenants[0].trees: 'mainline' belongs to a tenant already")]
    [InlineData("{name: lab, trees: [mainline], operators: [people]}", "tenants[0].operators: 'people' is no channel with for_operators: true")]
    [InlineData("{name: lab, trees: [mainline], matchers: ../matchers.yaml}", "tenants[0].matchers: '../matchers.yaml' must be the name of a file beside this one: matchers-NAME.yaml")]
    [InlineData("{name: lab, trees: [mainline], matchers: matchers-no.yaml}", "tenants[0].matchers: there is no readable file 'matchers-no.yaml' beside this one")]
    [InlineData("{name: lab, trees: [mainline], budgets: {retries: {per_pipeline: -1}}}", "tenants[0].budgets.retries.per_pipeline: must be a whole number from 0 to 100000, not '-1'")]
    [InlineData("{name: lab, trees: [mainline], budgets: {retry: {}}}", "tenants[0].budgets.retry: is unknown")]
    [InlineData("{name: lab, trees: [mainline], chanels: []}", "tenants[0].chanels: is unknown")]
    public void A_tenant_that_cannot_be_meant_is_refused(string tenant, string error)
    {
        Put("channels.yaml", Operators);
        Put("trees.yaml", Trees() + $"\ntenants: [{tenant}]\n");
        Assert.StartsWith(error, Errors()[0].Split(": ", 2)[1]);
    }

    [Fact]
    public void A_class_is_in_outage_for_everybody_so_that_no_tenant_has_rules_of_its_own()
    {
        Put("matchers-lab.yaml", "outages: [{class: lab}]\nmatchers: []\n");
        Put("trees.yaml", Trees() + "\ntenants: [{name: lab, trees: [mainline], matchers: matchers-lab.yaml}]\n");
        Assert.Contains(Errors(), e => e.EndsWith("outages: belong to matchers.yaml: a class is in outage for everybody", StringComparison.Ordinal));
    }

    [Fact]
    public void A_classs_own_outage_rule_is_read_and_others_keep_the_defaults()
    {
        Put("matchers.yaml", """
            outages:
              - {class: registry, pipelines: 3, window: 10m, probe_first: 2m, probe_most: 1h, release_per_minute: 9}
              - {class: lab, pipelines: 9}
            matchers: []
            """);
        SuiteConfig read = Good();
        Assert.Equal(
            new OutageRule("registry")
            {
                Pipelines = 3, Window = TimeSpan.FromMinutes(10), ProbeFirst = TimeSpan.FromMinutes(2), ProbeMost = TimeSpan.FromHours(1), ReleasePerMinute = 9,
            },
            read.OutageRule("registry"));
        Assert.Equal(new OutageRule("lab") { Pipelines = 9 }, read.OutageRule("lab"));
        Assert.Equal(new OutageRule("dns"), read.OutageRule("dns"));
    }

    [Theory]
    [InlineData("{pipelines: 3}", "outages[0].class: is missing")]
    [InlineData("{class: Registry!}", "outages[0].class: ")]
    [InlineData("{class: lab, pipelines: 1}", "outages[0].pipelines: must be a whole number from 2 to 1000, not '1'")]
    [InlineData("{class: lab, window: 1m}", "outages[0].window: ")]
    [InlineData("{class: lab, probe_first: 1s}", "outages[0].probe_first: ")]
    [InlineData("{class: lab, release_per_minute: 0}", "outages[0].release_per_minute: must be a whole number from 1 to 1000, not '0'")]
    [InlineData("{class: lab, probe: 1h}", "outages[0].probe: is unknown")]
    [InlineData("{class: lab}, {class: lab}", "outages[1].class: ")]
    public void A_rule_that_cannot_be_meant_is_refused(string rules, string error)
    {
        Put("matchers.yaml", $"outages: [{rules}]\nmatchers: []\n");
        Assert.StartsWith(error, Errors()[0].Split(": ", 2)[1]);
    }

    [Theory]
    [InlineData("demote: auto", true)]
    [InlineData("demote: propose", false)]
    [InlineData("retry_limit: 2", false)]
    public void A_matcher_is_demoted_by_itself_only_where_its_entry_asks(string line, bool expected)
    {
        Put("matchers.yaml", $"matchers:\n  - {line}\n    matchers:\n      - {{name: a, messages: [b]}}\n");
        Assert.Equal(expected, Good().Matchers.Matchers.Single().DemotesItself);
    }
}
