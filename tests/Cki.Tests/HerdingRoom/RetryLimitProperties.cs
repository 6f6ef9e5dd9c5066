using System.Text.Json.Nodes;
using Cki.GitLabSimulator;
using Cki.Tests.Doubles;
using CsCheck;
using Xunit;

namespace Cki.Tests.HerdingRoom;

/// <summary>Never more than the limit of retries per job name and run, whatever the order, repetition and loss of events, answers and claims.</summary>
public class RetryLimitProperties
{
    private const string Name = "build x";
    private const string Retry = "POST /projects/:id/jobs/:job/retry";

    private enum Happening
    {
        Event,
        OldEvent,
        RetryTask,
        OldRetryTask,
        LostAnswer,
        LateEffect,
        TimePasses,
    }

    [Fact]
    public async Task No_sequence_of_happenings_retries_a_job_more_often_than_its_limit() =>
        await Gen.Enum<Happening>().Array[5, 40].SampleAsync(async happenings => await RetriesAsync(happenings) <= 3, iter: 60, threads: 1);

    private static async Task<int> RetriesAsync(Happening[] happenings)
    {
        HerdingWorld world = await new HerdingWorld().AfterAsync(new JobScript(Name, "build") { Attempts = [HerdingWorld.SystemFailure] });
        foreach (Happening happening in happenings)
            await HappenAsync(world, happening);
        int ours = world.GitLab.Jobs.Count(j => j.Name == Name) - 1;
        RetryTally? tally = (await world.Suite.Ports.Documents.GetAsync(RetryTally.Key(world.Run, "", Name), DocumentJson.Default.RetryTally, TestContext.Current.CancellationToken))?.Value;
        return Math.Max(ours, tally?.Retries.Count ?? 0);
    }

    private static async Task HappenAsync(HerdingWorld world, Happening happening)
    {
        GitLabJob[] jobs = [.. world.GitLab.Jobs.Where(j => j.Name == Name)];
        switch (happening)
        {
            case Happening.Event:
                await TellAsync(world, jobs[^1]);
                break;
            case Happening.OldEvent:
                await TellAsync(world, jobs[0]);
                break;
            case Happening.RetryTask:
                await PostAsync(world, jobs[^1]);
                break;
            case Happening.OldRetryTask:
                await PostAsync(world, jobs[0]);
                break;
            case Happening.LostAnswer:
                world.GitLab.Faults.Api(ApiFault.LostAfter, new FaultWhen { On = Retry, Times = 1 });
                break;
            case Happening.LateEffect:
                world.GitLab.Faults.Api(ApiFault.LateEffect, new FaultWhen { On = Retry, Times = 1 });
                break;
            default:
                world.Pass(200);
                break;
        }
    }

    private static Task TellAsync(HerdingWorld world, GitLabJob job) =>
        world.DeliverAsync(new JobFinished(new JobRef(A.PipelineProject, job.Id), job.Pipeline.Id, Name, job.Status));

    private static async Task PostAsync(HerdingWorld world, GitLabJob job)
    {
        var input = new JsonObject
        {
            ["host"] = A.PipelineProject.Host, ["project"] = A.PipelineProject.Path, ["pipelineId"] = job.Pipeline.Id, ["jobId"] = job.Id, ["name"] = Name,
        };
        try
        {
            await world.Suite.UntilDone(world.Stage.Tasks["retry-job"](input, TestContext.Current.CancellationToken));
        }
        catch (FlowTaskException e) when (e.ErrorName is ErrorNames.Busy or ErrorNames.GitLabUnavailable)
        {
            // The flow would try again; here the next happening decides.
        }
    }
}
