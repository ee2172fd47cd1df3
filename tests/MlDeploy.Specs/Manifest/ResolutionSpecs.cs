using MlDeploy.Core.Manifest;

namespace MlDeploy.Specs.Manifest;

/// <summary>Variables, environments and overrides.</summary>
public class ResolutionSpecs
{
    [Theory]
    [InlineData("${A}", "one")]
    [InlineData("x-${A}-y", "x-one-y")]
    [InlineData("${A}${A}", "oneone")]
    [InlineData("${UNSET:-fallback}", "fallback")]
    [InlineData("${EMPTY:-fallback}", "fallback")]
    [InlineData("${EMPTY}", "")]
    [InlineData("${UNSET:-}", "")]
    [InlineData("$${A}", "${A}")]
    [InlineData("$$", "$")]
    [InlineData("$", "$")]
    [InlineData("$.probability", "$.probability")]
    [InlineData("a$b$", "a$b$")]
    [InlineData("$$$", "$$")]
    [InlineData("${YAML}", "{ a: [1, 2] } # not structure")]
    public void Variables_are_filled_into_text(string written, string expected)
    {
        var variables = new Dictionary<string, string> { ["A"] = "one", ["EMPTY"] = "", ["YAML"] = "{ a: [1, 2] } # not structure" };
        foreach (var quote in (string[])["\"", "'", ""])
        {
            var manifest = Reading.Valid(Reading.Minimal.Replace("{ command: [run] }", $"\n  command: [run]\n  environment:\n    TEXT: {quote}{written}{quote}", StringComparison.Ordinal), variables: variables);
            Assert.Equal(expected, manifest.Application.Environment["TEXT"]);
        }
    }

    [Fact]
    public void A_missing_variable_is_a_problem_at_its_line()
    {
        var problem = Reading.OnlyProblem(Reading.Minimal.Replace("version: v1", "version: ${GIT_SHA}", StringComparison.Ordinal));
        Assert.Equal((3, 10, "version"), (problem.Line, problem.Column, problem.Path));
        Assert.Equal("needs the environment variable GIT_SHA, which is not set", problem.Message);
    }

    [Theory]
    [InlineData("${")]
    [InlineData("${A")]
    [InlineData("${}")]
    [InlineData("${1A}")]
    [InlineData("${A-b}")]
    [InlineData("${A:b}")]
    public void A_variable_that_cannot_be_read_is_a_problem(string written) =>
        Assert.Equal("holds a variable that cannot be read", Reading.OnlyProblem(Reading.Minimal.Replace("version: v1", $"version: \"{written}\"", StringComparison.Ordinal)).Message);

    [Fact]
    public void A_value_that_is_one_variable_is_typed_by_what_it_is_filled_with()
    {
        var yaml = Reading.Minimal.Replace("command: [run]", "command: [run], port: \"${PORT:-9000}\", drain: \"${DRAIN}\"", StringComparison.Ordinal);
        var application = Reading.Valid(yaml, variables: new() { ["DRAIN"] = "5s" }).Application;
        Assert.Equal((9000, TimeSpan.FromSeconds(5)), (application.Port, application.Drain));
    }

