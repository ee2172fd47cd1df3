using System.Text.Json.Nodes;
using System.Xml.Linq;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.Specs.Aws.Twin.CloudFormation;

/// <summary>
/// Stacks of the running twin by plain calls, for what only prepares or waits: `aws cloudformation wait` asks every 30 real
/// seconds, in which the twin's clock goes on by half an hour.
/// </summary>
internal sealed class StackDriver(RunningTwin twin)
{
    public Task<XElement> CallAsync(string action, JsonObject input) => twin.QueryAsync("cloudformation", action, input.ToJsonString());

    public Task CreateAsync(string name, string template, params (string Name, JsonNode Value)[] more) => CallAsync("CreateStack", Input(name, template, more));

    public Task UpdateAsync(string name, string template, params (string Name, JsonNode Value)[] more) => CallAsync("UpdateStack", Input(name, template, more));

    public Task DeleteAsync(string name) => CallAsync("DeleteStack", new JsonObject { ["StackName"] = name });

    /// <summary>The state a stack rests in, once nothing is in progress.</summary>
    public async Task<string> RestsAsync(string nameOrId)
    {
        var status = "";
        await RunningTwin.BecomesAsync(async () =>
        {
            status = await StatusAsync(nameOrId);
            return status == "REVIEW_IN_PROGRESS" || !status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal);
        }, $"stack {nameOrId} rests (it is {status})", seconds: 90);
        return status;
    }

    public async Task<string> StatusAsync(string nameOrId) => (await StackAsync(nameOrId)).Element("StackStatus")!.Value;

    public async Task<XElement> StackAsync(string nameOrId) =>
        (await CallAsync("DescribeStacks", new JsonObject { ["StackName"] = nameOrId })).Descendants("Stacks").Single().Element("member")!;

    public async Task<string> IdAsync(string name) => (await StackAsync(name)).Element("StackId")!.Value;

    /// <summary>`LOGICALID STATUS` of all events, oldest first.</summary>
    public async Task<List<string>> EventsAsync(string nameOrId) =>
        [.. (await EventElementsAsync(nameOrId)).Select(one => $"{one.Element("LogicalResourceId")!.Value} {one.Element("ResourceStatus")!.Value}")];

    /// <summary>Why the resource failed, or the stack was rolled back.</summary>
    public async Task<string> ReasonAsync(string nameOrId, string logicalId, string status) =>
        (await EventElementsAsync(nameOrId)).Last(one => one.Element("LogicalResourceId")!.Value == logicalId && one.Element("ResourceStatus")!.Value == status)
            .Element("ResourceStatusReason")?.Value ?? "";

    public async Task<string> PhysicalAsync(string name, string logicalId) =>
        (await CallAsync("DescribeStackResource", new JsonObject { ["StackName"] = name, ["LogicalResourceId"] = logicalId })).Descendants("PhysicalResourceId").First().Value;

    /// <summary>The error that a call must end with.</summary>
    public static async Task<AwsError> RefusedAsync(Func<Task> call) => await Assert.ThrowsAsync<AwsError>(call);

    /// <summary>A change set that has been worked out.</summary>
    public async Task<XElement> ChangeSetAsync(string stack, string name, string template, string type = "UPDATE")
    {
        var input = Input(stack, template, [("ChangeSetName", name), ("ChangeSetType", type)]);
        await CallAsync("CreateChangeSet", input);
        XElement? set = null;
        await RunningTwin.BecomesAsync(async () =>
        {
            set = await CallAsync("DescribeChangeSet", new JsonObject { ["StackName"] = stack, ["ChangeSetName"] = name, ["IncludePropertyValues"] = true });
            return set.Descendants("Status").First().Value is "CREATE_COMPLETE" or "FAILED";
        }, $"change set {name} of {stack}");
        return set!;
    }

    private async Task<IEnumerable<XElement>> EventElementsAsync(string nameOrId)
    {
        var events = new List<XElement>();
        string? next = null;
        do
        {
            var input = new JsonObject { ["StackName"] = nameOrId };
            if (next is not null)
            {
                input["NextToken"] = next;
            }

            var page = await CallAsync("DescribeStackEvents", input);
            events.AddRange(page.Descendants("StackEvents").Single().Elements("member"));
            next = page.Descendants("NextToken").FirstOrDefault()?.Value;
        }
        while (next is not null);
        events.Reverse();
        return events;
    }

    private static JsonObject Input(string name, string template, (string Name, JsonNode Value)[] more)
    {
        var input = new JsonObject { ["StackName"] = name, ["TemplateBody"] = template, ["Capabilities"] = new JsonArray("CAPABILITY_NAMED_IAM") };
        foreach (var (field, value) in more)
        {
            input[field] = value;
        }

        return input;
    }
}
