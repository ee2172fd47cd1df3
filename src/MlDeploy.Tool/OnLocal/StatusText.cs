using System.Globalization;
using MlDeploy.Core.Model.Distances;
using MlDeploy.Core.Rollout;
using MlDeploy.Local.Control;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnLocal;

/// <summary>`status` for readers.</summary>
internal static class StatusText
{
    public static void Write(IReadOnlyCollection<ApplicationStatus> applications, TextWriter text, Palette palette, TimeProvider clock)
    {
        if (applications.Count == 0)
        {
            text.WriteLine("nothing is deployed on the local target");
        }

        foreach (var application in applications)
        {
            var listening = application.Listening ? $"http://{application.Listen}" : palette.Paint(Tone.Bad, "not listening: its address is taken");
            text.WriteLine($"{palette.Paint(Tone.Strong, application.Name)}  {listening}  {Availability(application.Availability)}");
            var table = new Table("version", "role", ">weight", "health", ">process", ">port", ">restarts", ">since");
            foreach (var version in application.Versions)
            {
                table.Add(
                    version.Id,
                    version.Role,
                    version.Role == "previous" ? null : Words.Percent(version.Weight),
                    new Cell(version.Health, version.Health switch { "healthy" => Tone.Good, "stopped" or "starting" => Tone.Quiet, _ => Tone.Bad }),
                    Number(version.ProcessId),
                    Number(version.Port),
                    version.Role == "previous" ? null : Number(version.Restarts),
                    version.Since is { } since ? Words.Of(clock.GetUtcNow() - since) : null);
            }

            table.Write(text, palette);
            foreach (var version in application.Versions.Where(version => version.Reason is not null))
            {
                text.WriteLine($"{version.Id}: {version.Reason}");
            }

            if (application.Model is { } model)
            {
                text.WriteLine(Model(model, clock));
            }

            if (application.Deployment is { } deployment)
            {
                text.WriteLine(
                    $"deployment {deployment.Number}: {deployment.Candidate} {deployment.Phase}, step {deployment.Step} of {deployment.Steps} at {Words.Percent(deployment.Weight)}, "
                    + $"begun {Words.Of(clock.GetUtcNow() - deployment.Since)} ago by {deployment.Holder}{(deployment.RunUrl is { } url ? $" ({url})" : "")}");
            }
        }
    }

    private static string Availability(Availability? availability) => availability is not { Share: { } share }
        ? "no requests yet"
        : string.Create(CultureInfo.InvariantCulture, $"availability {share * 100:0.####} % ({availability.Successes} of {availability.Requests} requests since {availability.Since:yyyy-MM-dd HH:mm} UTC)");

    private static string Model(ModelStatus model, TimeProvider clock)
    {
        var name = string.Join(' ', new[] { model.Name, model.Version }.Where(word => word is not null));
        var age = model.AgeSeconds is { } seconds ? $", {Words.Of(TimeSpan.FromSeconds(seconds))} old" : "";
        var captured = string.Create(CultureInfo.InvariantCulture, $"captured {model.Captured:N0} rows, {model.Dropped:N0} dropped, {model.Unparsable:N0} unparsable");
        return $"model {name}{age}: {captured}{Drift(model.Drift, clock)}";
    }

    private static string Drift(DriftLook? look, TimeProvider clock) => look is null ? ""
        : !look.IsJudged ? string.Create(CultureInfo.InvariantCulture, $"; drift: {look.Rows:N0} rows, too few to tell, {Words.Of(clock.GetUtcNow() - look.At)} ago")
        : string.Create(CultureInfo.InvariantCulture, $"; drift {look.Distance:0.###} ({look.Farthest}), limit {look.Max}, {Words.Of(clock.GetUtcNow() - look.At)} ago{(look.Beyond.IsEmpty ? "" : $"; BEYOND: {string.Join(", ", look.Beyond)}")}");

    private static string? Number(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
