using System.Globalization;
using System.Text;

namespace MlDeploy.Core.Report.Html;

/// <summary>An SVG path, in tenths of a pixel.</summary>
internal sealed class PathText
{
    private readonly StringBuilder path = new();

    public bool IsEmpty => path.Length == 0;

    public PathText MoveTo(double x, double y) => Add('M', x, y);

    public PathText LineTo(double x, double y) => Add('L', x, y);

    public PathText Close()
    {
        path.Append('Z');
        return this;
    }

    /// <summary>Points joined by a line.</summary>
    public PathText Line(IEnumerable<(double X, double Y)> points)
    {
        var first = true;
        foreach (var (x, y) in points)
        {
            Add(first ? 'M' : 'L', x, y);
            first = false;
        }

        return this;
    }

    public override string ToString() => path.ToString();

    private PathText Add(char command, double x, double y)
    {
        path.Append(CultureInfo.InvariantCulture, $"{command}{x:0.#} {y:0.#}");
        return this;
    }
}
