using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MlDeploy.Local.Gateway.Listening;

/// <param name="Setting">The manifest's path of it, for messages.</param>
/// <param name="Text">As it stands in the manifest.</param>
internal sealed record ListenRequest(string Setting, string Text, IPEndPoint Address, HttpProtocols Protocols)
{
    public static ListenRequest Of(string setting, string text, HttpProtocols protocols) =>
        new(setting, text, ListenAddress.Parse(text, setting), protocols);
}
