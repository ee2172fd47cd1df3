using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using MlDeploy.Local.Dashboard.Page;

namespace MlDeploy.Local.Dashboard;

/// <summary>
/// Which request gets what: the page, its document, and reports by deployment. Only GET and HEAD, only under the key, only when asked for by a name of this
/// machine: a page elsewhere whose name was pointed here (DNS rebinding) is refused. No text of a request ever becomes part of a path on disk.
/// </summary>
/// <param name="key">First part of every path: whoever may read the host's state knows it, other users of the machine do not.</param>
/// <param name="report">The file of a deployment's report; null when there is none.</param>
internal sealed class DashboardSite(string key, Func<CancellationToken, Task<RenderedDashboard>> read, Func<string, int, string?> report)
{
    private const string Html = "text/html; charset=utf-8";
    private const string Text = "text/plain; charset=utf-8";

    /// <summary>A report is a file of its own with an inline style, no script, and the same policy inside.</summary>
    private const string ReportPolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Any port: one that was forwarded (`ssh -L`) is another one here. A foreign page cannot have these names.</summary>
    private static readonly string[] OwnNames = ["127.0.0.1", "localhost", "[::1]"];

    public async Task AnswerAsync(HttpContext context)
    {
        Protect(context.Response.Headers);
        if (!OwnNames.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase))
        {
            await SayAsync(context, StatusCodes.Status421MisdirectedRequest, "This address answers to 127.0.0.1 and localhost only.");
        }
        else if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            await SayAsync(context, StatusCodes.Status405MethodNotAllowed, "The dashboard only shows.");
        }
        else
        {
            await FindAsync(context, (context.Request.Path.Value ?? "").Split('/'));
        }
    }

    private async Task FindAsync(HttpContext context, string[] path)
    {
        if (path is not ["", var given, ..] || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(key)))
        {
            await SayAsync(context, StatusCodes.Status404NotFound, "There is nothing here. `mldeploy dashboard` prints the dashboard's address.");
            return;
        }

        switch (path)
        {
            case [_, _]:
                context.Response.Redirect($"/{key}/", permanent: false);
                break;
            case [_, _, ""]:
                await SendAsync(context, Html, (await read(context.RequestAborted)).Page);
                break;
            case [_, _, "dashboard.json"]:
                await SendAsync(context, "application/json", (await read(context.RequestAborted)).Json);
                break;
            case [_, _, var application, "deployments", var written] when int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && report(application, number) is { } file:
                await SendReportAsync(context, file);
                break;
            default:
                await SayAsync(context, StatusCodes.Status404NotFound, "There is no such page, or the deployment has no report yet.");
                break;
        }
    }

    private static async Task SendReportAsync(HttpContext context, string file)
    {
        byte[] page;
        try
        {
            page = await File.ReadAllBytesAsync(file, context.RequestAborted);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            await SayAsync(context, StatusCodes.Status404NotFound, "The report cannot be read.");
            return;
        }

        context.Response.Headers.ContentSecurityPolicy = ReportPolicy;
        await SendAsync(context, Html, page);
    }

    private static void Protect(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = DashboardPage.Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }

    private static Task SayAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        return SendAsync(context, Text, Encoding.UTF8.GetBytes(sentence + "\n"));
    }

    private static async Task SendAsync(HttpContext context, string type, byte[] content)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(content, context.RequestAborted);
        }
    }
}
