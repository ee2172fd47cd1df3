using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Versions;

/// <summary>Which version is stable and which came before: the application's record, and what may be removed because of it.</summary>
internal sealed class ReleaseRecord(string name, ApplicationPaths paths, VersionStore versions)
{
    /// <summary>Versions kept for `rollback` besides the one that serves.</summary>
    private const int PreviousKept = 5;

    private ApplicationRecord record = PrivateFiles.Read(paths.Record, StateJson.Default.ApplicationRecord) ?? ApplicationRecord.New(name);

    public string? Stable => record.Stable;

    public ImmutableArray<string> Previous => record.Previous;

    /// <summary>0 before the first.</summary>
    public int LastDeployment => record.LastDeployment;

    public void Begun(int deployment) => Save(record with { LastDeployment = deployment });

    /// <summary>Repeating it changes nothing.</summary>
    public void Promoted(string version)
    {
        if (record.Stable == version)
        {
            return;
        }

        var previous = record.Previous.Where(id => id != version && id != record.Stable);
        Save(record with { Stable = version, Previous = [.. record.Stable is { } old ? previous.Prepend(old).Take(PreviousKept) : previous] });
    }

    /// <summary>The application is gone.</summary>
    public void Forget() => record = ApplicationRecord.New(name);

    /// <summary>Removes versions that neither serve nor are kept for a rollback.</summary>
    public void Prune() => versions.Keep(record.Previous.Append(record.Stable).OfType<string>().ToHashSet(StringComparer.Ordinal));

    /// <summary>The version a rollback goes back to.</summary>
    /// <param name="wanted">A label or an id; null for the one that served before.</param>
    /// <exception cref="ExpectedException">There is no such version.</exception>
    public string FindPrevious(string? wanted)
    {
        if (wanted is null)
        {
            return record.Previous is [var newest, ..] ? newest : throw NoSuchVersion("no version served before the present one");
        }

        return record.Previous.FirstOrDefault(id => Is(id, wanted))
            ?? throw NoSuchVersion(record.Stable is { } stable && Is(stable, wanted) ? $"{wanted} serves already" : $"there is no version {wanted} to go back to");
    }

    private bool Is(string id, string wanted) => id == wanted || versions.TryRead(id)?.Record.Label == wanted;

    private ExpectedException NoSuchVersion(string message) => new(
        ExitCode.Usage, message, record.Previous.IsEmpty ? "deploy the version you want" : $"choose one of {string.Join(", ", record.Previous)}, or deploy the version you want");

    private void Save(ApplicationRecord changed)
    {
        PrivateFiles.Replace(paths.Record, changed, StateJson.Default.ApplicationRecord);
        record = changed;
    }
}
