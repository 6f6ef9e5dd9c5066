using System.CommandLine;
using System.Runtime.InteropServices;
using Cki.Tool.Telemetry;
using Microsoft.Extensions.Logging;

namespace Cki.Tool;

/// <summary><c>cki up</c>: the whole suite on this machine until Ctrl-C.</summary>
internal static class UpVerb
{
    public static Command Command()
    {
        Option<string> config = Common.Config();
        Option<string> data = Common.Data();
        Option<string> listen = new("--listen") { Description = "Address of the front door; port 0 takes a free one", DefaultValueFactory = _ => "127.0.0.1:8480" };
        Option<string?> secrets = new("--secrets") { Description = "Directory with one file per secret; environment variables CKI_SECRET_<NAME> come first" };
        Option<string> tick = new("--tick") { Description = "How often Watch looks for what is due", DefaultValueFactory = _ => "60s" };
        Option<Uri?> url = Common.Url("How the outside reaches the front door, for links in reports");
        Option<bool> arm = new("--arm") { Description = "Let a new installation act at once instead of observing first" };
        Option<bool> staging = new("--staging") { Description = "Decide as another installation's staging: the same deliveries, no acts; needs tokens that cannot write" };
        Option<bool> noProbe = new("--no-probe") { Description = "No push of our own every five minutes, by which a stage that stands still is noticed" };
        Option<int> days = new("--log-days") { Description = "Days that log files are kept in logs/ of the data directory", DefaultValueFactory = _ => LogFileOptions.DaysDefault };
        return new Command("up", "Run the whole suite on this machine until Ctrl-C") { config, data, listen, secrets, tick, url, arm, staging, noProbe, days }.Doing(async (parsed, cancellationToken) =>
        {
            var options = new SuiteOptions(parsed.GetValue(config)!, parsed.GetValue(data)!, parsed.GetValue(listen)!)
            {
                Secrets = parsed.GetValue(secrets),
                Tick = Common.Duration(parsed.GetValue(tick)!, "--tick"),
                PublicUrl = parsed.GetValue(url),
                Arm = parsed.GetValue(arm),
                Staging = parsed.GetValue(staging),
                Probes = !parsed.GetValue(noProbe),
                LogDays = parsed.GetValue(days) is > 0 and var kept ? kept : throw new BadInputException($"--log-days {parsed.GetValue(days)}: at least 1"),
            };
            await using SuiteTelemetry telemetry = SuiteTelemetry.Open(new TelemetryOptions(options.Data, LogLevel.Trace) { LogDays = options.LogDays }, TimeProvider.System);
            var stop = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using PosixSignalRegistration term = Stopping(PosixSignal.SIGTERM, stop);
            using PosixSignalRegistration interrupt = Stopping(PosixSignal.SIGINT, stop);
            await using (SuiteHost host = await SuiteHost.StartAsync(options, telemetry.Logs, cancellationToken, telemetry.Guard))
            {
                Console.Out.WriteLine($"Front door {host.Address}");
                Console.Out.WriteLine($"Board      {host.Address}board/");
                if (host.IsStaging)
                    Console.Out.WriteLine("Staging: decisions alone, nothing is posted.");
                else if (host.IsObserving)
                    Console.Out.WriteLine($"Observing: nothing is posted until 'cki arm --data {options.Data}'.");
                await stop.Task;
                Console.Out.WriteLine("Draining: what runs now is ended, the rest waits in the database.");
            }
            Console.Out.WriteLine("Stopped.");
            return Exit.Good;
        });
    }

    internal static PosixSignalRegistration Stopping(PosixSignal signal, TaskCompletionSource stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            // The first asks; a second one ends the process as usual.
            context.Cancel = stop.TrySetResult();
        });
}
