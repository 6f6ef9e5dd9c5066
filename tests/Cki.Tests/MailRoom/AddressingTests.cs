using Cki.Tests.Doubles;
using Cki.Tests.ReportingRoom;
using Xunit;

namespace Cki.Tests.MailRooms;

public sealed class AddressingTests
{
    private static readonly ChannelConfig.Mail Channel = (ChannelConfig.Mail)A.Config().Channels[0];
    private static readonly Maintainers Kernel = Maintainers.Parse(MaintainersTests.File);

    private static string Cc(ChannelConfig.Mail channel, MailFacts facts, RunResult? result = null) =>
        string.Join(" ", MailAddressing.Of(channel, Runs.Model(result ?? Runs.Failed()), facts).Cc);

    private static MailFacts Changed(params string[] files) => new() { Files = files, Maintainers = Kernel };

    [Fact]
    public void Without_rules_the_channel_s_own_recipients_get_it()
    {
        MailEnvelope envelope = MailAddressing.Of(Channel with { Cc = ["Jane <jane@example.org>"] }, Runs.Model(Runs.Passed()), MailFacts.None);
        Assert.Equal(["kernel@example.org", "Jane <jane@example.org>"], envelope.All);
    }

    [Theory]
    [InlineData("mainline", "main", "x@example.org")]
    [InlineData("mainline", "release/*", "")]
    [InlineData("net-next", "main", "")]
    public void A_rule_for_trees_and_branches_holds_for_these_alone(string tree, string branch, string gets) =>
        Assert.Equal(gets, Cc(Channel with { Rules = [new MailRule(["x@example.org"]) { Trees = [tree], Branches = [branch] }] }, MailFacts.None));

    [Theory]
    [InlineData(ReportOn.Failure, Verdict.Failed, true)]
    [InlineData(ReportOn.Change, Verdict.Failed, false)]
    [InlineData(ReportOn.Change, Verdict.Passed, true)]
    [InlineData(ReportOn.Change, null, true)]
    [InlineData(ReportOn.Always, Verdict.Failed, true)]
    public void A_rule_for_some_verdicts_holds_for_these_alone(ReportOn on, Verdict? before, bool gets) =>
        Assert.Equal(gets ? "x@example.org" : "", Cc(Channel with { Rules = [new MailRule(["x@example.org"]) { On = on }] }, new MailFacts { Before = before }));

    [Fact]
    public void A_pass_is_no_failure() =>
        Assert.Equal("", Cc(Channel with { Rules = [new MailRule(["x@example.org"]) { On = ReportOn.Failure }] }, MailFacts.None, Runs.Passed()));

    [Theory]
    [InlineData("fs/ext4/inode.c", "x@example.org y@example.org")]
    [InlineData("fs/xfs/inode.c", "x@example.org")]
    [InlineData("mm/slub.c", "")]
    [InlineData(null, "")]
    public void Rules_by_path_and_subsystem_look_at_what_changed_and_hold_for_nothing_where_that_is_not_known(string? file, string gets)
    {
        ChannelConfig.Mail channel = Channel with
        {
            Rules = [new MailRule(["x@example.org"]) { Paths = ["fs/"] }, new MailRule(["y@example.org"]) { Subsystems = ["ext4 file system"] }],
        };
        Assert.Equal(gets, Cc(channel, file is null ? MailFacts.None : Changed(file)));
    }

    [Theory]
    [InlineData("L", "linux-ext4@vger.kernel.org")]
    [InlineData("ML", "tytso@mit.edu linux-ext4@vger.kernel.org")]
    [InlineData("R", "jack@suse.cz")]
    public void People_of_MAINTAINERS_get_copies_by_their_role(string roles, string gets) =>
        Assert.Equal(gets, Cc(Channel with { Maintainers = new MailMaintainers([.. roles]) }, Changed("fs/ext4/inode.c")));

    [Fact]
    public void Lists_of_MAINTAINERS_are_known_as_lists() =>
        Assert.Equal(
            ["linux-ext4@vger.kernel.org"],
            MailAddressing.Of(Channel with { Maintainers = new MailMaintainers(['M', 'L']) }, Runs.Model(Runs.Failed()), Changed("fs/ext4/inode.c")).Lists);

    [Fact]
    public void Nobody_stands_twice_in_one_mail() =>
        Assert.Equal(
            "",
            Cc(Channel with { To = ["EXT4 <Linux-EXT4@vger.kernel.org>"], Maintainers = new MailMaintainers(['L']), Rules = [new MailRule(["linux-ext4@vger.kernel.org"])] }, Changed("fs/ext4/inode.c")));

