using System.Globalization;
using System.Text.Json.Serialization;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Rollout;
using MlDeploy.Local.Hosting;
using MlDeploy.Local.Notifications;
using MlDeploy.Local.State;
using MlDeploy.Local.Versions;

namespace MlDeploy.Local.Capture;

/// <summary>
/// Looks for drift between deployments, as `monitoring.drift` says: what stable was asked in the last window, beside its profile. Tells when more features
/// are beyond the limit than before, and when all are back; not every time. What was found last lies on disk, so a restart neither repeats nor postpones.
/// </summary>
internal sealed class DriftWatch(string application, ApplicationPaths paths, ModelCapture capture, HostEnvironment environment, Action<Notification> tell)
{
    private const int MostNamed = 5;

    private DriftLook? last = Read(paths, environment.Log);

    /// <summary>What the newest look found; null before the first.</summary>
    public DriftLook? Last => last;

    /// <summary>Looks when it is time; otherwise nothing. Called every few seconds.</summary>
    /// <param name="stable">Null when nothing serves.</param>
    public void Look(StoredVersion? stable)
    {
        var now = environment.Clock.GetUtcNow();
        if (stable?.Manifest.Monitoring.Drift is not { } settings || !IsDue(stable, settings, now) || capture.Reference(stable) is not { } reference)
        {
            return;
        }

        var before = last?.Version == stable.Id ? last : null;
        var look = DriftLook.Of(now, stable.Id, reference, capture.Between(stable.Id, now - settings.Window, DateTimeOffset.MaxValue), settings.Max);
        Keep(look);
        if (Told(stable, look, before, settings) is { } news)
        {
            environment.Log.Write(news.Text);
            tell(news);
        }
    }

    /// <summary>The first look at a version comes one `every` after it began to serve: an empty window says nothing.</summary>
    private bool IsDue(StoredVersion stable, DriftSettings settings, DateTimeOffset now) =>
        last is not { } known || known.Version != stable.Id ? now - stable.Record.CreatedAt >= settings.Every : now - known.At >= settings.Every || now < known.At;

    private Notification? Told(StoredVersion stable, DriftLook look, DriftLook? before, DriftSettings settings)
    {
        var known = before?.Beyond ?? [];
        if (!look.IsJudged)
        {
            return null;
        }

        if (look.Beyond.Except(known, StringComparer.Ordinal).Any())
        {
            var named = string.Join(", ", look.Beyond.Take(MostNamed)) + (look.Beyond.Length > MostNamed ? $" and {look.Beyond.Length - MostNamed} more" : "");
            var reason = string.Create(CultureInfo.InvariantCulture, $"{named} beyond {look.Max}{(look.Distance is { } distance ? $"; {look.Farthest} is farthest, at {distance:0.###}" : "")}");
            return News(stable, "drift", look, reason, $"drift in the last {Words.Of(settings.Window)}: {reason}, from {look.Rows.ToString("N0", CultureInfo.InvariantCulture)} rows beside the profile of {stable.Id}.");
        }

        return look.Beyond.IsEmpty && !known.IsEmpty
            ? News(stable, "drift ended", look, null, $"no feature is beyond {look.Max.ToString(CultureInfo.InvariantCulture)} any more ({string.Join(", ", known.Take(MostNamed))} was).")
            : null;
    }

    private Notification News(StoredVersion stable, string happened, DriftLook look, string? reason, string sentence) =>
        new($"{application}: {sentence}", happened, application, stable.Id, stable.Id, null, look.At, reason);

    private void Keep(DriftLook look)
    {
        last = look;
        try
        {
            PrivateFiles.Replace(paths.Drift, look, DriftJson.Default.DriftLook);
        }
        catch (ExpectedException failure)
        {
            environment.Log.Write(failure.Message);
        }
    }

    private static DriftLook? Read(ApplicationPaths paths, HostLog log)
    {
        try
        {
            return PrivateFiles.Read(paths.Drift, DriftJson.Default.DriftLook) is { Beyond.IsDefault: false } found ? found : null;
        }
        catch (ExpectedException damaged)
        {
            log.Write(damaged.Message);
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(DriftLook))]
internal sealed partial class DriftJson : JsonSerializerContext;
