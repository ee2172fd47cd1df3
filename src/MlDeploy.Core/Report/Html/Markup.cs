using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace MlDeploy.Core.Report.Html;

/// <summary>
/// HTML that may be shown. Made from interpolated strings only: the literal parts are ours, everything filled in is escaped,
/// unless it is such HTML already. There is no other way to make one, so nothing that others wrote can become markup.
/// </summary>
public readonly struct Markup
{
    private readonly string? html;

    private Markup(string html) => this.html = html;

    public static Markup None => default;

    public bool IsEmpty => string.IsNullOrEmpty(html);

    public static Markup Of(Handler content) => new(content.ToString());

    /// <summary>A constant of this program: a style sheet.</summary>
    public static Markup Constant([ConstantExpected] string html) => new(html);

    public static Markup Join(IEnumerable<Markup> parts) => new(string.Concat(parts.Select(part => part.ToString())));

    public override string ToString() => html ?? "";

    /// <summary>Text for element content and quoted attributes; what is invisible or turns the direction of reading is shown as a replacement character.</summary>
    private static void Escape(StringBuilder to, ReadOnlySpan<char> text)
    {
        foreach (var character in text)
        {
            _ = character switch
            {
                '&' => to.Append("&amp;"),
                '<' => to.Append("&lt;"),
                '>' => to.Append("&gt;"),
                '"' => to.Append("&quot;"),
                '\'' => to.Append("&#39;"),
                '\n' or '\t' => to.Append(character),
                '\r' => to,
                '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069') => to.Append('\ufffd'),
                _ => to.Append(char.IsControl(character) ? '\ufffd' : character),
            };
        }
    }

    [InterpolatedStringHandler]
    public readonly ref struct Handler
    {
        private readonly StringBuilder html;

        public Handler(int literalLength, int formattedCount) => html = new StringBuilder(literalLength + (formattedCount * 16));

        public void AppendLiteral(string literal) => html.Append(literal.ReplaceLineEndings("\n"));

        public void AppendFormatted(Markup markup) => html.Append(markup.ToString());

        public void AppendFormatted(IEnumerable<Markup> parts)
        {
            foreach (var part in parts)
            {
                html.Append(part.ToString());
            }
        }

        public void AppendFormatted(string? text) => Escape(html, text);

        public void AppendFormatted(int number) => html.Append(CultureInfo.InvariantCulture, $"{number}");

        public void AppendFormatted(long number) => html.Append(CultureInfo.InvariantCulture, $"{number}");

        /// <summary>A coordinate: a tenth of a pixel is all that is seen.</summary>
        public void AppendFormatted(double number) => html.Append(CultureInfo.InvariantCulture, $"{(double.IsFinite(number) ? Math.Clamp(number, -1e6, 1e6) : 0):0.#}");

        public override string ToString() => html.ToString();
    }
}
