using Cki.GitLabSimulator;

namespace Cki.Simulation.Tests;

/// <summary>GitLab's bad days between two times, as its administrators would see them; single rules can be turned off by their site.</summary>
public static class Weather
{
    private static readonly (ApiFault Fault, double Chance)[] s_api =
    [
        (ApiFault.TooManyRequests, 0.01), (ApiFault.TooManyRequestsWithoutHeaders, 0.005), (ApiFault.InternalServerError, 0.01), (ApiFault.BadGateway, 0.01),
        (ApiFault.ServiceUnavailable, 0.005), (ApiFault.Hang, 0.005), (ApiFault.Refused, 0.01), (ApiFault.LostBefore, 0.01), (ApiFault.LostAfter, 0.01),
    ];

    private static readonly (HookFault Fault, double Chance)[] s_hooks =
        [(HookFault.Drop, 0.10), (HookFault.Delay, 0.05), (HookFault.Duplicate, 0.10), (HookFault.Reorder, 0.10)];

    private static readonly (JobFault Fault, double Chance)[] s_jobs =
        [(JobFault.BreaksInPrepare, 0.05), (JobFault.BreaksInScript, 0.04), (JobFault.SlowTrace, 0.10), (JobFault.StuckPending, 0.005)];

    private static readonly string[] s_posts = ["POST /projects/:id/pipeline", "POST /projects/:id/jobs/:job/retry"];

    public static void Begin(Simulation simulation, GitLabWorld gitLab, TimeSpan lasts)
    {
        DateTimeOffset from = simulation.GetUtcNow();
        DateTimeOffset until = from + lasts;
        foreach (string post in s_posts)
        {
            Api(ApiFault.LateEffect, new FaultWhen { On = post, From = from, Until = until, Chance = 0.06 });
            Api(ApiFault.LostAfter, new FaultWhen { On = post, From = from, Until = until, Chance = 0.06 });
        }
        foreach ((ApiFault fault, double chance) in s_api)
            Api(fault, new FaultWhen { From = from, Until = until, Chance = chance });
        foreach ((HookFault fault, double chance) in s_hooks.Where(rule => !simulation.Faults.IsOff($"gitlab.hook.{rule.Fault}")))
            gitLab.Faults.Hooks(fault, new FaultWhen { From = from, Until = until, Chance = chance });
        foreach ((JobFault fault, double chance) in s_jobs.Where(rule => !simulation.Faults.IsOff($"gitlab.job.{rule.Fault}")))
            gitLab.Faults.Jobs(fault, new FaultWhen { From = from, Until = until, Chance = chance });
        if (!simulation.Faults.IsOff("gitlab.pipeline.stuck"))
            gitLab.Faults.StuckPipelines(new FaultWhen { From = from, Until = until, Chance = 0.05 });

        void Api(ApiFault fault, FaultWhen when)
        {
            if (!simulation.Faults.IsOff($"gitlab.api.{fault}"))
                gitLab.Faults.Api(fault, when);
        }
    }

    /// <summary>Up to two outages of up to 4 hours, each with one face.</summary>
    public static void Outages(Simulation simulation, GitLabWorld gitLab, TimeSpan within)
    {
        for (int n = 0; n < 2; n++)
        {
            if (!simulation.Faults.Strikes("gitlab.outage", 0.6))
                continue;
            DateTimeOffset from = simulation.GetUtcNow() + (within * simulation.Dice.Fraction("outage.from") * 0.9);
            TimeSpan lasts = simulation.Dice.Between("outage.lasts", TimeSpan.FromMinutes(5), TimeSpan.FromHours(4));
            ApiFault face = simulation.Dice.Between("outage.face", 0, 2) switch
            {
                0 => ApiFault.BadGateway,
                1 => ApiFault.Refused,
                _ => ApiFault.Hang,
            };
            gitLab.Faults.Outage(from, from + lasts, face);
            simulation.Note("weather", $"GitLab is {face} from {from:HH:mm} for {lasts}");
        }
    }
}
