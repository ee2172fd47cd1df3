using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Rollout;

namespace MlDeploy.Core.Report.Html;

/// <summary>
/// The report as one HTML file that needs nothing else: no network, no script (its own policy forbids both), light and dark, on paper too.
/// The same report always gives the same bytes.
/// </summary>
public static class HtmlReport
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string From(DeploymentReport report) => Markup.Of($"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="generator" content="mldeploy {report.ToolVersion}">
        <title>{report.Application}: deployment {report.Deployment} {Verdicts.Name(report.Outcome)}</title>
        <style>{Style.Sheet}</style>
        </head>
        <body>
        <main>
        {Head(report)}
        {EventsSection.Of(report)}
        {GatesSection.Of(report)}
        {FeaturesSection.Of(report.Features)}
        {EventsSection.Unjudged(report)}
        {Manifest(report.Manifest)}
        </main>
        <footer>mldeploy {report.ToolVersion}; made from the deployment’s journal</footer>
        </body>
        </html>

        """).ToString();

    private static Markup Head(DeploymentReport report) => Markup.Of($"""
        <header>
        <p class="what">{report.Application} · deployment {report.Deployment} {Badge.Of(report)}</p>
        <h1>{report.Verdict}</h1>
        {Unsound(report)}
        {(report.Reason?.Contains('\n', StringComparison.Ordinal) == true ? Markup.Of($"<pre>{report.Reason}</pre>") : Markup.None)}
        <dl>
        {Facts(report).Where(fact => !fact.Value.IsEmpty).Select(fact => Markup.Of($"<div><dt>{fact.Name}</dt><dd>{fact.Value}</dd></div>"))}
        </dl>
        </header>
        """);

    private static IEnumerable<(string Name, Markup Value)> Facts(DeploymentReport report)
    {
        yield return ("Candidate", Markup.Of($"<code>{report.Candidate}</code>"));
        yield return ("Stable", report.Stable is { } stable ? Markup.Of($"<code>{stable}</code>") : Markup.Of($"none: the first deployment"));
        yield return ("Model", Model(report.Model));
        yield return ("Began", Markup.Of($"{Time(report.StartedAt)} UTC"));
        yield return ("Took", Markup.Of($"{(report.EndedAt is { } ended ? Words.Of(ended - report.StartedAt) : "still running")}"));
        yield return ("Deployed by", report.RunUrl is { } url ? Markup.Of($"{report.Holder} · {Link(url)}") : Markup.Of($"{report.Holder}"));
        yield return ("Exit code", report.ExitCode is { } exit ? Markup.Of($"{(int)exit}: {Meaning(exit)}") : Markup.None);
    }

    private static Markup Model(ModelReport? model) => model is null ? Markup.None : Markup.Of(
        $"{string.Join(", ", new[] { model.Name, model.Version is { } version ? $"version {version}" : null, model.TrainedAt is { } trained ? $"trained {Time(trained)} UTC" : null, model.Profile is { } profile ? $"profile {profile}" : null }.OfType<string>())}");

    private static Markup Unsound(DeploymentReport report) => report.Discrepancies.IsEmpty ? Markup.None : Markup.Of($"""
        <div class="alert" role="alert"><p>Replaying the journal does not give what is written in it: it was changed, or judged by another version of mldeploy.</p><ul>{report.Discrepancies.Take(20).Select(line => Markup.Of($"<li>{line}</li>"))}</ul></div>
        """);

    /// <summary>A link where the text is a web address, else text.</summary>
    private static Markup Link(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
        ? Markup.Of($"""<a href="{address.AbsoluteUri}" rel="noopener noreferrer">the run</a>""")
        : Markup.Of($"{url}");

    private static Markup Manifest(ManifestReport manifest) => Markup.Of($"""
        <section aria-labelledby="manifest">
        <h2 id="manifest">What was asked for</h2>
        <dl>
        <div><dt>Manifest</dt><dd><code>sha256:{manifest.Digest}</code></dd></div>
        {(manifest.Image is { } image ? Markup.Of($"<div><dt>Image</dt><dd><code>{image}</code></dd></div>") : Markup.None)}
        {(manifest.Command.IsDefaultOrEmpty ? Markup.None : Markup.Of($"<div><dt>Command</dt><dd><code>{string.Join(' ', manifest.Command)}</code></dd></div>"))}
        </dl>
        {(manifest.Settings is { } settings ? Markup.Of($"<details><summary>The whole manifest, defaults included</summary><pre>{Readable(settings)}</pre></details>") : Markup.None)}
        </section>
        """);

    private static string Readable(JsonElement settings)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            settings.WriteTo(writer);
        }

        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Meaning(ExitCode exit) => ExitCodes.All.FirstOrDefault(entry => entry.Code == exit).Meaning ?? "";
}
