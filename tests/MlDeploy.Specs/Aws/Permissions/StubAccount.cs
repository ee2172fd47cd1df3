using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MlDeploy.Specs.Aws.Permissions;

/// <summary>An account on loopback that says who is calling, what is used of its limits, and what its policies allow: what no stand-in simulates.</summary>
internal sealed class StubAccount : IAsyncDisposable
{
    private readonly WebApplication server;

    private StubAccount(WebApplication server) => this.server = server;

    public string Caller { get; init; } = "arn:aws:sts::123456789012:assumed-role/deployer/run";

    /// <summary>The decision on an action.</summary>
    public Func<string, string> Decide { get; init; } = _ => "allowed";

    /// <summary>Action → error code.</summary>
    public Dictionary<string, string> Refused { get; } = [];

    public int Addresses { get; init; }

    public Uri Endpoint => new(server.Urls.Single());

    public static async Task<StubAccount> StartAsync(Func<WebApplication, StubAccount>? make = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = builder.Build();
        var account = make is null ? new StubAccount(server) : make(server);
        server.Run(account.AnswerAsync);
        await server.StartAsync();
        return account;
    }

    public static StubAccount With(WebApplication server, string? caller = null, Func<string, string>? decide = null, int addresses = 0) => new(server)
    {
        Caller = caller ?? "arn:aws:sts::123456789012:assumed-role/deployer/run",
        Decide = decide ?? (_ => "allowed"),
        Addresses = addresses,
    };

    public async ValueTask DisposeAsync() => await server.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var form = http.Request.HasFormContentType ? await http.Request.ReadFormAsync() : FormCollection.Empty;
        var action = http.Request.Headers.TryGetValue("X-Amz-Target", out var target) ? target.ToString().Split('.')[1] : form["Action"].ToString();
        if (Refused.TryGetValue(action, out var code))
        {
            http.Response.StatusCode = 403;
            await http.Response.WriteAsync($"<ErrorResponse><Error><Code>{code}</Code><Message>User: {Caller} is not authorized to perform: iam:{action} on resource: *</Message></Error></ErrorResponse>");
            return;
        }

        await http.Response.WriteAsync(action switch
        {
            "GetCallerIdentity" => $"<R><GetCallerIdentityResult><Account>123456789012</Account><Arn>{Caller}</Arn></GetCallerIdentityResult></R>",
            "GetRole" => "<R><GetRoleResult><Role><RoleName>deployer</RoleName><Arn>arn:aws:iam::123456789012:role/ci/deployer</Arn></Role></GetRoleResult></R>",
            "GetServiceQuota" => """{"Quota":{"Value":5}}""",
            "DescribeAddresses" => $"<R><addressesSet>{string.Concat(Enumerable.Repeat("<item><publicIp>192.0.2.1</publicIp></item>", Addresses))}</addressesSet></R>",
            "DescribeVpcs" => "<R><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></R>",
            "DescribeLoadBalancers" => "<R><DescribeLoadBalancersResult><LoadBalancers/></DescribeLoadBalancersResult></R>",
            "SimulatePrincipalPolicy" => Simulated(form),
            _ => throw new InvalidOperationException($"nobody asked for {action}"),
        });
    }

    private string Simulated(IFormCollection form)
    {
        if (form["PolicySourceArn"] != "arn:aws:iam::123456789012:role/ci/deployer")
        {
            throw new InvalidOperationException($"{form["PolicySourceArn"]} is no principal here");
        }

        var results = form.Keys.Where(key => key.StartsWith("ActionNames.member.", StringComparison.Ordinal)).Select(key => form[key].ToString())
            .Select(name => $"<member><EvalActionName>{name}</EvalActionName><EvalResourceName>*</EvalResourceName><EvalDecision>{Decide(name)}</EvalDecision></member>");
        return $"<R><SimulatePrincipalPolicyResult><EvaluationResults>{string.Concat(results)}</EvaluationResults><IsTruncated>false</IsTruncated></SimulatePrincipalPolicyResult></R>";
    }
}
