using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Local.Dashboard.Page;

namespace MlDeploy.Local.Dashboard;

/// <summary>One moment as it is sent: the page, and the document that the page's script asks for.</summary>
internal sealed record RenderedDashboard(byte[] Page, byte[] Json)
{
    /// <summary>Quotes and angles stay readable: the document is never part of a page.</summary>
    private static readonly JsonSerializerOptions Readable = new(DashboardJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static RenderedDashboard Of(DashboardView view)
    {
        var document = JsonSerializer.SerializeToNode(view, DashboardJson.Default.DashboardView)!.AsObject();
        document.Insert(0, "schema", "mldeploy/dashboard-view/v1");
        document.Add("title", JsonValue.Create(Headline.Of(view)));
        document.Add("main", JsonValue.Create(DashboardPage.Main(view).ToString()));
        return new RenderedDashboard(Encoding.UTF8.GetBytes(DashboardPage.From(view)), Encoding.UTF8.GetBytes(document.ToJsonString(Readable)));
    }
}
