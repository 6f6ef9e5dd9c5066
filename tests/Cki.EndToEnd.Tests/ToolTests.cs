using System.Text.Json.Nodes;
using Xunit;

namespace Cki.EndToEnd.Tests;

/// <summary>The tool's verbs on the database that a demo leaves behind.</summary>
public sealed class ToolTests
{
    [Fact]
    public async Task Verbs_print_facts_as_text_and_json_and_their_exit_codes_mean_something()
    {
        using var scratch = new Scratch();
        Assert.Equal(0, (await CkiUp.VerbAsync("demo", "--keep", scratch.Path)).Code);
        string[] data = ["--data", scratch.In("data")];

        JsonArray runs = JsonNode.Parse((await CkiUp.VerbAsync(["run", "list", "--json", .. data])).Output)!.AsArray();
        Assert.Equal(["failed", "passed"], runs.Select(r => (string)r!["standing"]!));
        string failed = (string)runs[0]!["run"]!;
        (int code, string shown) = await CkiUp.VerbAsync(["run", "show", failed, .. data]);
        Assert.Equal(0, code);
        Assert.Contains("Standing  failed", shown);
        Assert.Contains("fs/ext4/inode.c:4211:9: error:", shown);
        JsonNode whole = JsonNode.Parse((await CkiUp.VerbAsync(["run", "show", failed, "--json", .. data])).Output)!;
        Assert.Equal("Leave", (string)whole["jobs"]![0]!["attempts"]![0]!["decision"]!["act"]!);

        Assert.Equal((2, "cki: no run begins with 'nope'; see cki run list"), await CkiUp.VerbAsync(["run", "show", "nope", .. data]));
        Assert.Equal((2, "cki: pause needs --reason: people will ask"), await CkiUp.VerbAsync(["pause", "retry", .. data]));
        Assert.Equal(0, (await CkiUp.VerbAsync(["pause", "retry", "--reason", "lab move", "--until", "2h", .. data])).Code);
        Assert.Contains("lab move", (await CkiUp.VerbAsync(["pause", .. data])).Output);
        Assert.Equal((0, "retry goes on."), await CkiUp.VerbAsync(["resume", "retry", .. data]));
        Assert.Equal((0, "No dead letters."), await CkiUp.VerbAsync(["dead", "list", .. data]));
        Assert.Equal(2, (await CkiUp.VerbAsync("frobnicate")).Code);
        Assert.Equal(2, (await CkiUp.VerbAsync("run", "list", "--data", scratch.In("nowhere"))).Code);
    }

    [Fact]
    public async Task Matchers_check_explains_a_trace_and_config_check_lists_what_is_wrong()
    {
        using var scratch = new Scratch();
        string trace = scratch.Write("trace.txt", "$ make -j8\nfs/ext4/inode.c:4211:9: error: implicit declaration of function 'f'\nmake[4]: *** [fs/ext4/inode.o] Error 1\ncurl: (28) Operation timed out\nERROR: Job failed: exit code 1\n");
        string config = Path.Combine(Repository.Root, "infra", "config");

        JsonNode read = JsonNode.Parse((await CkiUp.VerbAsync("matchers", "check", trace, "--config", config, "--stage", "build", "--json")).Output)![0]!;

        Assert.Equal(("leave", "failed"), ((string)read["decision"]!, (string)read["verdict"]!));
        Assert.Contains("implicit declaration", (string)read["line"]!);
        Assert.Equal(0, (await CkiUp.VerbAsync("config", "check", "--config", config)).Code);
        scratch.Write("bad/trees.yaml", "trees: [{name: a}]\n");
        (int code, string said) = await CkiUp.VerbAsync("config", "check", "--config", scratch.In("bad"));
        Assert.Equal(2, code);
        Assert.Contains("trees.yaml:1:9: trees[0].url:", said);
        Assert.Contains("sources.yaml:1:1: (file): is missing", said);
    }
}
