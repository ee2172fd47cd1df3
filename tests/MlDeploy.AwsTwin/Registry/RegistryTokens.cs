using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Registry;

/// <summary>
/// ECR's GetAuthorizationToken: moto's is long expired and names an endpoint that is not ours. A repository keeps the URI that it
/// would have on AWS; the token's `proxyEndpoint` says where that registry listens here.
/// </summary>
internal sealed class RegistryTokens(TwinContext context) : ITwinService
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private readonly ConcurrentDictionary<string, (string Region, DateTimeOffset Ends)> issued = new();

    public string SigningName => "ecr";

    public bool Owns(string action) => action == "GetAuthorizationToken";

    public Task<TwinReply> AnswerAsync(TwinRequest request, CancellationToken cancel)
    {
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        var ends = context.Clock.GetUtcNow() + Lifetime;
        issued[password] = (request.Region, ends);
        return Task.FromResult(TwinReply.Of(new JsonObject
        {
            ["authorizationData"] = new JsonArray(new JsonObject
            {
                ["authorizationToken"] = Convert.ToBase64String(Encoding.ASCII.GetBytes($"AWS:{password}")),
                ["expiresAt"] = JsonValue.Create(ends),
                ["proxyEndpoint"] = context.Endpoint.GetLeftPart(UriPartial.Authority),
            }),
        }));
    }

    /// <returns>The region that the token of this header is for; null when it is none of ours, or has ended.</returns>
    public string? RegionOf(string authorization)
    {
        if (!authorization.StartsWith("Basic ", StringComparison.Ordinal))
        {
            return null;
        }

        var decoded = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization["Basic ".Length..], decoded, out var length))
        {
            return null;
        }

        var pair = Encoding.ASCII.GetString(decoded, 0, length).Split(':', 2);
        return pair is ["AWS", var password] && issued.TryGetValue(password, out var token) && token.Ends > context.Clock.GetUtcNow() ? token.Region : null;
    }
}
