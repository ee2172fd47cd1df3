using System.Text.Json;
using System.Text.Json.Nodes;
using MlDeploy.Aws.Clients;
using MlDeploy.Specs.Aws.Clients;

namespace MlDeploy.Specs.Aws.Twin.CodeDeploy;

/// <summary>That an answer of the twin has only members of the official model, each of its type: clients drop others silently.</summary>
internal static class ModelShape
{
    public static void Check(string shape, JsonNode answer) => Check(ApiModel.Of(AwsServices.CodeDeploy), shape, answer, shape);

    private static void Check(ApiModel model, string shape, JsonNode? answer, string where)
    {
        var described = model.Shape(shape);
        switch (described.GetProperty("type").GetString())
        {
            case "structure":
                foreach (var (name, value) in Assert.IsType<JsonObject>(answer))
                {
                    Assert.True(described.GetProperty("members").TryGetProperty(name, out var member), $"{where}.{name} is not in the model");
                    Check(model, member.GetProperty("shape").GetString()!, value, $"{where}.{name}");
                }

                break;
            case "list":
                foreach (var item in Assert.IsType<JsonArray>(answer))
                {
                    Check(model, described.GetProperty("member").GetProperty("shape").GetString()!, item, $"{where}[]");
                }

                break;
            case "string":
                Assert.True(answer?.GetValueKind() == JsonValueKind.String, $"{where} is a string");
                if (described.TryGetProperty("enum", out var allowed))
                {
                    Assert.Contains((string?)answer, allowed.EnumerateArray().Select(each => each.GetString()));
                }

                break;
            case "boolean":
                Assert.True(answer?.GetValueKind() is JsonValueKind.True or JsonValueKind.False, $"{where} is true or false");
                break;
            default:
                Assert.True(answer?.GetValueKind() == JsonValueKind.Number, $"{where} is a number");
                break;
        }
    }
}
