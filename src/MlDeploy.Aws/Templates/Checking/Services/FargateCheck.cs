using System.Globalization;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates.Folding;
using MlDeploy.Core.Manifest.Rules;

namespace MlDeploy.Aws.Templates.Checking.Services;

/// <summary>A task definition for Fargate has one of the sizes that are sold, and its containers fit into it.</summary>
internal static class FargateCheck
{
    public static void Run(CheckedTemplate template)
    {
        foreach (var (id, properties) in template.OfType("AWS::ECS::TaskDefinition"))
        {
            if (properties["RequiresCompatibilities"] is JsonArray compatible && compatible.Any(item => Intrinsics.Text(item) is "FARGATE"))
            {
                Size(template, id, properties);
                Mode(template, id, properties);
                Containers(template, id, properties);
            }
        }
    }

    private static void Size(CheckedTemplate template, string id, JsonObject properties)
    {
        if (Units(properties["Cpu"], "vcpu") is not { } cpu || Units(properties["Memory"], "gb") is not { } memory)
        {
            foreach (var name in (ReadOnlySpan<string>)["Cpu", "Memory"])
            {
                if (!Intrinsics.Is(properties[name]))
                {
                    template.Report(id, $"Properties/{name}", "is needed by Fargate, as a number", properties[name], name is "Cpu" ? FargateSizes.CpuUnits : "MiB", $"Write {name}.");
                }
            }
        }
        else if (FargateSizes.Memory(cpu) is not var (least, most, step))
        {
            template.Report(id, "Properties/Cpu", "is no size that Fargate has", properties["Cpu"], FargateSizes.CpuUnits, "Write one of these.");
        }
        else if (!FargateSizes.Exists(cpu, memory))
        {
            template.Report(id, "Properties/Memory", $"is no size that Fargate has with {cpu} CPU units", properties["Memory"], $"{least} to {most} MiB in steps of {step}", "Write one of these, or change Cpu.");
        }
    }

    /// <summary>`1024` and `1 vCPU`, `2048` and `2 GB`.</summary>
    private static int? Units(JsonNode? node, string unit)
    {
        var text = Literals.Text(node)?.ToLowerInvariant() ?? "";
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole) ? whole
            : text.EndsWith(unit, StringComparison.Ordinal) && double.TryParse(text[..^unit.Length].Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? (int)(number * 1024)
            : null;
    }

    private static void Mode(CheckedTemplate template, string id, JsonObject properties)
    {
        if (Intrinsics.Text(properties["NetworkMode"]) is not "awsvpc")
        {
            template.Report(id, "Properties/NetworkMode", "is not what Fargate has", properties["NetworkMode"], "awsvpc", "Write awsvpc.");
        }
    }

    private static void Containers(CheckedTemplate template, string id, JsonObject properties)
    {
        const int LongestStop = 120;
        var containers = properties["ContainerDefinitions"] as JsonArray ?? [];
        for (var at = 0; at < containers.Count; at++)
        {
            if (Number(containers[at].At("StopTimeout")) is > LongestStop)
            {
                template.Report(id, $"Properties/ContainerDefinitions/{at}/StopTimeout", "is longer than Fargate waits", containers[at]!["StopTimeout"], $"at most {LongestStop}", "Shorten it.");
            }
        }

        if (Units(properties["Memory"], "gb") is { } memory && containers.Sum(container => Number(container.At("Memory")) ?? 0) > memory)
        {
            template.Report(id, "Properties/Memory", "is less than the containers' Memory together", properties["Memory"], null, "Give the task more memory, or its containers less.");
        }
    }

    private static double? Number(JsonNode? node) => double.TryParse(Literals.Text(node), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
