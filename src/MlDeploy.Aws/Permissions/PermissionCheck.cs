using System.Collections.Immutable;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Failures;
using MlDeploy.Aws.Clients.Iam;

namespace MlDeploy.Aws.Permissions;

/// <param name="Action">As in a policy.</param>
/// <param name="Resources">Where it was asked for and not allowed.</param>
/// <param name="Why">An explicit deny, the organisation, a boundary; or that nothing allows it.</param>
public sealed record MissingPermission(Purpose Purpose, string Action, ImmutableArray<string> Resources, string Why);

/// <param name="NotChecked">Why nothing is known; null when <see cref="Missing"/> is the answer.</param>
/// <param name="Principal">Whose policies were looked at.</param>
public sealed record PermissionReport(ImmutableArray<MissingPermission> Missing, string? NotChecked, string? Principal);

/// <summary>Asks IAM what the caller could do, without doing it.</summary>
public sealed class PermissionCheck(AwsSession session)
{
    public async Task<PermissionReport> RunAsync(PolicyScope scope, string callerArn, ImmutableArray<Purpose> purposes, CancellationToken stop)
    {
        if (callerArn.EndsWith(":root", StringComparison.Ordinal))
        {
            return new PermissionReport([], "the account's root user may do everything; deploy with a role that may do less", callerArn);
        }

        if (await PrincipalAsync(callerArn, stop) is not { } principal)
        {
            return new PermissionReport([], $"IAM simulates users and roles, and {callerArn} is neither", callerArn);
        }

        var missing = ImmutableArray.CreateBuilder<MissingPermission>();
        try
        {
            foreach (var permission in PermissionTable.All.Where(permission => purposes.Contains(permission.Purpose)))
            {
                missing.AddRange(await MissingAsync(principal, permission, scope, stop));
            }
        }
        catch (AwsServiceException refused) when (refused.Kind is AwsFailureKind.AccessDenied or AwsFailureKind.NotFound or AwsFailureKind.NotUnderstood)
        {
            return new PermissionReport([], refused.Kind == AwsFailureKind.AccessDenied ? $"the caller may not perform {Denial.Read(refused).Action}" : refused.Message, principal);
        }

        return new PermissionReport(missing.ToImmutable(), null, principal);
    }

    // A session's own ARN is not simulated, its role's is; and the role may stand in a path that the session does not show.
    private async Task<string?> PrincipalAsync(string callerArn, CancellationToken stop)
    {
        if (callerArn.Split(':') is not ["arn", var partition, var service, _, var account, var resource])
        {
            return null;
        }

        if (service == "iam")
        {
            return resource.StartsWith("user/", StringComparison.Ordinal) || resource.StartsWith("role/", StringComparison.Ordinal) ? callerArn : null;
        }

        if (resource.Split('/') is not ["assumed-role", var role, ..])
        {
            return null;
        }

        try
        {
            return (await session.Iam.GetRoleAsync(new GetRoleRequest { RoleName = role }, stop)).Role.Arn;
        }
        catch (AwsServiceException refused) when (refused.Kind is AwsFailureKind.AccessDenied or AwsFailureKind.NotFound or AwsFailureKind.NotUnderstood)
        {
            return $"arn:{partition}:iam::{account}:role/{role}";
        }
    }

    private async Task<IEnumerable<MissingPermission>> MissingAsync(string principal, Permission permission, PolicyScope scope, CancellationToken stop)
    {
        var request = new SimulatePrincipalPolicyRequest
        {
            PolicySourceArn = principal,
            ActionNames = permission.Actions,
            ResourceArns = [.. permission.Resources.Select(scope.Fill)],
            ContextEntries =
            [
                .. permission.Conditions.Select(condition => new ContextEntry
                {
                    ContextKeyName = condition.Key, ContextKeyType = "string", ContextKeyValues = [scope.Fill(condition.Value[0])],
                }),
            ],
        };
        var results = new List<EvaluationResult>();
        await foreach (var result in session.Iam.SimulationAsync(request, stop))
        {
            results.Add(result);
        }

        // One statement lists the resources of all its actions: an action is missing where none of them is allowed,
        // since a policy that is stricter than ours may give each action its own.
        return from action in permission.Actions
               let ofIt = results.Where(result => string.Equals(result.EvalActionName, action, StringComparison.OrdinalIgnoreCase)).ToList()
               where !ofIt.Exists(result => result.EvalDecision == "allowed")
               select new MissingPermission(permission.Purpose, action, request.ResourceArns, Why(ofIt));
    }

    private static string Why(List<EvaluationResult> results) => results switch
    {
        [] => "IAM told nothing of it",
        _ when results.Exists(result => result.OrganizationsDecisionDetail is { AllowedByOrganizations: false }) => "the organisation does not allow it",
        _ when results.Exists(result => result.PermissionsBoundaryDecisionDetail is { AllowedByPermissionsBoundary: false }) => "the permissions boundary does not allow it",
        _ when results.Exists(result => result.EvalDecision == "explicitDeny") => "a policy denies it",
        _ => "no policy allows it",
    };
}
