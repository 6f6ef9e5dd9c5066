namespace Cki.Engine;

/// <summary>Reads the states of a flow file into closed records.</summary>
internal static class StateReader
{
    public static IReadOnlyDictionary<string, FlowState> ReadAll(FieldReader states)
    {
        var read = new Dictionary<string, FlowState>();
        var known = states.Names.ToHashSet();
        foreach (string name in states.Names.ToList())
        {
            if (states.Object(name) is { } fields && ReadOne(name, fields, new Targets(known)) is { } state)
                read[name] = state;
        }
        return read;
    }

    private static FlowState? ReadOne(string name, FieldReader fields, Targets targets)
    {
        string type = fields.NeededText("Type");
        FlowState? state = type switch
        {
            "Task" => TaskReader.Read(name, fields, targets),
            "Wait" => Wait(name, fields, targets),
            "Choice" => Choice(name, fields, targets),
            "Pass" => Pass(name, fields, targets),
            "Succeed" => new FlowState.Succeed(name, fields.DataPath("InputPath"), fields.DataPath("OutputPath")),
            "Fail" => Fail(name, fields),
            _ => null,
        };
        if (state is not null)
            fields.Done($"a {type} state");
        else if (type.Length > 0)
            fields.Error("Type", $"'{type}' is not supported; it may be Choice, Fail, Pass, Succeed, Task, Wait");
        return state;
    }

    private static FlowState.Wait Wait(string name, FieldReader fields, Targets targets)
    {
        string[] ways = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"];
        if (ways.Count(fields.Has) != 1)
            fields.Error("Seconds", $"exactly one of {string.Join(", ", ways)} is needed");
        double? seconds = fields.Number("Seconds", 0);
        ReferencePath? secondsPath = fields.Path("SecondsPath");
        return new FlowState.Wait(
            name, targets.NextOrEnd(fields), fields.DataPath("InputPath"), fields.DataPath("OutputPath"),
            seconds is null && secondsPath is null ? null : new SecondsOf(seconds, secondsPath),
            fields.Timestamp("Timestamp"), fields.Path("TimestampPath"));
    }

    private static FlowState.Choice Choice(string name, FieldReader fields, Targets targets)
    {
        var choices = new List<(Rule, string)>();
        foreach (FieldReader choice in fields.Objects("Choices"))
        {
            string next = targets.Named(choice, "Next");
            if (RuleReader.Read(choice) is { } rule)
                choices.Add((rule, next));
        }
        if (!fields.Has("Choices"))
            fields.Error("Choices", "is missing");
        string? otherwise = fields.Has("Default") ? targets.Named(fields, "Default") : null;
        return new FlowState.Choice(name, fields.DataPath("InputPath"), fields.DataPath("OutputPath"), choices, otherwise);
    }

    private static FlowState.Pass Pass(string name, FieldReader fields, Targets targets)
    {
        // A result is literal: nothing in it is evaluated.
        Template? result = fields.Has("Result") ? new Template.Literal(fields.Take("Result")?.DeepClone()) : null;
        return new FlowState.Pass(
            name, targets.NextOrEnd(fields), fields.DataPath("InputPath"), fields.DataPath("OutputPath"),
            result, fields.Template("Parameters"), fields.ResultPath());
    }

    private static FlowState.Fail Fail(string name, FieldReader fields)
    {
        if (fields.Has("Error") && fields.Has("ErrorPath"))
            fields.Error("ErrorPath", "stands beside Error");
        if (fields.Has("Cause") && fields.Has("CausePath"))
            fields.Error("CausePath", "stands beside Cause");
        return new FlowState.Fail(
            name, fields.Text("Error"), fields.Text("Cause"), fields.Expression("ErrorPath"), fields.Expression("CausePath"));
    }
}

/// <summary>The names that a state may lead to.</summary>
internal sealed class Targets(IReadOnlySet<string> states)
{
    public string Named(FieldReader fields, string field)
    {
        string name = fields.NeededText(field);
        if (fields.Has(field) && !states.Contains(name))
            fields.Error(field, $"there is no state '{name}'");
        return name;
    }

    /// <summary>Null at the end.</summary>
    public string? NextOrEnd(FieldReader fields)
    {
        bool isEnd = fields.Truth("End") ?? false;
        if (isEnd == fields.Has("Next"))
            fields.Error("Next", "either Next or \"End\": true is needed");
        return fields.Has("Next") ? Named(fields, "Next") : null;
    }
}
