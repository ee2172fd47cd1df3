using System.Globalization;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Report.Html;
using MlDeploy.Local.Control;

namespace MlDeploy.Local.Dashboard.Page;

/// <summary>One application: how it does, what is under way, its versions, its model's inputs, what was deployed.</summary>
internal static class ApplicationSection
{
    public static Markup Of(ApplicationView application, DateTimeOffset now) => Markup.Of($"""
        <section id="{application.Name}" aria-label="{application.Name}">
        <h2>{application.Name}{State(application)}</h2>
        {(application.Problem is { } problem ? Markup.Of($"""<p class="alert" role="alert">{problem}</p>""") : Markup.None)}
        {(application.Status is { } status ? Facts(application, status) : Markup.None)}
        {(application.Rollout is { } rollout ? RolloutSection.Of(rollout) : Markup.None)}
        {(application.Status is { } known ? VersionsTable.Of(application, known) : Markup.None)}
        {application.Inputs.Select(inputs => InputsSection.Of(inputs, application, now))}
        {DeploymentsTable.Of(application)}
        </section>

        """);

    private static Markup State(ApplicationView application) =>
        Headline.NeedsALook(application) ? Badge.Of("bad", "needs a look")
        : application.Rollout is { } rollout ? Badge.Of(rollout.Phase is "rolling back" ? "bad" : "warn", rollout.Phase)
        : Badge.Of("good", "serves");

    private static Markup Facts(ApplicationView application, ApplicationStatus status)
    {
        var stable = application.Arms.FirstOrDefault(arm => arm.Role == "stable");
        return Markup.Of($"""
            <dl class="facts">
            {Fact("Availability", Show.Availability(status.Availability), Of(status.Availability))}
            {Fact("Requests a second", Show.Rate(application.Arms.Any(arm => arm.Recent is not null) ? application.Arms.Sum(arm => arm.Recent?.RequestsPerSecond ?? 0) : null), status.Listening ? $"at http://{status.Listen}" : "its address is taken: it does not listen")}
            {Fact("Version", stable is null ? "none" : status.Versions.First(version => version.Id == stable.Version).Label, stable is null ? "nothing serves yet" : $"first deployed {Show.Age(stable.AgeSeconds)} ago")}
            {(status.Model is { } model ? Fact("Model", string.Join(' ', new[] { model.Name, model.Version }.Where(word => word is not null)) is { Length: > 0 } name ? name : "unnamed", model.AgeSeconds is { } age ? $"trained {Show.Age(age)} ago" : "model.trainedAt does not say how old") : Markup.None)}
            </dl>
            """);
    }

    private static Markup Fact(string name, string value, string more) => Markup.Of($"""<div><dt>{name}</dt><dd>{value}</dd><dd class="quiet">{more}</dd></div>""");

    private static string Of(Availability? availability) => availability is { Requests: > 0 } known
        ? string.Create(CultureInfo.InvariantCulture, $"{MetricText.Count(known.Successes)} of {MetricText.Count(known.Requests)} requests since {known.Since.UtcDateTime:yyyy-MM-dd HH:mm} UTC") : "no requests yet";
}
