using System.Buffers;

namespace Cki.WebhookIntake;

/// <summary>What the door bounds beside a body's size. Total: bodies are strangers' bytes.</summary>
internal static class DoorBounds
{
    private static readonly SearchValues<byte> s_outside = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> s_inside = SearchValues.Create("\"\\"u8);

    /// <summary>Null when the headers can be taken, else the refusal.</summary>
    public static DoorAnswer? OfHeaders(IReadOnlyDictionary<string, string> headers, IntakeOptions options)
    {
        if (headers.Count > options.HeadersMax)
            return DoorAnswers.TooManyHeaders(options.HeadersMax);
        long characters = 0;
        foreach ((string name, string value) in headers)
            characters += name.Length + value.Length;
        return characters > options.HeaderCharactersMax ? DoorAnswers.HeadersTooLarge(options.HeaderCharactersMax) : null;
    }

    /// <summary>True when a JSON body opens more objects and lists inside each other than anything that can be read.
    /// One pass over the bytes, nothing kept; what is no JSON is never too deep.</summary>
    public static bool IsTooDeep(ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> rest = body.TrimStart(" \t\r\n"u8);
        if (rest.IsEmpty || rest[0] is not ((byte)'{' or (byte)'['))
            return false;
        int depth = 0;
        while (rest.IndexOfAny(s_outside) is var at and >= 0)
        {
            byte found = rest[at];
            rest = rest[(at + 1)..];
            if (found == '"')
                rest = AfterText(rest);
            else
                depth += found is (byte)'{' or (byte)'[' ? 1 : -1;
            if (depth > DeliveryBounds.JsonDepthMax)
                return true;
        }
        return false;
    }

    private static ReadOnlySpan<byte> AfterText(ReadOnlySpan<byte> text)
    {
        while (text.IndexOfAny(s_inside) is var at and >= 0)
        {
            bool isEnd = text[at] == '"';
            text = text[Math.Min(text.Length, at + (isEnd ? 1 : 2))..];
            if (isEnd)
                return text;
        }
        return [];
    }
}
