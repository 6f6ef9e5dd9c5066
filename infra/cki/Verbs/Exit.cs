using Cki.Adapters;

namespace Cki.Tool;

/// <summary>Exit codes of every verb, as the README documents them.</summary>
internal static class Exit
{
    public const int Good = 0;

    /// <summary>The verb ran and found something wrong: an expectation of the demo, a decision that is not what was asked.</summary>
    public const int Found = 1;

    /// <summary>Bad input: a file, an id, an option. What and where is on standard error.</summary>
    public const int BadInput = 2;

    /// <summary>The doctor found nothing wrong, but could not look at everything. As bad input is.</summary>
    public const int CannotTell = 2;

    /// <summary>What the verb needs is not to be had now: the database, an address, a secret.</summary>
    public const int Unavailable = 3;

    /// <summary>Turns the failures that a user can mend into one line and a code; anything else is a defect and keeps its stack.</summary>
    public static async Task<int> GuardAsync(Func<Task<int>> verb)
    {
        try
        {
            return await verb();
        }
        catch (BadInputException e)
        {
            await Console.Error.WriteLineAsync($"cki: {e.Message}");
            return BadInput;
        }
        catch (ConfigRefusedException e)
        {
            await Console.Error.WriteLineAsync($"cki: {e.Message}");
            return BadInput;
        }
        catch (Exception e) when (e is StoreUnavailableException or QueueUnavailableException or FlowsUnavailableException
            or SecretsUnavailableException or FlowTaskException or Engine.EngineUnavailableException or IOException)
        {
            await Console.Error.WriteLineAsync($"cki: {e.Message}");
            return Unavailable;
        }
    }
}

/// <summary>The user's input is wrong; the message says what and where.</summary>
internal sealed class BadInputException(string message) : Exception(message);
