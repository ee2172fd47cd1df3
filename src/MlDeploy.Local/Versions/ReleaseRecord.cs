using System.Collections.Immutable;
using MlDeploy.Core.Errors;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.State;

namespace MlDeploy.Local.Versions;

/// <summary>Which version is stable and which came before: the application's record, and what may be removed because of it.</summary>
internal sealed class ReleaseRecord(string name, ApplicationPaths paths, VersionStore versions, HostLog log)
{
    /// <summary>Versions kept for `rollback` besides the one that serves.</summary>
    private const int PreviousKept = 5;

    private ApplicationRecord record = PrivateFiles.Read(paths.Record, StateJson.Default.ApplicationRecord) ?? ApplicationRecord.New(name);

    public string? Stable => record.Stable;

    public ImmutableArray<string> Previous => record.Previous;

    /// <summary>0 before the first.</summary>
    public int LastDeployment => record.LastDeployment;

    public void Begun(int deployment) => Save(record with { LastDeployment = deployment });

    /// <summary>
    /// Repeating it changes nothing. A record that cannot be written is told and no failure: the journal has the promotion already,
    /// recovery reads it from there, and the next deployment writes the record whole.
    /// </summary>
    public void Promoted(string version)
    {
        if (record.Stable == version)
        {
            return;
        }

        var previous = record.Previous.Where(id => id != version && id != record.Stable);
        record = record with { Stable = version, Previous = [.. record.Stable is { } old ? previous.Prepend(old).Take(PreviousKept) : previous] };
        try
        {
            Save(record);
        }
        catch (ExpectedException failure)
        {
            log.Write(failure.Message);
        }
    }

    /// <summary>The application is gone.</summary>
    public void Forget() => record = ApplicationRecord.New(name);

    /// <summary>Removes versions that neither run nor are kept for a rollback.</summary>
    /// <param name="running">Whatever the record says: what runs needs its files.</param>
    public void Prune(IEnumerable<string> running) =>
        versions.Keep(record.Previous.Append(record.Stable).OfType<string>().Concat(running).ToHashSet(StringComparer.Ordinal));

    /// <summary>The version a rollback goes back to.</summary>
    /// <param name="wanted">A label or an id; null for the one that served before.</param>
    /// <param name="leftover">A candidate that an unsafe end left serving: it can be chosen too.</param>
    /// <exception cref="ExpectedException">There is no such version.</exception>
    public string FindPrevious(string? wanted, string? leftover)
    {
        if (wanted is null)
        {
            return record.Previous is [var newest, ..] ? newest : throw NoSuchVersion("no version served before the present one");
        }

        return (leftover is null ? record.Previous : record.Previous.Add(leftover)).FirstOrDefault(id => Is(id, wanted))
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
