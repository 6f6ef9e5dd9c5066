using Cki.Tests.Doubles;
using Cki.Tests.ReportingRoom;
using Xunit;

namespace Cki.Tests.MailRooms;

public sealed class MailBodyTests
{
    private static readonly ChannelConfig.Mail Channel = (ChannelConfig.Mail)A.Config().Channels[0];

    private const string Report =
        """
        Result       FAIL: 2 jobs.
          x86_64     build 1/3 FAIL
        Fails        build a
            error: 1111111111
            error: 2222222222
          https://gitlab.example/1
        Fails        build b, of which the name is long enough to be
                     continued here
            error: 3333333333
            error: 4444444444
          https://gitlab.example/2

        -- 
        CKI Serverless, run
        mainline-1

        """;

    [Fact]
    public void What_fits_stays_as_it_is()
    {
        Assert.Equal(Report, MailBody.Fit(Report, 10_000, "https://cki.example/run"));
        string text = ReportText.Of(Runs.Model(Runs.Failed()));
        Assert.Equal(text, MailBody.Of(text, Channel, null, null));
    }

    [Fact]
    public void Quoted_lines_go_first_the_last_before_the_first_and_the_link_says_where_they_are()
    {
        Assert.Equal(
            """
            Result       FAIL: 2 jobs.
              x86_64     build 1/3 FAIL
            Fails        build a
                error: 1111111111
                (1 line cut)
              https://gitlab.example/1
            Fails        build b, of which the name is long enough to be
                         continued here
                (2 lines cut)
              https://gitlab.example/2

            Cut          to stay below the size that mail servers take. The whole:
                         https://cki.example/run

            -- 
            CKI Serverless, run
            mainline-1

            """,
            MailBody.Fit(Long(Report), 650, "https://cki.example/run").Replace(new string('1', 90), "1111111111"));
    }

    [Fact]
    public void Without_room_for_that_the_end_goes_and_the_signature_stays()
    {
        Assert.Equal(
            """
            Result       FAIL: 2 jobs.
              x86_64     build 1/3 FAIL
            Cut          to stay below the size that mail servers take.

            -- 
            CKI Serverless, run
            mainline-1

            """,
            MailBody.Fit(Report, 165, null));
    }

    /// <summary>The quoted lines, 100 columns each.</summary>
    private static string Long(string report) => "1234".Aggregate(report, (text, digit) => text.Replace(new string(digit, 10), new string(digit, 90)));

    [Theory]
    [InlineData("x", 1)]
    [InlineData("=", 3)]
    [InlineData("\n", 2)]
    [InlineData("é", 6)]
    [InlineData("🐧", 12)]
    public void Bytes_are_those_on_their_way(string text, int bytes) => Assert.Equal(bytes, MailBody.Bytes(text));

    [Fact]
    public void Links_that_stop_the_mails_end_it() =>
        Assert.EndsWith(
            """
            mainline-1

            Stop these mails, for 90 days at most:
            https://cki.example/mute/all
            Stop them where only boot arm64 fails:
            https://cki.example/mute/one

            """,
            MailBody.Of(Report, Channel, null, new MuteAddresses("https://cki.example/mute/all", "https://cki.example/mute/one", "boot arm64")));

    [Fact]
    public void Links_of_a_digest_say_what_each_stops() =>
        Assert.EndsWith(
            """
            mainline-1

            Stop mails, for 90 days at most:
            mainline, all:
            https://cki.example/mute/1
            mainline, where only boot arm64 fails:
            https://cki.example/mute/2
            stable-rc, all:
            https://cki.example/mute/3

            """,
            MailBody.Of(Report, Channel, null, new MuteAddresses(null)
            {
                Choices =
                [
                    new MuteChoice(new TreeName("mainline"), null, "https://cki.example/mute/1"), new MuteChoice(new TreeName("mainline"), "boot arm64", "https://cki.example/mute/2"),
                    new MuteChoice(new TreeName("stable-rc"), null, "https://cki.example/mute/3"),
                ],
            }));
}
