namespace MlDeploy.Tool.Output;

internal enum Tone
{
    Plain,
    Strong,
    Quiet,
    Good,
    Warning,
    Bad,
}

/// <summary>Colour for one stream, or none: colour only ever repeats what the words say.</summary>
internal sealed class Palette(bool colour)
{
    public static Palette None { get; } = new(colour: false);

    public bool Colour { get; } = colour;

    /// <summary>Colour on a terminal, unless `--no-color`, NO_COLOR (no-color.org: set and not empty) or TERM=dumb say otherwise.</summary>
    public static Palette For(bool terminal, bool noColour, Func<string, string?> variable) =>
        new(terminal && !noColour && string.IsNullOrEmpty(variable("NO_COLOR")) && variable("TERM") != "dumb");

    public string Paint(Tone tone, string text) => Colour && Code(tone) is { } code ? $"\e[{code}m{text}\e[0m" : text;

    private static string? Code(Tone tone) => tone switch
    {
        Tone.Strong => "1",
        Tone.Quiet => "2",
        Tone.Good => "32",
        Tone.Warning => "33",
        Tone.Bad => "31",
        _ => null,
    };
}
