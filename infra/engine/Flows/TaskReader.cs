using System.Text.Json.Nodes;

namespace Cki.Engine;

/// <summary>Reads Task states: resource, its parameters, time-out, retriers and catchers.</summary>
internal static class TaskReader
{
    private static readonly string[] InvokeParameters = ["FunctionName", "Payload"];
    private static readonly string[] SendParameters = ["QueueUrl", "MessageBody", "MessageGroupId", "DelaySeconds", "MessageAttributes"];

    public static FlowState.Task? Read(string name, FieldReader fields, Targets targets)
    {
        TaskResource resource = Resource(fields);
        CheckParameters(fields, resource);
        return new FlowState.Task(name, targets.NextOrEnd(fields), fields.DataPath("InputPath"), fields.DataPath("OutputPath"))
        {
            Resource = resource,
            Parameters = fields.Template("Parameters") ?? new Template.Literal(null),
            ResultSelector = fields.Template("ResultSelector"),
            ResultPath = fields.ResultPath(),
            Timeout = Timeout(fields),
            Retry = Retriers(fields),
            Catch = Catchers(fields, targets),
        };
    }

    private static TaskResource Resource(FieldReader fields)
    {
        const string Invoke = "arn:aws:states:::lambda:invoke";
        const string Send = "arn:aws:states:::sqs:sendMessage";
        const string SendAndWait = "arn:aws:states:::sqs:sendMessage.waitForTaskToken";
        if (!fields.Has("Resource"))
            fields.Error("Resource", "is missing");
        return fields.OneOf("Resource", Invoke, Send, SendAndWait) switch
        {
            SendAndWait => TaskResource.SendAndWait,
            Send => TaskResource.Send,
            _ => TaskResource.Invoke,
        };
    }

    private static void CheckParameters(FieldReader fields, TaskResource resource)
    {
        if (fields.Object("Parameters") is not { } parameters)
            return;
        string[] allowed = resource == TaskResource.Invoke ? InvokeParameters : SendParameters;
        foreach (string given in parameters.Names)
        {
            string plain = given.EndsWith(".$", StringComparison.Ordinal) ? given[..^2] : given;
            if (!allowed.Contains(plain))
                parameters.Error(given, $"is not supported; parameters may be {string.Join(", ", allowed)}");
        }
        // The first two are what the call is about.
        foreach (string needed in allowed.Take(2).Where(needed => !parameters.Has(needed) && !parameters.Has(needed + ".$")))
            parameters.Error(needed, "is missing");
        if (resource == TaskResource.Invoke && parameters.Take("Payload") is JsonObject payload && Json.Text(payload["task"]) is null)
            parameters.Error("Payload.task", "the name of the task is missing");
    }

    private static SecondsOf? Timeout(FieldReader fields)
    {
        double? seconds = fields.Number("TimeoutSeconds", 1);
        ReferencePath? path = fields.Path("TimeoutSecondsPath");
        if (seconds is not null && path is not null)
            fields.Error("TimeoutSecondsPath", "stands beside TimeoutSeconds");
        return seconds is null && path is null ? null : new SecondsOf(seconds, path);
    }

    private static List<Retrier> Retriers(FieldReader fields)
    {
        var read = new List<Retrier>();
        IReadOnlyList<FieldReader> retriers = fields.Objects("Retry");
        for (int i = 0; i < retriers.Count; i++)
        {
            FieldReader retrier = retriers[i];
            // The defaults are Step Functions'.
            read.Add(new Retrier(
                Errors(retrier, isLast: i == retriers.Count - 1),
                retrier.Number("IntervalSeconds", 1) ?? 1,
                retrier.Number("BackoffRate", 1, isWhole: false) ?? 2,
                (int)(retrier.Number("MaxAttempts", 0) ?? 3),
                retrier.Number("MaxDelaySeconds", 1),
                retrier.OneOf("JitterStrategy", "FULL", "NONE") == "FULL"));
            retrier.Done("a retrier");
        }
        return read;
    }

    private static List<Catcher> Catchers(FieldReader fields, Targets targets)
    {
        var read = new List<Catcher>();
        IReadOnlyList<FieldReader> catchers = fields.Objects("Catch");
        for (int i = 0; i < catchers.Count; i++)
        {
            FieldReader catcher = catchers[i];
            read.Add(new Catcher(Errors(catcher, isLast: i == catchers.Count - 1), targets.Named(catcher, "Next"), catcher.ResultPath()));
            catcher.Done("a catcher");
        }
        return read;
    }

    private static IReadOnlyList<string> Errors(FieldReader fields, bool isLast)
    {
        IReadOnlyList<string> errors = fields.Texts("ErrorEquals");
        if (errors.Contains(FlowErrors.All) && (errors.Count > 1 || !isLast))
            fields.Error("ErrorEquals", $"{FlowErrors.All} stands alone and last");
        return errors;
    }
}
