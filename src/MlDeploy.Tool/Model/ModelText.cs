using System.Globalization;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.Model;

/// <summary>Numbers and tables of the model commands, for readers; at most 100 columns wide.</summary>
internal static class ModelText
{
    private const int LongestName = 26;
    private static readonly string[] Locale = ["LC_ALL", "LC_CTYPE", "LANG"];

    public static string Number(double value) =>
        !double.IsFinite(value) ? "–" : value != 0 && (Math.Abs(value) >= 1e7 || Math.Abs(value) < 1e-3) ? value.ToString("0.##e0", CultureInfo.InvariantCulture) : value.ToString("G5", CultureInfo.InvariantCulture);

    public static string Share(double? share) => share is not { } known ? "" : known switch
    {
        0 => "0 %",
        < 0.0001 => "<0.01 %",
        _ => $"{100 * known:0.##} %",
    };

    public static string Name(string name) => Cut(name, LongestName);

    /// <summary>One line, whatever the text holds: names and categories come from files that nobody has checked.</summary>
    public static string Cut(string text, int length)
    {
        var clean = string.Concat(text.Select(letter => char.IsControl(letter) ? '·' : letter));
        return clean.Length <= length ? clean : clean[..(length - 1)] + "…";
    }

    /// <summary>True where the terminal's character set may have no blocks.</summary>
    public static bool IsPlain(Func<string, string?> variable)
    {
        var locale = Locale.Select(variable).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        return variable("TERM") == "dumb" || (locale is not null && !locale.Contains("UTF", StringComparison.OrdinalIgnoreCase) && locale != "C.utf8");
    }

    /// <summary>How much of what was logged is in a window, and what was left out.</summary>
    public static string Reading(LiveReading read) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(read.Whole && read.Logged == read.Rows ? $"all {read.Rows:N0} logged rows" : $"{read.Rows:N0} of about {read.Logged:N0} logged rows")} were read{(read.Logged == read.Rows ? "" : read.Whole ? ", as monitoring.capture.sample says" : ", the beginning of each part of that time")}{(read.Unparsable > 0 ? $"; {read.Unparsable:N0} lines are cut off or no JSON" : "")}");

    /// <summary>Features by distance: the most different first.</summary>
    public static Table Comparison(IEnumerable<ComparedFeature> features, string measure)
    {
        var table = new Table("feature", "kind", $">{measure}", ">chance", ">values", ">missing", ">before", ">unseen", "state");
        foreach (var one in features)
        {
            table.Add(
                Name(one.Name), one.Kind, one.Distance is { } distance ? distance.ToString("0.000", CultureInfo.InvariantCulture) : null,
                one.Chance is { } chance ? chance.ToString("0.000", CultureInfo.InvariantCulture) : null,
                one.Values.ToString("N0", CultureInfo.InvariantCulture), Share(one.Missing), Share(one.ReferenceMissing), Share(one.Unseen),
                new Cell(one.State, one.Beyond ? Tone.Bad : one.State == "same" ? Tone.Good : Tone.Warning));
        }

        return table;
    }
}
