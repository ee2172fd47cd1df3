using System.Security.Cryptography;
using System.Text;
using MlDeploy.Core.Report.Html;

namespace MlDeploy.Local.Dashboard.Page;

/// <summary>
/// The page: complete as it is sent, and kept up to date by its own script, which asks for <see cref="Main"/> again and changes what has changed.
/// Everything filled in is escaped by <see cref="Markup"/>; the policy lets in this style and this script alone, by their digests.
/// </summary>
internal static class DashboardPage
{
    /// <summary>The header `Content-Security-Policy`.</summary>
    public static string Policy { get; } =
        $"default-src 'none'; style-src {Digest(Sheet)}; script-src {Digest(PageScript.Text)}; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static Markup Sheet => Markup.Join([Style.Sheet, PageStyle.Sheet]);

    public static string From(DashboardView view) => Markup.Of($"""
        <!doctype html>
        <html lang="en" data-version="{view.ToolVersion}">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>{Headline.Of(view)}</title>
        <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M1 12 6 7l3 3 6-7' fill='none' stroke='%23b45309' stroke-width='2.4'/%3E%3C/svg%3E">
        <style>{Sheet}</style>
        <noscript><meta http-equiv="refresh" content="10"></noscript>
        </head>
        <body>
        <p class="lost" role="status" hidden></p>
        <main>{Main(view)}</main>
        <footer>mldeploy {view.ToolVersion} · the local target’s host · rates and latencies are of the last minute</footer>
        <script>{PageScript.Text}</script>
        </body>
        </html>

        """).ToString();

    /// <summary>What changes from moment to moment.</summary>
    public static Markup Main(DashboardView view) => Markup.Of($"""

        <header>
        <p class="what">mldeploy on this machine · as of {Show.Time(view.At)} UTC</p>
        <h1>{Headline.Of(view)}</h1>
        {Contents(view)}</header>
        {(view.Applications.IsEmpty ? Show.Note("`mldeploy deploy` brings the first version.") : Markup.None)}
        {view.Applications.Select(application => ApplicationSection.Of(application, view.At))}
        """);

    private static Markup Contents(DashboardView view) => view.Applications.Length < 2 ? Markup.None : Markup.Of($"""
        <nav aria-label="Applications">{view.Applications.Select(application => Markup.Of($"""<a href="#{application.Name}">{application.Name}</a> """))}</nav>
        """);

    private static string Digest(Markup inline) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(inline.ToString().ReplaceLineEndings("\n"))))}'";
}
