using System.Text;
using MlDeploy.Aws.Clients.CloudFormation;
using MlDeploy.Aws.Stacks.Planning;
using MlDeploy.Aws.Templates;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>A change as CloudFormation is asked for it, and what is not asked for since it would be refused or do harm.</summary>
internal static class ChangeRequest
{
    /// <exception cref="ExpectedException">Exit 8: a deployment moves traffic that the change would move back; exit 3: CloudFormation would refuse it.</exception>
    public static void Check(StackPlan plan, WantedStack wanted)
    {
        if (wanted.TrafficIsMoving && LiveParts.ListenersOf(wanted.Template).Intersect(plan.Resources.Select(resource => resource.LogicalId), StringComparer.Ordinal).FirstOrDefault() is { } listener)
        {
            throw new ExpectedException(ExitCode.LeaseHeld, $"stack {plan.Name}: a deployment is moving traffic, and changing {listener} now would move it back", "wait until the deployment has ended, then run `mldeploy provision` again; nothing of this stack was touched");
        }

        if (plan.Resources.FirstOrDefault(resource => resource.Refused is not null) is { } refused)
        {
            throw new ExpectedException(ExitCode.Usage, $"stack {plan.Name}: {refused.LogicalId} ({refused.Type}) would be refused: {refused.Refused}", "`mldeploy plan -t aws` shows the whole change; nothing of this stack was touched");
        }
    }

    /// <exception cref="ExpectedException">Exit 3: the template is longer than a request may hold.</exception>
    public static CreateChangeSetRequest Of(WantedStack wanted, ExistingStack? existing, string setName, ProvisioningOptions options)
    {
        var body = StackPlanner.ToSend(wanted.Template, existing?.Template).ToJsonString(StackJson.Compact);
        return Encoding.UTF8.GetByteCount(body) > RenderedStack.LongestBody
            ? throw new ExpectedException(
                ExitCode.Usage, $"the template of stack {wanted.Name} has {body.Length:N0} characters, and CloudFormation takes {RenderedStack.LongestBody:N0} bytes in a request",
                "make it smaller: fewer overrides, shorter environment, or a template of its own for what you added")
            : new CreateChangeSetRequest
            {
                StackName = wanted.Name,
                ChangeSetName = setName,
                ChangeSetType = existing is null ? "CREATE" : "UPDATE",
                TemplateBody = body,
                Capabilities = wanted.Capabilities,
                Tags = [.. wanted.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })],
                ClientToken = setName,
                Description = options.Holder.Description,

                // Not DELETE: it would keep what has DeletionPolicy: Retain, as an orphan whose name is taken.
                OnStackFailure = existing is null && options.Keep ? "DO_NOTHING" : null,
            };
    }
}
