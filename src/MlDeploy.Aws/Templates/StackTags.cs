using System.Collections.Immutable;
using MlDeploy.Core.Manifest;

namespace MlDeploy.Aws.Templates;

/// <summary>Tags of the stacks, which CloudFormation gives to every resource that can have tags.</summary>
public static class StackTags
{
    /// <summary>Names the application, so that what belongs to it can be found and permissions can be limited to it.</summary>
    public const string Application = "mldeploy:application";

    /// <summary>A tag of the manifest's own with the same name wins: the settings are never a cage.</summary>
    public static ImmutableSortedDictionary<string, string> Of(AppManifest manifest) =>
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal)
            .Add(Application, manifest.Name)
            .SetItems(manifest.Targets.Aws?.Tags ?? ImmutableSortedDictionary<string, string>.Empty);
}
