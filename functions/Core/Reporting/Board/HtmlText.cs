using System.Text;

namespace Cki;

/// <summary>
/// Builds HTML that is safe by construction: text and attribute values are cleaned and escaped, tags and classes are words of our own (anything else
/// throws), addresses are http(s) or our own relative ones, every element is closed. No scripts, no inline styles: pages satisfy
/// <c>default-src 'none'; style-src 'self'</c>. Pictures are inline SVG, drawn with the same words.
/// </summary>
public sealed class HtmlText
{
    private const int TextMax = 2000;
    private static readonly HashSet<string> Void = ["meta", "link", "br", "hr"];
    private readonly StringBuilder _html = new("<!DOCTYPE html>\n");
    private int _depth;
    private int _beyondAscii;

    /// <summary>Bytes so far, in UTF-8.</summary>
    public int Length => _html.Length + _beyondAscii;

    /// <summary>Opens an element; disposing closes it.</summary>
    public Closing Tag(string name, string? css = null, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        _html.Append('<').Append(OurWord(name));
        if (css is not null)
            Attribute("class", OurWord(css));
        foreach ((string attribute, string value) in attributes)
            Attribute(OurWord(attribute), value);
        _html.Append('>');
        if (Void.Contains(name))
            return default;
        _depth++;
        return new Closing(this, name);
    }

    public HtmlText Element(string name, string? text, string? css = null, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        using (Tag(name, css, attributes))
            Text(text);
        return this;
    }

    public HtmlText Text(string? text)
    {
        Escape(SafeText.Line(text, TextMax), text);
        return this;
    }

    /// <summary>Quoted lines in a box that scrolls.</summary>
    public HtmlText Quote(IReadOnlyList<string> lines)
    {
        using Closing pre = Tag("pre");
        for (int i = 0; i < lines.Count; i++)
        {
            if (i > 0)
                _html.Append('\n');
            Text(lines[i]);
        }
        return this;
    }

    /// <summary>A link to another site; text alone where the address is none of http(s).</summary>
    public HtmlText LinkOut(string? address, string text, string? css = null)
    {
        string? safe = SafeText.HttpAddress(address);
        return safe is null ? Element("span", text, css) : Element("a", text, css, ("href", safe), ("rel", "noreferrer noopener"));
    }

    /// <summary>A link within the board. <paramref name="path"/> is made of ids of our own.</summary>
    public HtmlText LinkIn(string path, string text, string? css = null) =>
        path.Contains(':') || path.StartsWith('/') ? throw new ArgumentException($"'{path}' is not a page of the board", nameof(path)) : Element("a", text, css, ("href", path));

    public HtmlText Line()
    {
        _html.Append('\n');
        return this;
    }

    public override string ToString() =>
        _depth == 0 ? _html.ToString() : throw new InvalidOperationException($"{_depth} element(s) are open");

    private void Attribute(string name, string value)
    {
        _html.Append(' ').Append(name).Append("=\"");
        Escape(SafeText.Line(value, TextMax), value);
        _html.Append('"');
    }

    private void Escape(string clean, string? raw)
    {
        // Cleaning trims; a blank between two elements is ours to keep.
        if (clean.Length == 0 && raw == " ")
            clean = " ";
        // A surrogate is half of four bytes.
        foreach (char c in clean)
            _beyondAscii += c < 0x80 ? 0 : c < 0x800 || char.IsSurrogate(c) ? 1 : 2;
        foreach (char c in clean)
            _ = c switch
            {
                '&' => _html.Append("&amp;"),
                '<' => _html.Append("&lt;"),
                '>' => _html.Append("&gt;"),
                '"' => _html.Append("&quot;"),
                '\'' => _html.Append("&#39;"),
                _ => _html.Append(c),
            };
    }

    private static string OurWord(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or ' ') ? word : throw new ArgumentException($"'{word}' is no tag, class or attribute of ours", nameof(word));

    /// <summary>Closes its element when disposed.</summary>
    public readonly struct Closing(HtmlText html, string name) : IDisposable
    {
        public void Dispose()
        {
            if (html is null)
                return;
            html._depth--;
            html._html.Append("</").Append(name).Append('>');
            if (name is not ("span" or "a" or "code" or "b" or "strong" or "small" or "time" or "summary"))
                html._html.Append('\n');
        }
    }
}
