using System.Text.Json.Nodes;
using MlDeploy.Aws.Templates;
using MlDeploy.Aws.Templates.Yaml;

namespace MlDeploy.Specs.Aws.Templates;

public class RenderingSpecs
{
    [Fact]
    public void What_is_written_as_yaml_is_read_back_to_the_same_template()
    {
        var stack = Rendering.Application();
        File.WriteAllText("/tmp/app.rendered.yaml", stack.ToYaml());
        Assert.True(JsonNode.DeepEquals(stack.Template, TemplateYamlReader.Read(stack.ToYaml())));
    }
}
