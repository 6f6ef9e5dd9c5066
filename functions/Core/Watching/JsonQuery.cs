using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cki;

/// <summary>
/// A small part of JSONPath (RFC 9535): <c>$</c>, <c>.name</c>, <c>['name']</c>, <c>[3]</c>, <c>[*]</c> and one comparison per filter,
/// <c>[?@.name == 'text']</c> or <c>!=</c> (also with numbers, true, false and null; <c>@.a.b</c> goes deeper). What is not there is not found.
/// </summary>
public sealed class JsonQuery
{
    private readonly IReadOnlyList<Step> _steps;

    private JsonQuery(IReadOnlyList<Step> steps) => _steps = steps;

    /// <summary>Null with what is wrong, and where.</summary>
    public static JsonQuery? Parse(string text, out string? fault)
    {
        try
        {
            fault = null;
            return new JsonQuery(new Reader(text).Steps());
        }
        catch (FormatException e)
        {
            fault = e.Message;
            return null;
        }
    }

    /// <summary>In the document's order; a JSON null is found as null.</summary>
    public IReadOnlyList<JsonNode?> Select(JsonNode? root)
    {
        IEnumerable<JsonNode?> found = [root];
        foreach (Step step in _steps)
            found = [.. found.SelectMany(step.Of)];
        return [.. found];
    }

    private abstract record Step
    {
        public abstract IEnumerable<JsonNode?> Of(JsonNode? node);

        public sealed record Name(string Field) : Step
        {
            public override IEnumerable<JsonNode?> Of(JsonNode? node) => node is JsonObject o && o.TryGetPropertyValue(Field, out JsonNode? value) ? [value] : [];
        }

        public sealed record Index(int Number) : Step
        {
            public override IEnumerable<JsonNode?> Of(JsonNode? node) => node is JsonArray list && Number < list.Count ? [list[Number]] : [];
        }

        public sealed record All : Step
        {
            public override IEnumerable<JsonNode?> Of(JsonNode? node) => Children(node);
        }

        public sealed record Where(IReadOnlyList<string> Path, bool IsEqual, JsonNode? Value) : Step
        {
            public override IEnumerable<JsonNode?> Of(JsonNode? node) => Children(node).Where(child => Holds(child) == IsEqual);

            // What is not there equals nothing.
            private bool Holds(JsonNode? child)
            {
                foreach (string name in Path)
                {
                    if (child is not JsonObject o || !o.TryGetPropertyValue(name, out child))
                        return false;
                }
                return JsonNode.DeepEquals(child, Value);
            }
        }

        private static IEnumerable<JsonNode?> Children(JsonNode? node) => node switch
        {
            JsonArray list => list,
            JsonObject o => o.Select(field => field.Value),
            _ => [],
        };
    }

    private sealed class Reader(string text)
    {
        private const int StepsMax = 32;
        private int _at;

        public IReadOnlyList<Step> Steps()
        {
            Take('$');
            var steps = new List<Step>();
            while (_at < text.Length)
            {
                if (steps.Count == StepsMax)
                    throw Fault($"more than {StepsMax} steps");
                steps.Add(text[_at] == '.' ? new Step.Name(AfterDot()) : Bracket());
            }
            return steps;
        }

        private string AfterDot()
        {
            Take('.');
            int start = _at;
            while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_'))
                _at++;
            return _at > start ? text[start.._at] : throw Fault("a name is expected");
        }

        private Step Bracket()
        {
            Take('[');
            Step step = Peek() switch
            {
                '*' => Star(),
                '?' => Filter(),
                '\'' or '"' => new Step.Name(Quoted()),
                _ => new Step.Index(Digits()),
            };
            Take(']');
            return step;
        }

        private Step.All Star()
        {
            Take('*');
            return new Step.All();
        }

        private Step.Where Filter()
        {
            Take('?');
            Blanks();
            Take('@');
            var path = new List<string>();
            while (Peek() == '.')
                path.Add(AfterDot());
            Blanks();
            bool isEqual = Peek() == '=';
            Take(isEqual ? '=' : '!');
            Take('=');
            Blanks();
            JsonNode? value = Peek() is '\'' or '"' ? JsonValue.Create(Quoted()) : Literal();
            Blanks();
            return new Step.Where(path, isEqual, value);
        }

        private JsonNode? Literal()
        {
            int start = _at;
            while (_at < text.Length && text[_at] is not (']' or ' '))
                _at++;
            try
            {
                return JsonNode.Parse(text[start.._at]);
            }
            catch (JsonException)
            {
                _at = start;
                throw Fault("'text', a number, true, false or null is expected");
            }
        }

        private string Quoted()
        {
            char mark = Peek();
            int end = text.IndexOf(mark, _at + 1);
            if (end < 0)
                throw Fault("the text has no end");
            string quoted = text[(_at + 1)..end];
            _at = end + 1;
            return quoted;
        }

        private int Digits()
        {
            int start = _at;
            while (char.IsAsciiDigit(Peek()))
                _at++;
            return int.TryParse(text.AsSpan(start, _at - start), out int number) ? number : throw Fault("a number, *, ? or 'name' is expected");
        }

        private char Peek() => _at < text.Length ? text[_at] : '\0';

        private void Blanks()
        {
            while (Peek() == ' ')
                _at++;
        }

        private void Take(char wanted)
        {
            if (Peek() != wanted)
                throw Fault($"'{wanted}' is expected");
            _at++;
        }

        private FormatException Fault(string what) => new($"{what} at character {_at + 1} of '{text}'");
    }
}
