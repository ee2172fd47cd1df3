using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.Failures;
using MlDeploy.Aws.Permissions;
using MlDeploy.Core.Errors;
using MlDeploy.Core.Manifest;
using MlDeploy.Core.Manifest.Rules;
using MlDeploy.Tool.Commands;
using MlDeploy.Tool.OnLocal;
using MlDeploy.Tool.Output;

namespace MlDeploy.Tool.OnAws;

/// <summary>`mldeploy doctor --target aws`: looks before `provision` does, and says what to paste.</summary>
internal static class AwsDoctor
{
    public static readonly Option<bool> Policies = new("--policies") { Description = "aws: also print the policies and the trust policy when nothing is missing." };

    /// <summary>Stands in a policy where the account is not known.</summary>
    private const string UnknownAccount = "ACCOUNT_ID";

    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        var findings = new List<Finding> { new("mldeploy", $"{ToolVersion.Text} on .NET {Environment.Version}", null) };
        var manifest = await ManifestAsync(parse, context, findings);
        var scope = await AccountAsync(manifest, findings, context);
        var document = new AwsDoctorDocument(
            findings.TrueForAll(finding => finding.Remedy is null),
            [.. findings],
            scope is null ? [] : LeastPrivilege.Policies(scope),
            scope is null ? null : GitHubRepository.Trust(parse, context, findings)?.Document(scope));
        context.Results.Write("aws-doctor", document, AwsDocuments.Default.AwsDoctorDocument, (text, palette) =>
        {
            FindingText.Write(findings, text, palette);
            if (!document.Healthy || parse.GetValue(Policies))
            {
                PolicyText.Write(document, text, palette);
            }
            else if (scope is not null)
            {
                text.WriteLine("the policies of a role that may do this, and no more: mldeploy doctor --target aws --policies");
            }
        });
        return document.Healthy ? ExitCode.Done : new ErrorWriter(context).Ends(ExitCode.TargetFailed);
    }

    private static async Task<AppManifest?> ManifestAsync(ParseResult parse, CommandContext context, List<Finding> findings)
    {
        if (!AwsAccess.ManifestIsThere(parse, context))
        {
            findings.Add(new Finding("manifest", $"there is no {ManifestFile.Name(parse)} here, so only the account was looked at, and no policy can be named", null));
            return null;
        }

        var read = await ManifestFile.ReadAsync(parse, context);
        if (read.Manifest is not { } manifest)
        {
            findings.Add(new Finding("manifest", $"{read.Problems.Length} problems", "run `mldeploy validate`: it tells each with its remedy"));
            return null;
        }

        findings.Add(new Finding("manifest", $"{manifest.Name}, version {manifest.Version}", null));
        findings.AddRange(TargetRules.ForAws(manifest, read.Origins).Select(problem => new Finding(problem.Path, problem.Message, problem.Remedy)));
        return manifest;
    }

    /// <summary>Looks into the account; what it learns of it is the scope of the policies, which need the manifest's name.</summary>
    private static async Task<PolicyScope?> AccountAsync(AppManifest? manifest, List<Finding> findings, CommandContext context)
    {
        PolicyScope? Scope(string partition, string region, string account) => manifest is null ? null : new PolicyScope(manifest.Name, partition, region, account);
        var settings = manifest?.Targets.Aws;
        var unknown = Scope("aws", settings?.Region ?? "REGION", UnknownAccount);
        AwsSession session;
        try
        {
            session = await AwsAccess.OpenAsync(settings, context);
        }
        catch (ExpectedException failure)
        {
            findings.Add(new Finding("session", failure.Message, failure.Remedy));
            return unknown;
        }

        using (session)
        {
            findings.Add(new Finding("region", $"{session.Region}, partition {session.Partition}", null));
            try
            {
                var caller = await session.CallerAsync(context.Stop);
                findings.Add(new Finding("credentials", $"{session.CredentialSource}: {caller.Arn} in account {caller.Account}", null));
                await LimitsAsync(session, settings, findings, context);
                if (Scope(session.Partition, session.Region, caller.Account) is not { } scope)
                {
                    return null;
                }

                await PermissionsAsync(session, scope, caller.Arn, manifest!, findings, context);
                return scope;
            }
            catch (AwsServiceException failure)
            {
                var told = AwsFailures.AsExpected(failure);
                findings.Add(new Finding("account", $"{session.CredentialSource}: {told.Message}", told.Remedy));
                return unknown is null ? null : unknown with { Partition = session.Partition, Region = session.Region };
            }
        }
    }

    private static async Task LimitsAsync(AwsSession session, AwsTargetSettings? settings, List<Finding> findings, CommandContext context)
    {
        var network = settings?.Network ?? new AwsNetworkSettings();
        var limits = await new AccountLimits(session).ReadAsync(network.Vpc is null, network.NatPerZone ? 2 : 1, context.Stop);
        foreach (var limit in limits)
        {
            var used = limit.Used is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{limit.Used} used");
            var allowed = limit.Limit is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{limit.Limit:0} allowed");
            var known = string.Join(", ", new[] { used, allowed }.Where(text => text.Length > 0));
            findings.Add(new Finding(
                limit.Name,
                known + (limit.NotRead is null ? "" : $"{(known.Length > 0 ? "; " : "")}not read whole: {limit.NotRead}"),
                limit.Exceeded ? $"a first `provision` takes {limit.Needed} more: release what is unused, or ask for a higher quota (Service Quotas, {session.Region})" : null));
        }
    }

    private static async Task PermissionsAsync(AwsSession session, PolicyScope scope, string caller, AppManifest manifest, List<Finding> findings, CommandContext context)
    {
        var wanted = Purposes.All.Where(purpose => purpose switch
        {
            Purpose.Network => manifest.Targets.Aws?.Network.Vpc is null,
            Purpose.Train => manifest.Training is not null,
            Purpose.Destroy => false,
            _ => true,
        }).ToImmutableArray();
        var report = await new PermissionCheck(session).RunAsync(scope, caller, wanted, context.Stop);
        if (report.NotChecked is { } reason)
        {
            findings.Add(new Finding("permissions", $"not checked: {reason}", $"attach the policy mldeploy-{scope.Name}-read below, which allows iam:SimulatePrincipalPolicy, or compare the policies by eye"));
            return;
        }

        foreach (var purpose in wanted)
        {
            var missing = report.Missing.Where(one => one.Purpose == purpose).ToList();
            var subject = $"permissions to {purpose.ToString().ToLowerInvariant()}";
            findings.Add(missing.Count == 0
                ? new Finding(subject, $"{report.Principal} has all", null)
                : new Finding(
                    subject,
                    $"{report.Principal} lacks {missing.Count}: {string.Join(", ", missing.GroupBy(one => one.Why).Select(why => $"{string.Join(", ", why.Select(one => one.Action))} ({why.Key})"))}",
                    $"attach the policy mldeploy-{scope.Name}-{purpose.ToString().ToLowerInvariant()} below"));
        }
    }
}
