using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.SageMaker;

/// <summary>Notebook instances of one region: Pending → InService ⇄ Stopping → Stopped → Deleting, minutes apart on the twin's clock.</summary>
internal sealed class Notebooks(TwinContext twin, string region)
{
    private static readonly TimeSpan Starting = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Stopping = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Changing = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, Notebook> notebooks = new();

    public IEnumerable<Notebook> All => notebooks.Values.OrderBy(one => one.Name, StringComparer.Ordinal);

    public JsonObject Create(JsonObject input)
    {
        var name = input.Required("NotebookInstanceName");
        if (notebooks.ContainsKey(name))
        {
            throw new AwsError("ValidationException", $"Cannot create a duplicate Notebook Instance ({Arn(name)})");
        }

        if (input.Text("DirectInternetAccess") == "Disabled" && input.Text("SubnetId") is null)
        {
            throw new AwsError("ValidationException", "You must specify a subnet when DirectInternetAccess is Disabled");
        }

        input.Required("InstanceType");
        input.Required("RoleArn");
        var notebook = new Notebook(name, Arn(name), (JsonObject)input.DeepClone(), "Pending", Now, Now);
        notebooks[name] = notebook;
        Later(name, Starting, "Pending", "InService");
        return new JsonObject { ["NotebookInstanceArn"] = notebook.Arn };
    }

    public JsonObject Describe(string name)
    {
        var notebook = Get(name);
        var shown = (JsonObject)notebook.Settings.DeepClone();
        shown.Remove("Tags");
        if (shown["SecurityGroupIds"] is { } groups)
        {
            shown.Remove("SecurityGroupIds");
            shown["SecurityGroups"] = groups;
        }

        if (shown["LifecycleConfigName"] is { } lifecycle)
        {
            shown.Remove("LifecycleConfigName");
            shown["NotebookInstanceLifecycleConfigName"] = lifecycle;
        }

        shown["NotebookInstanceArn"] = notebook.Arn;
        shown["NotebookInstanceStatus"] = notebook.Status;
        shown["Url"] = notebook.Status == "InService" ? notebook.Url(region) : null;
        shown["CreationTime"] = JsonValue.Create(notebook.Created);
        shown["LastModifiedTime"] = JsonValue.Create(notebook.Modified);
        shown["DirectInternetAccess"] ??= "Enabled";
        shown["RootAccess"] ??= "Enabled";
        shown["VolumeSizeInGB"] ??= 5;
        return shown;
    }

    public JsonObject List(JsonObject input) => new()
    {
        ["NotebookInstances"] = new JsonArray([.. All
            .Where(one => input.Text("NameContains") is not { } part || one.Name.Contains(part, StringComparison.OrdinalIgnoreCase))
            .Where(one => input.Text("StatusEquals") is not { } status || one.Status == status)
            .Select(one => (JsonNode?)new JsonObject
            {
                ["NotebookInstanceName"] = one.Name,
                ["NotebookInstanceArn"] = one.Arn,
                ["NotebookInstanceStatus"] = one.Status,
                ["Url"] = one.Url(region),
                ["InstanceType"] = one.Settings.Text("InstanceType"),
                ["CreationTime"] = JsonValue.Create(one.Created),
                ["LastModifiedTime"] = JsonValue.Create(one.Modified),
            })]),
    };

    public JsonObject Start(string name)
    {
        Move(name, ["Stopped", "Failed"], "Pending", "StartNotebookInstance");
        Later(name, Starting, "Pending", "InService");
        return [];
    }

    public JsonObject Stop(string name)
    {
        Move(name, ["InService"], "Stopping", "StopNotebookInstance");
        Later(name, Stopping, "Stopping", "Stopped");
        return [];
    }

    public JsonObject Update(JsonObject input)
    {
        var name = input.Required("NotebookInstanceName");
        Move(name, ["Stopped", "Failed"], "Updating", "UpdateNotebookInstance");
        var notebook = Get(name);
        var settings = (JsonObject)notebook.Settings.DeepClone();
        foreach (var (field, value) in input.Where(field => !field.Key.StartsWith("Disassociate", StringComparison.Ordinal)))
        {
            settings[field] = value?.DeepClone();
        }

        if (input.Flag("DisassociateLifecycleConfig") == true)
        {
            settings.Remove("LifecycleConfigName");
        }

        notebooks[name] = notebook with { Settings = settings };
        Later(name, Changing, "Updating", "Stopped");
        return [];
    }

    public JsonObject Delete(string name)
    {
        Move(name, ["Stopped", "Failed"], "Deleting", "DeleteNotebookInstance");
        Later(name, Changing, "Deleting", null);
        return [];
    }

    public JsonObject Presign(JsonObject input)
    {
        var notebook = Get(input.Required("NotebookInstanceName"));
        return notebook.Status == "InService"
            ? new JsonObject { ["AuthorizedUrl"] = $"{new Uri(twin.Endpoint, $"/_twin/notebook/{region}/{notebook.Name}")}?authToken={Guid.NewGuid():N}" }
            : throw new AwsError("ValidationException", $"Notebook instance {notebook.Arn} is not InService (it is {notebook.Status})");
    }

    public Notebook? Find(string name) => notebooks.GetValueOrDefault(name);

    private DateTimeOffset Now => twin.Clock.GetUtcNow();

    private string Arn(string name) => $"arn:{TwinAccount.Partition}:sagemaker:{region}:{TwinAccount.Id}:notebook-instance/{name.ToLowerInvariant()}";

    private Notebook Get(string name) => Find(name) ?? throw new AwsError("ValidationException", "RecordNotFound");

    private void Move(string name, string[] from, string to, string action)
    {
        var notebook = Get(name);
        if (!from.Contains(notebook.Status))
        {
            throw new AwsError("ValidationException", $"Status ({notebook.Status}) not in ([{string.Join(", ", from)}]). Unable to transition to ({to}) for Notebook Instance ({notebook.Arn}). ({action})");
        }

        notebooks[name] = notebook with { Status = to, Modified = Now };
    }

    /// <param name="to">Null to be gone.</param>
    private void Later(string name, TimeSpan after, string from, string? to) => _ = Task.Run(async () =>
    {
        await Task.Delay(after, twin.Clock, twin.Ending);
        if (notebooks.TryGetValue(name, out var notebook) && notebook.Status == from)
        {
            if (to is null)
            {
                notebooks.TryRemove(name, out _);
            }
            else
            {
                notebooks[name] = notebook with { Status = to, Modified = Now };
            }
        }
    }, CancellationToken.None);
}