    [Fact]
    public void A_problem_shows_the_variable_and_never_its_value()
    {
        var problem = Reading.OnlyProblem(Reading.Minimal.Replace("version: v1", "version: ${TOKEN}", StringComparison.Ordinal), variables: new() { ["TOKEN"] = "s3cret value" });
        Assert.Equal("`${TOKEN}`", problem.Found);
        Assert.DoesNotContain("s3cret", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void In_an_environment_maps_merge_lists_replace_and_null_removes()
    {
        var yaml = Reading.With("""
            scaling: { min: 2, max: 2 }
            notifications: { email: [a@b.c, d@e.f], on: [drift] }
            environments:
              production:
                scaling: { max: 3, on: { cpu: 50% } }
                notifications: { email: [x@y.z] }
                application: { command: null, image: x:1 }
            """);
        var manifest = Reading.Valid(yaml, environment: "production");
        Assert.Equal((2, 3), (manifest.Scaling.Min, manifest.Scaling.Max));
        Assert.Equal(["x@y.z"], manifest.Notifications.Email);
        Assert.Equal([NotificationKind.Drift], manifest.Notifications.On);
        Assert.Equal("x:1", manifest.Application.Image);
        Assert.Empty(manifest.Application.Command);
        Assert.Null(Reading.Valid(yaml).Application.Image);
    }

    [Fact]
    public void An_unknown_environment_names_the_nearest()
    {
        var problem = Reading.OnlyProblem(Reading.With("environments: { production: { version: a }, staging: { version: b } }"), environment: "prodcution");
        Assert.Equal(("--env", "`prodcution`", "production, staging", "Write --env production."), (problem.File, problem.Found, problem.Allowed, problem.Remedy));
    }

    [Fact]
    public void An_overlay_is_checked_even_when_it_is_not_selected()
    {
        var yaml = Reading.With("""
            environments:
              production:
                application: { prot: 80 }
                targets: { local: { listen: here } }
              staging: { rollout: { strategy: blue-green } }
            """);
        var problems = Reading.Read(yaml).Problems;
        Assert.Equal(
            ["environments.production.application.prot", "environments.production.targets.local.listen"],
            problems.Where(problem => problem.Line < 10).Select(problem => problem.Path));
        Assert.Equal("application.prot", Reading.Read(yaml, environment: "production").Problems[0].Path);
    }

    [Fact]
    public void An_overlay_that_is_not_selected_may_leave_things_out_and_need_variables_that_are_not_set() =>
        Reading.Valid(Reading.With("environments: { production: { version: \"${GIT_SHA}\", scaling: { min: \"${MIN}\", max: 2, on: { cpu: 5% } }, model: { name: a } } }"));

    [Fact]
    public void A_value_is_checked_even_when_an_environment_replaces_it()
    {
        var yaml = Reading.With("scaling: { min: none }\nenvironments: { production: { scaling: { min: 1 } } }");
        Assert.Equal("scaling.min", Reading.OnlyProblem(yaml, environment: "production").Path);
    }

    [Theory]
    [InlineData("version=1.10", "1.10")]
    [InlineData("version=\"1.10\"", "1.10")]
    [InlineData("version=on", "on")]
    [InlineData("version=2026-11-18", "2026-11-18")]
    public void An_override_sets_any_setting_last(string set, string expected) =>
        Assert.Equal(expected, Reading.Valid(Reading.With("environments: { e: { version: x } }"), environment: "e", set: [set]).Version);

    [Fact]
    public void Overrides_reach_into_lists_and_create_what_is_not_there()
    {
        var manifest = Reading.Valid(Reading.WithRollout("{ steps: [ { weight: 5%, for: 5m } ] }"),
            set: ["rollout.steps[0].weight=10%", "rollout.steps[1]={weight: 50%, for: 1h}", "targets.aws.tags[\"a.b=c\"]=x", "model.name=m"]);
        Assert.Equal([new Step(0.1, TimeSpan.FromMinutes(5)), new Step(0.5, TimeSpan.FromHours(1))], manifest.Rollout.Steps);
        Assert.Equal("m", manifest.Model?.Name);
        Assert.Contains("\"tags\":{\"a.b=c\":\"x\"}", manifest.CanonicalJson, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("version", "is not path=value")]
    [InlineData("=x", "is not path=value")]
    [InlineData("a..b=x", "is not path=value")]
    [InlineData("rollout.setps=[]", "is not a setting")]
    [InlineData("rollout.steps[1]={}", "cannot be set: the list has 0 items")]
    [InlineData("version.x=1", "cannot be set: there is one value where a map would hold it")]
    [InlineData("application[0]=1", "cannot be set: there is no list")]
    [InlineData("version=", "has no value")]
    [InlineData("environments.e.version=1", "sets an overlay, but overrides come after overlays")]
    [InlineData("rollout.steps=[[]", "is not valid YAML: ")]
    public void A_wrong_override_is_a_problem_of_the_command_line(string set, string message)
    {
        var problem = Reading.OnlyProblem(Reading.Minimal, set: [set]);
        Assert.Equal(("--set", 0), (problem.File, problem.Line));
        Assert.StartsWith(message, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_misspelt_override_names_the_nearest_setting() =>
        Assert.Equal("Write steps instead of setps.", Reading.OnlyProblem(Reading.Minimal, set: ["rollout.setps=[]"]).Remedy);
}
