using Cki.Adapters;
using Cki.Tool;
using Xunit;

namespace Cki.Tests.ToolRoom;

/// <summary>Files of other systems become trees; what cannot be said is told, line by line, and nothing is guessed.</summary>
public sealed class TreeImportTests
{
    private static readonly ImportSurroundings Around = new("gitlab.example", "kernels/pipelines", null, null);
    private static readonly GitLabHost Host = new("gitlab.example", new Uri("https://gitlab.example"), "gitlab-token", "bot");

    private const string Triggers =
        """
        .default:
          cki_pipeline_branch: upstream
          architectures: x86_64 aarch64
          .watch: {every: day, at: noon}
        .stable:
          .extends: .kernel
          cki_pipeline_project: stable
          .watch: {at: night}
        .kernel:
          cki_pipeline_project: mainline
          selftests: 'True'
        linux:
          .extends: [.kernel]
          git_url: https://git.example/linux.git
          .branches: [master, for-next]
          subject: '{branch} of "linux"'
        stable-queue:
          .extends: .stable
          git_url: https://git.example/queue.git
          .branches: queue/6.1
          architectures: s390x
        by-ssh:
          .extends: .kernel
          git_url: git@git.example:x.git
          .branches: ['rc-*']
        homeless:
          git_url: https://git.example/homeless.git
        """;

    [Fact]
    public void Triggers_of_git_repositories_become_trees_as_they_inherit()
    {
        Imported imported = TreeImport.Read("triggers.yaml", Triggers, Around)!;
        Assert.Equal(["linux", "stable-queue"], imported.Trees.Select(t => t.Name));
        ImportedTree linux = imported.Trees[0];
        Assert.Equal(("https://git.example/linux.git", "gitlab.example/kernels/pipelines/mainline", "upstream"), (linux.Url, linux.Pipelines, linux.Ref));
        Assert.Equal(["master", "for-next"], linux.Branches);
        Assert.Equal(
            ["cki_pipeline_branch=upstream", "architectures=x86_64 aarch64", "cki_pipeline_project=mainline", "selftests=True", "git_url=https://git.example/linux.git", "subject={{branch}} of \"linux\"", "branch={branch}", "commit_hash={sha}"],
            linux.Variables.Select(v => $"{v.Key}={v.Value}"));
        Assert.Equal(("gitlab.example/kernels/pipelines/stable", "s390x"), (imported.Trees[1].Pipelines, imported.Trees[1].Variables.First(v => v.Key == "architectures").Value));
        Assert.Equal(
            [
                "triggers.yaml:4: linux: .watch: an option of CKI's trigger itself, left out",
                "triggers.yaml:8: stable-queue: .watch: an option of CKI's trigger itself, left out",
                "triggers.yaml:24: by-ssh: 'git@git.example:x.git' is no http or https address, and no other is polled",
                "triggers.yaml:25: by-ssh: branch 'rc-*' holds a star",
                "triggers.yaml:26: homeless: it names no .branches",
                "triggers.yaml:26: homeless: it names no project for its pipelines: give --project, or --parent with its own name",
            ],
            imported.Missing);
    }

    [Fact]
    public void What_is_written_is_a_good_file_that_tells_what_is_missing()
    {
        string text = TreesFile.Write(TreeImport.Read("triggers.yaml", Triggers, Around)!, "triggers.yaml", Host);
        Assert.Contains("#   triggers.yaml:26: homeless: it names no .branches\n", text);
        ConfigNode node = YamlFile.Read("trees.yaml", text, out _)!;
        var good = Assert.IsType<ConfigReading.Bad>(SuiteConfigReader.Read(new Dictionary<string, ConfigNode> { ["trees.yaml"] = node }, "", [new ConfigError(default, "x", "y")]));
        Assert.Equal("y", Assert.Single(good.Errors).Message);
        Assert.Contains("\"subject\": \"{{branch}} of \\\"linux\\\"\"", text);
    }

    [Theory]
    [InlineData("a: {git_url: https://git.example/a.git, .extends: .missing}", "'.missing' is no template")]
    [InlineData("a: {git_url: https://git.example/a.git\n", "is not YAML")]
    public void What_cannot_be_read_is_refused(string text, string why) =>
        Assert.Contains(why, Assert.Throws<ConfigRefusedException>(() => TreeImport.Read("triggers.yaml", text, Around)).Message);

    [Fact]
    public void A_file_of_another_kind_is_not_taken_for_trees()
    {
        Assert.Null(TreeImport.Read("herder.yaml", "matchers:\n  - name: a\n", Around));
        Assert.Null(TreeImport.Read("list.yaml", "- a\n", Around));
    }

