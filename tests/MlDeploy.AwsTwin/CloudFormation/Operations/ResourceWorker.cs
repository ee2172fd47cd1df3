using System.Collections.Immutable;
using System.Text.Json.Nodes;
using MlDeploy.AwsTwin.CloudFormation.Resources;
using MlDeploy.AwsTwin.CloudFormation.Schemas;
using MlDeploy.AwsTwin.CloudFormation.Stacks;
using MlDeploy.AwsTwin.CloudFormation.Templates;
using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.CloudFormation.Operations;

/// <summary>Makes, changes and removes one resource, telling each state as an event. Says false when it failed.</summary>
internal sealed class ResourceWorker(TwinContext twin, SchemaLibrary schemas, HandlerCatalog handlers, ResourceTimes times, StackStore store, Stack stack, TwinCaller call, string? token)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    /// <param name="verb">CREATE, or UPDATE when it replaces another.</param>
    public async Task<bool> CreateAsync(ResourceDeclaration declaration, StackDefinition definition, string verb, CancellationToken stop)
    {
        var blank = Blank(declaration, definition, $"{verb}_IN_PROGRESS");
        var current = blank;
        var replaced = verb == "UPDATE" ? stack.Find(declaration.LogicalId) : null;
        try
        {
            var schema = schemas.Find(declaration.Type)!;
            current = blank = blank with { Properties = schema.Coerce(StackEvaluation.Of(stack, definition, store).Properties(declaration)) };
            var reason = verb == "UPDATE" ? "Requested update requires the creation of a new physical resource; hence creating one." : null;
            stack.Put(blank with { Reason = reason, PhysicalId = replaced?.PhysicalId }, token);
            RefuseSameName(blank, replaced);
            if (Refusal(schema, blank) is { } refusal)
            {
                return Fail(blank, $"{verb}_FAILED", refusal);
            }

            var began = twin.Clock.GetTimestamp();
            void Announce(Made made)
            {
                var told = current.PhysicalId is not null;
                current = blank with { PhysicalId = made.PhysicalId, Attributes = made.Attributes, Reason = "Resource creation Initiated" };
                if (!told)
                {
                    stack.Put(current, token);
                }
            }

            var made = await Handler(declaration.Type).CreateAsync(Work(current, schema, Announce, stop), twin.Ending);
            Announce(made);
            await RestAsync(times.Of(declaration.Type), began, stop);
            stack.Put(current with { Status = $"{verb}_COMPLETE", Reason = null, Timestamp = Now }, token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return Fail(current, $"{verb}_FAILED", verb == "UPDATE" ? "Resource update cancelled" : "Resource creation cancelled");
        }
        catch (AwsError error)
        {
            return Fail(current, $"{verb}_FAILED", error.Code == "ValidationError" && error.Message.StartsWith("Template error", StringComparison.Ordinal) ? error.Message : HandlerReasons.Of(error, declaration.Type));
        }
        catch (Exception surprise) when (surprise is not OutOfMemoryException)
        {
            return Fail(current, $"{verb}_FAILED", $"Internal Failure: {surprise}");
        }
    }

    /// <summary>Brings the resource to <paramref name="target"/>'s properties; its attributes may come out new.</summary>
    public async Task<bool> UpdateAsync(StackResource from, StackResource target, bool isRollback, CancellationToken stop)
    {
        var working = target with { PhysicalId = from.PhysicalId, Attributes = from.Attributes, Status = "UPDATE_IN_PROGRESS", Reason = null, Timestamp = Now };
        try
        {
            stack.Put(working, token);
            var schema = schemas.Find(target.Type)!;
            if (Refusal(schema, working) is { } refusal)
            {
                return Fail(working, "UPDATE_FAILED", refusal);
            }

            var began = twin.Clock.GetTimestamp();
            var made = await Handler(target.Type).UpdateAsync(
                Work(working, schema, _ => { }, stop) with { IsRollback = isRollback, GoneTags = [.. Tags(from, schema).Select(tag => tag.Key).Except(Tags(working, schema).Select(tag => tag.Key))] }, from.Properties, twin.Ending);
            await RestAsync(times.OfUpdate(target.Type), began, stop);
            stack.Put(working with { PhysicalId = made.PhysicalId, Attributes = made.Attributes, Status = "UPDATE_COMPLETE", Timestamp = Now }, token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return Fail(working, "UPDATE_FAILED", "Resource update cancelled");
        }
        catch (AwsError error)
        {
            return Fail(working, "UPDATE_FAILED", HandlerReasons.Of(error, target.Type));
        }
        catch (Exception surprise) when (surprise is not OutOfMemoryException)
        {
            return Fail(working, "UPDATE_FAILED", $"Internal Failure: {surprise}");
        }
    }

    /// <param name="isCurrent">False for a resource that another of its name has replaced: only told, not put.</param>
    public async Task<bool> DeleteAsync(StackResource resource, bool isCurrent, bool retain)
    {
        void Show(StackResource shown)
        {
            if (isCurrent)
            {
                stack.Put(shown, token);
            }
            else
            {
                stack.Tell(shown, token);
            }
        }

        if (resource.PhysicalId is null)
        {
            Show(resource with { Status = "DELETE_COMPLETE", Reason = null, Timestamp = Now });
            return true;
        }

        if (retain)
        {
            Show(resource with { Status = "DELETE_SKIPPED", Reason = null, Timestamp = Now });
            return true;
        }

        try
        {
            Show(resource with { Status = "DELETE_IN_PROGRESS", Reason = null, Timestamp = Now });
            var began = twin.Clock.GetTimestamp();
            await Handler(resource.Type).DeleteAsync(Work(resource, schemas.Find(resource.Type)!, _ => { }, twin.Ending), twin.Ending);
            await RestAsync(times.OfUpdate(resource.Type), began, twin.Ending);
            Show(resource with { Status = "DELETE_COMPLETE", Reason = null, Timestamp = Now });
            return true;
        }
        catch (AwsError error)
        {
            Show(resource with { Status = "DELETE_FAILED", Reason = HandlerReasons.Of(error, resource.Type), Timestamp = Now });
            return false;
        }
        catch (Exception surprise) when (surprise is not (OperationCanceledException or OutOfMemoryException))
        {
            Show(resource with { Status = "DELETE_FAILED", Reason = $"Internal Failure: {surprise}", Timestamp = Now });
            return false;
        }
    }

    public StackResource Blank(ResourceDeclaration declaration, StackDefinition definition, string status) => new()
    {
        LogicalId = declaration.LogicalId,
        Type = declaration.Type,
        Status = status,
        Properties = [],
        StackTags = definition.Tags,
        DeletionPolicy = declaration.DeletionPolicy,
        UpdateReplacePolicy = declaration.UpdateReplacePolicy,
        DependsOn = [.. TemplateChecks.Dependencies(definition.Template, declaration)],
        Metadata = declaration.Metadata,
        Timestamp = Now,
    };

    private DateTimeOffset Now => twin.Clock.GetUtcNow();

    public ResourceHandler? Find(string type) => handlers.Find(type);

    private ResourceHandler Handler(string type) =>
        Find(type) ?? throw new AwsError("GeneralServiceException", $"The twin has no handler for {type}");

    private bool Fail(StackResource resource, string status, string reason)
    {
        stack.Put(resource with { Status = status, Reason = reason, Timestamp = Now }, token);
        return false;
    }

    private static string? Refusal(ResourceSchema schema, StackResource resource) => schema.Problems(resource.Properties) is { IsEmpty: false } problems
        ? $"Properties validation failed for resource {resource.LogicalId} with message:\n{string.Join('\n', problems)}"
        : null;

    /// <summary>A chosen name is taken by the resource that is to be replaced.</summary>
    private void RefuseSameName(StackResource next, StackResource? replaced)
    {
        if (replaced is not null && Handler(next.Type).NameProperty is { } property && next.Properties.Text(property) is { } name && replaced.Properties.Text(property) == name)
        {
            throw new AwsError("GeneralServiceException", $"CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename {name} and update the stack again.");
        }
    }

    private async Task RestAsync(TimeSpan duration, long began, CancellationToken stop)
    {
        var left = duration - twin.Clock.GetElapsedTime(began);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, twin.Clock, stop);
        }
    }

    private ResourceWork Work(StackResource resource, ResourceSchema schema, Action<Made> announce, CancellationToken stop) => new()
    {
        StackName = stack.Name,
        StackId = stack.Id,
        LogicalId = resource.LogicalId,
        PhysicalId = resource.PhysicalId,
        Attributes = resource.Attributes,
        Properties = resource.Properties,
        Tags = Tags(resource, schema),
        Schema = schema,
        Call = call,
        Clock = twin.Clock,
        Suffix = new string(Random.Shared.GetItems<char>(Alphabet, 12)),
        Announce = announce,
        Stop = stop,
    };

    private ImmutableArray<KeyValuePair<string, string>> Tags(StackResource resource, ResourceSchema schema)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in resource.StackTags)
        {
            tags[key] = value;
        }

        switch (schema.TagProperty is { } property ? resource.Properties[property] : null)
        {
            case JsonArray list:
                foreach (var tag in list.OfType<JsonObject>())
                {
                    tags[tag.Text("Key") ?? ""] = tag.Text("Value") ?? "";
                }

                break;
            case JsonObject map:
                foreach (var (key, value) in map)
                {
                    tags[key] = value is JsonValue text ? InputReading.Plain(text) : "";
                }

                break;
        }

        tags["aws:cloudformation:stack-name"] = stack.Name;
        tags["aws:cloudformation:stack-id"] = stack.Id;
        tags["aws:cloudformation:logical-id"] = resource.LogicalId;
        return [.. tags];
    }
}
