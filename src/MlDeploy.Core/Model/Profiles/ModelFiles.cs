using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Profiles;

/// <summary>Profiles and windows as files. Whatever a file holds, reading it is bounded and ends in a profile or in a message.</summary>
public static class ModelFiles
{
    public static byte[] Write(ModelProfile profile) => JsonSerializer.SerializeToUtf8Bytes(profile, ModelDocuments.Default.ModelProfile);

    public static byte[] Write(WindowState window) => JsonSerializer.SerializeToUtf8Bytes(window, ModelDocuments.Default.WindowState);

    /// <summary>Whether the bytes are a profile or a window, rather than data: they begin as this tool writes them.</summary>
    public static bool IsProfile(ReadOnlySpan<byte> start) => Begins(start, ModelProfile.Kind);

    public static bool IsWindow(ReadOnlySpan<byte> start) => SketchBinary.IsBinary(start) || Begins(start, WindowState.Kind);

    /// <param name="name">As messages call it.</param>
    /// <exception cref="ExpectedException">It is no profile.</exception>
    public static ModelProfile ReadProfile(byte[] bytes, string name)
    {
        var profile = Read(bytes, name, ModelDocuments.Default.ModelProfile, "make it with `mldeploy profile create DATA --out FILE`");
        return Valid(name, "make it anew with `mldeploy profile create DATA --out FILE`", () =>
        {
            if (profile.Schema != ModelProfile.Kind || profile.Rows < 0 || profile.Features.IsDefault || profile.Features.Any(feature => feature?.Sketch is null || !Enum.IsDefined(feature.Kind)))
            {
                throw new InvalidDataException($"it is no `{ModelProfile.Kind}`");
            }

            _ = SketchStates.Features([.. profile.Features.Select(feature => feature.Sketch with { Name = feature.Name })]).Count();
            if (profile.Prediction is { } prediction)
            {
                _ = SketchStates.Feature(prediction.Sketch ?? throw new InvalidDataException("its prediction has no sketch"));
            }

            return profile;
        });
    }

    /// <exception cref="ExpectedException">It is no window.</exception>
    public static WindowSketch ReadWindow(byte[] bytes, string name)
    {
        const string Remedy = "write windows with this version of mldeploy, or give it the data itself";
        return Valid(name, Remedy, () => SketchStates.Window(SketchBinary.IsBinary(bytes) ? SketchBinary.Read(bytes) : Read(bytes, name, ModelDocuments.Default.WindowState, Remedy)));
    }

    private static T Read<T>(byte[] bytes, string name, JsonTypeInfo<T> type, string remedy)
        where T : class
    {
        if (bytes.Length > SketchBinary.MostBytes)
        {
            throw new ExpectedException(ExitCode.Usage, $"{name} is larger than {SketchBinary.MostBytes >> 20} MiB", remedy);
        }

        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw new JsonException("it is null");
        }
        catch (JsonException exception)
        {
            throw new ExpectedException(ExitCode.Usage, $"{name} cannot be read: {FirstSentence(exception.Message)}", remedy, exception);
        }
    }

    private static T Valid<T>(string name, string remedy, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InvalidDataException invalid)
        {
            throw new ExpectedException(ExitCode.Usage, $"{name} cannot be used: {invalid.Message}", remedy, invalid);
        }
    }

    private static bool Begins(ReadOnlySpan<byte> start, string kind)
    {
        start = start[..Math.Min(start.Length, 64)];
        return start.IndexOf(System.Text.Encoding.ASCII.GetBytes($"\"{kind}\"")) is > 0;
    }

    private static string FirstSentence(string message) => message.Split(['\n', '\r'])[0].Split(". ")[0];
}
