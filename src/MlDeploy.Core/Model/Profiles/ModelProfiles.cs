using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Sketches;

namespace MlDeploy.Core.Model.Profiles;

/// <summary>A profile and the bytes it was read from, which are kept with the version.</summary>
public sealed record ProfileFile(ModelProfile Profile, byte[] Bytes, string Name);

/// <summary>Profiles as files.</summary>
public static class ModelProfiles
{
    /// <summary>The profile that a manifest names; null when it names none.</summary>
    /// <exception cref="ExpectedException">Exit 3: there is no such file, or it is no profile.</exception>
    public static ProfileFile? Read(AppManifest manifest) => manifest.Model?.Profile is { } path ? Read(path, "model.profile", ExitCode.Usage) : null;

    /// <exception cref="ExpectedException">It cannot be read, or is no profile.</exception>
    public static ProfileFile Read(string path, string setting, ExitCode exit)
    {
        try
        {
            var file = new FileInfo(path);
            if (file.Exists && file.Length > SketchBinary.MostBytes)
            {
                throw new ExpectedException(exit, $"{setting}: {path} is larger than {SketchBinary.MostBytes >> 20} MiB: it is no profile", "name a file that `mldeploy profile create` has written");
            }

            var bytes = File.ReadAllBytes(path);
            return new ProfileFile(ModelFiles.ReadProfile(bytes, path), bytes, Path.GetFileName(path));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ExpectedException(exit, $"{setting}: {path} cannot be read: {failure.Message}", "make it with `mldeploy profile create DATA --out FILE`, or correct the path", failure);
        }
    }
}