    [Theory]
    [InlineData("Jane@Example.org", null, "", "jane@example.org", "Jane@Example.org")]
    [InlineData("jane@example.org", null, "", "*@example.org", "jane@example.org")]
    [InlineData("jane@notexample.org", null, "", "*@example.org", "")]
    [InlineData("jane@example.org", null, "", "joe@example.org", "")]
    [InlineData("jane@example.org", "CKI-Report", "foo\n\nText\n\nCKI-Report: yes\nSigned-off-by: x", "", "jane@example.org")]
    [InlineData("jane@example.org", "CKI-Report", "foo\n\nCKI-Report: no", "", "")]
    [InlineData("jane@example.org", "CKI-Report", "foo\n\nCKI-Report: yes\n\nSigned-off-by: x", "", "")]
    [InlineData("jane@example.org", "CKI-Report", "CKI-Report: yes", "", "")]
    [InlineData("jane@example.org\r\nBcc: all@example.org", "CKI-Report", "foo\n\nCKI-Report: yes", "*@example.org", "")]
    public void Authors_get_mail_only_if_they_asked_for_it(string author, string? trailer, string message, string optedIn, string gets)
    {
        ChannelConfig.Mail channel = Channel with { Authors = new MailAuthors(optedIn.Length == 0 ? [] : [optedIn], trailer) };
        Assert.Equal(gets, Cc(channel, new MailFacts { AuthorAddress = author, CommitMessage = message }));
    }

    [Fact]
    public void Authors_do_not_hear_of_what_was_failing_before()
    {
        RunResult known = new(Verdict.Failed, "known") { Cells = [new ResultCell("arm64", "boot", CellResult.Known, 0, 1, null)] };
        Assert.Equal("", Cc(Channel with { Authors = new MailAuthors(["jane@example.org"], null) }, new MailFacts { AuthorAddress = "jane@example.org" }, known));
    }

    [Fact]
    public void Who_got_an_earlier_report_gets_what_follows_it_and_nobody_else()
    {
        ChannelConfig.Mail channel = Channel with { Rules = [new MailRule(["x@example.org", "y@example.org"]) { On = ReportOn.Failure }] };
        Assert.Equal("x@example.org", Cc(channel, new MailFacts { Readers = [MailAddressing.Mark("X <x@example.org>")] }, Runs.Passed()));
    }

    [Fact]
    public void A_file_of_a_thousand_sections_never_makes_a_mail_to_a_thousand()
    {
        string file = string.Concat(Enumerable.Range(0, 1000).Select(i => $"S{i}\nL:\tlist{i}@example.org\nF:\tfs/\n\n"));
        ChannelConfig.Mail channel = Channel with { Maintainers = new MailMaintainers(['L']) };
        Assert.Equal(MailAddressing.MaintainersMost, MailAddressing.Of(channel, Runs.Model(Runs.Failed()), new MailFacts { Files = ["fs/a.c"], Maintainers = Maintainers.Parse(file) }).Cc.Count);
    }

    [Theory]
    [InlineData("foo\n\nLink: https://lore.kernel.org/r/20261122.abc-1-jane@example.org\n", "20261122.abc-1-jane@example.org")]
    [InlineData("foo\n\nLink: https://patch.msgid.link/20261122-x%2By@example.org/\n", "20261122-x+y@example.org")]
    [InlineData("foo\n\nMessage-ID: <a@b>\nLink: https://lore.kernel.org/all/c@d/\n", "a@b")]
    [InlineData("foo\n\nLink: https://bugzilla.example.org/show_bug.cgi?id=1\n", null)]
    [InlineData("foo\n\nLink: https://lore.kernel.org/r/no-at-sign\n", null)]
    [InlineData("foo\n\nLink: https://lore.kernel.org/r/a@b%0d%0aBcc:x@y\n", null)]
    [InlineData("foo\n\nMessage-ID: <a@b>\u202e\n", null)]
    [InlineData(null, null)]
    public void The_patch_is_the_mail_that_the_commit_s_message_names(string? message, string? id) => Assert.Equal(id, CommitWords.PatchMessageId(message));

    [Theory]
    [InlineData("j.doe@example.org left out; kernel@lists.example.org not taken", "j***@example.org left out; k***@lists.example.org not taken")]
    [InlineData("no address @ all", "no address @ all")]
    public void Records_that_all_may_read_hold_no_addresses(string text, string masked) => Assert.Equal(masked, MailAddressing.Masked(text));
}
