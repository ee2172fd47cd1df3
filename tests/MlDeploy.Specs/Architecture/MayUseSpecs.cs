using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace MlDeploy.Specs.Architecture;

/// <summary>The column "may use" of the design, enforced on what the projects name and on what their assemblies refer to.</summary>
public sealed class MayUseSpecs
{
    private sealed record Room(string Assembly, string[] Projects, string[] Packages, string[] Never);

    /// <summary>A name that ends with a dot stands for a namespace and all below it.</summary>
    private static readonly Dictionary<string, Room> Rooms = new(StringComparer.Ordinal)
    {
        ["MlDeploy.Core"] = new("MlDeploy.Core", [], ["YamlDotNet"],
        [
            "Microsoft.AspNetCore.", "Microsoft.Extensions.", "Yarp.", "Amazon.", "System.CommandLine.", "Spectre.",
            "System.Net.HttpListener", "System.Net.Sockets.", "System.Diagnostics.Process", "System.Diagnostics.ProcessStartInfo",
            "System.Console", "System.Runtime.InteropServices.PosixSignalRegistration",
        ]),
        ["MlDeploy.Local"] = new("MlDeploy.Local", ["MlDeploy.Core"], ["Polly.Core"],
        [
            "Amazon.", "System.CommandLine.", "Spectre.", "YamlDotNet.", "MlDeploy.Aws.", "MlDeploy.Tool.", "System.Console",
        ]),
        ["MlDeploy.Aws"] = new("MlDeploy.Aws", ["MlDeploy.Core"], ["AWSSDK.Core", "AWSSDK.S3", "AWSSDK.SecurityToken", "AWSSDK.SSO", "AWSSDK.SSOOIDC", "Polly.Core", "YamlDotNet"],
        [
            "Microsoft.AspNetCore.", "Yarp.", "System.CommandLine.", "Spectre.", "MlDeploy.Local.", "MlDeploy.Tool.", "System.Console",
        ]),
        ["MlDeploy.Tool"] = new("mldeploy", ["MlDeploy.Core", "MlDeploy.Local", "MlDeploy.Aws"], ["Npgsql", "System.CommandLine", "Spectre.Console"],
        [
            "YamlDotNet.", "Yarp.", "Amazon.",
        ]),
    };

    public static TheoryData<string> Projects =>
        [.. Directory.GetDirectories(Path.Combine(Golden.Repository, "src")).Where(directory => Directory.GetFiles(directory, "*.csproj").Length > 0).Select(directory => Path.GetFileName(directory))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_names_only_what_it_may_use(string project)
    {
        Assert.True(Rooms.TryGetValue(project, out var room), $"{project} has no row in the table of rooms: add it to the design first");
        var file = XDocument.Load(Path.Combine(Golden.Repository, "src", project, project + ".csproj"));

        Assert.Subset(room.Projects.ToHashSet(), file.Descendants("ProjectReference").Select(Include).Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))).ToHashSet());
        Assert.Subset(room.Packages.ToHashSet(), file.Descendants("PackageReference").Select(Include).ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void An_assembly_refers_only_to_what_its_project_may_use(string project)
    {
        var room = Rooms[project];
        var references = ReferencedTypes(Path.Combine(AppContext.BaseDirectory, room.Assembly + ".dll")).ToList();

        Assert.NotEmpty(references);
        Assert.All(references, type => Assert.DoesNotContain(room.Never, never => never.EndsWith('.') ? type.StartsWith(never, StringComparison.Ordinal) : type == never));
    }

    [Fact]
    public void Only_one_file_of_the_tool_touches_the_console()
    {
        var touching = Directory.GetFiles(Path.Combine(Golden.Repository, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => File.ReadLines(file).Any(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal) && line.Contains("Console.Open", StringComparison.Ordinal)))
            .Select(Path.GetFileName);

        Assert.Equal(["ProcessStreams.cs"], touching);
    }

    private static string Include(XElement reference) => reference.Attribute("Include")!.Value;

    private static IEnumerable<string> ReferencedTypes(string assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly));
        var metadata = file.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(metadata.GetTypeReference).Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")];
    }
}
