using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace MlDeploy.Specs.Aws.Peers;

/// <summary>
/// What stands in a moto account before our clients come: made by plain requests, since the product creates none of it
/// by direct calls. Used before signatures are checked.
/// </summary>
internal sealed class MotoAccount(Uri endpoint) : IDisposable
{
    private readonly HttpClient http = new();

    public async Task<string> QueryAsync(string service, string version, params (string Name, string Value)[] fields)
    {
        using var request = Request(service);
        request.Content = new FormUrlEncodedContent([new("Version", version), .. fields.Select(field => KeyValuePair.Create(field.Name, field.Value))]);
        return await SendAsync(request);
    }

    public async Task<string> JsonAsync(string service, string target, string body)
    {
        using var request = Request(service);
        request.Headers.Add("X-Amz-Target", target);
        request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/x-amz-json-1.1"));
        return await SendAsync(request);
    }

    /// <summary>A user with one inline policy, and a key of it.</summary>
    public async Task<(string KeyId, string Secret)> UserAsync(string name, string policy)
    {
        await QueryAsync("iam", "2010-05-08", ("Action", "CreateUser"), ("UserName", name));
        await QueryAsync("iam", "2010-05-08", ("Action", "PutUserPolicy"), ("UserName", name), ("PolicyName", "inline"), ("PolicyDocument", policy));
        var key = await QueryAsync("iam", "2010-05-08", ("Action", "CreateAccessKey"), ("UserName", name));
        return (Between(key, "AccessKeyId"), Between(key, "SecretAccessKey"));
    }

    public static string Between(string xml, string element) => Regex.Match(xml, $"<{element}>(?<it>[^<]*)</{element}>").Groups["it"].Value;

    public void Dispose() => http.Dispose();

    private HttpRequestMessage Request(string service)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=x/20261121/eu-central-1/{service}/aws4_request, SignedHeaders=host, Signature=x");
        return request;
    }

    private async Task<string> SendAsync(HttpRequestMessage request)
    {
        using var answer = await http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? body : throw new InvalidOperationException(body);
    }
}