    [Fact]
    public void Trees_of_KernelCI_are_gathered_from_their_build_configs()
    {
        Imported imported = TreeImport.Read(
            "kernelci.yaml",
            """
            _anchors:
              arm: &arm
                architectures: [arm64, arm]
            trees:
              linux:
                url: "https://git.example/linux.git"
              media:
                url: "git://git.example/media.git"
              idle:
                url: https://git.example/idle.git
            build_variants: {}
            build_configs:
              linux_master: &linux
                tree: linux
                branch: 'master'
              linux_next:
                <<: *linux
                branch: 'next'
              linux_generated:
                <<: *linux
                branch: 'https://lists.example/branches.json'
              media:
                <<: *arm
                tree: media
                branch: 'fixes'
              lost:
                tree: nowhere
                branch: main
              nothing: {}
            """,
            Around with { Project = "kernels/pipelines/all", Ref = "main" })!;
        ImportedTree linux = Assert.Single(imported.Trees);
        Assert.Equal(("linux", "https://git.example/linux.git", "gitlab.example/kernels/pipelines/all", "main"), (linux.Name, linux.Url, linux.Pipelines, linux.Ref));
        Assert.Equal(["master", "next"], linux.Branches);
        Assert.Equal(
            [
                "kernelci.yaml:11: build_variants: what is built and tested is the pipeline's own matter here",
                "kernelci.yaml:22: media: architectures: what is built and tested is the pipeline's own matter here",
                "kernelci.yaml:29: nothing: it names no tree, or no branch",
                "kernelci.yaml:28: nowhere: a build_config names this tree, which is not among trees: put both files' contents into one",
                "kernelci.yaml:21: linux: branch 'https://lists.example/branches.json' may hold * and ** only; no ?, [], {} or blanks",
                "kernelci.yaml:8: media: 'git://git.example/media.git' is no http or https address, and no other is polled",
                "kernelci.yaml:9: idle: no build_config names a branch of it",
            ],
            imported.Missing);
    }

    [Fact]
    public void KernelCI_names_no_pipelines_so_they_must_be_given() =>
        Assert.Throws<BadInputException>(() => TreeImport.Read("kernelci.yaml", "build_configs: {a: {tree: a, branch: b}}\n", Around));

    [Fact]
    public void Message_triggers_are_trees_only_where_they_wait_for_one_branch()
    {
        Imported imported = TreeImport.Read(
            "messages.yaml",
            """
            .schema: triggers/schema.yml
            .push:
              project_url: https://gitlab.example/kernels/pipelines/ark
              conditions:
                kind: {jmespath: body.object_kind, regex: ^push$}
                project: {jmespath: body.project.web_url, regex: '^https://gitlab\.example/kernels/ark$'}
            ark:
              .extends: .push
              conditions:
                ref: {jmespath: body.ref, regex: ^refs/heads/os-build$}
              variables: {REASON: push, COMMIT: '{sha}'}
            ark-any:
              .extends: .push
              conditions:
                ref: {jmespath: body.ref, regex: 'refs/heads/.*'}
            deployed:
              project_url: https://gitlab.example/tools/deploy
              conditions:
                topic: {jmespath: topic, regex: ^deploy$}
            tags:
              .extends: .push
              conditions:
                ref: {jmespath: body.ref, regex: ^refs/tags/v1$}
            """,
            Around)!;
        ImportedTree ark = Assert.Single(imported.Trees);
        Assert.Equal(("ark", "https://gitlab.example/kernels/ark.git", "gitlab.example/kernels/ark", "gitlab.example/kernels/pipelines/ark", "main"), (ark.Name, ark.Url, ark.Project, ark.Pipelines, ark.Ref));
        Assert.Equal(["os-build"], ark.Branches);
        Assert.Equal([new KeyValuePair<string, string>("REASON", "push")], ark.Variables);
        Assert.Equal(
            [
                "messages.yaml:11: ark: variables.COMMIT: it takes its value out of the message",
                "messages.yaml:15: ark-any: conditions.ref: its regex does not stand for one whole value, such as ^push$",
                "messages.yaml:19: deployed: conditions.topic: 'topic' cannot be a condition of a tree",
                "messages.yaml:20: tags: it does not wait for pushes to one branch: conditions ^push$ on body.object_kind, ^refs/heads/NAME$ on body.ref and the project's address on body.project.web_url",
            ],
            imported.Missing);
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("{sha} {x} {}", "{{sha}} {{x}} {}")]
    [InlineData("{{sha}} ${HOME}", "{{{sha}}} ${HOME}")]
    public void Text_of_others_is_no_template_of_ours(string text, string escaped)
    {
        Assert.Equal(escaped, VariableTemplate.Escaped(text));
        Assert.Equal(text, new VariableTemplate(Doubles.A.Tree(), Doubles.A.Detection(), 1).Fill(escaped));
    }
}
