using MlDeploy.Core.Manifest;
using MlDeploy.Core.Manifest.Rules;

namespace MlDeploy.Specs.Manifest;

/// <summary>What a target cannot do is refused, never ignored.</summary>
public class TargetSpecs
{
    private const string OnAws = """
        apiVersion: mldeploy/v1
        name: app
        version: v1
        application: { image: x:1 }
        rollout: { steps: [ { weight: 10%, for: 15m } ], bake: 10m }
        targets: { aws: { region: eu-central-1 } }
        """;

    [Fact]
    public void The_local_target_names_everything_in_the_reference_manifest_that_it_cannot_do_yet()
    {
        var result = Reading.Read(Reading.Reference);
        var refused = NotBuilt.RefusedAtUse(result.Manifest!, "local", result.Origins);
        Assert.Equal(
            ["scaling.max", "rollout.gates[15].metric", "training", "notifications.email"],
            refused.Select(problem => problem.Path));
        Assert.All(refused, problem => Assert.True(problem.Line > 0 && problem.Remedy.Length > 0));
    }

    [Theory]
    [InlineData("application.command=null ; application.image=x:1", "application.image")]
    [InlineData("application.secrets={A: ssm:/a}", "application.secrets.A")]
    [InlineData("scaling={min: 2}", "scaling.min")]
    [InlineData("monitoring.capture.keepRows=5", null)]
    [InlineData("notifications={email: [a@b.c], on: [deployment]}", "notifications.email")]
    [InlineData("notifications={webhook: [env:HOOK], command: [./tell.sh], on: [deployment, drift]}", null)]
    [InlineData("monitoring.capture.sample=5%", null)]
    [InlineData("model.profile=p.json", null)]
    [InlineData("model.profile=p.json ; rollout.gates=[{metric: model.inputs.drift, max: 0.2, slices: [country]}]", null)]
    [InlineData("model.profile=p.json ; rollout.gates=[{metric: model.inputs.drift, max: 0.2, measure: ks}]", null)]
    [InlineData("model.name=m", null)]
    [InlineData("application.secrets={A: env:A}", null)]
    [InlineData("targets.aws.region=eu-central-1", null)]
    public void The_local_target_refuses(string set, string? path)
    {
        var manifest = Reading.Valid(Reading.Minimal, set: set.Split(" ; "));
        Assert.Equal(path, NotBuilt.RefusedAtUse(manifest, "local").Select(problem => problem.Path).SingleOrDefault());
    }

    [Fact]
    public void The_default_gates_judge_the_model_when_there_is_a_profile()
    {
        var gates = Reading.Valid(Reading.Minimal, set: ["model.profile=p.json", "model.prediction=$.p"]).Rollout.Gates;
        Assert.Equal(["http.errors", "latency.p99", "restarts", "model.inputs.missing", "model.inputs.unseen", "model.inputs.drift", "model.prediction.invalid"], gates.Select(gate => gate.Id));
        Assert.Equal(6, Reading.Valid(Reading.Minimal, set: ["model.profile=p.json"]).Rollout.Gates.Length);
        Assert.Equal(3, Reading.Valid(Reading.Minimal).Rollout.Gates.Length);
    }

    [Fact]
    public void What_aws_can_do_is_not_refused() => Assert.Empty(NotBuilt.RefusedAtUse(Reading.Valid(OnAws), "aws"));

    [Fact]
    public void Watching_for_drift_on_aws_is_refused_with_the_command_that_does_it()
    {
        var refused = Assert.Single(NotBuilt.RefusedAtUse(Reading.Valid(OnAws, set: ["model.profile=p.json", "monitoring.drift.max=0.2"]), "aws"));

        Assert.Equal("monitoring.drift", refused.Path);
        Assert.Contains("`mldeploy drift -t aws --every 1h`", refused.Remedy, StringComparison.Ordinal);
        Assert.Contains("schedule in the pipeline", refused.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void What_codedeploy_can_do_is_valid_on_aws() => Assert.Empty(TargetRules.ForAws(Reading.Valid(OnAws)));

    [Theory]
    [InlineData("rollout.steps[1]={weight: 50%, for: 5m}", "rollout.steps")]
    [InlineData("rollout.steps[0].for=330s", "rollout.steps[0].for")]
    [InlineData("rollout.steps[0].for=3m", "rollout.steps[0].for")]
    [InlineData("rollout.gates=[{metric: cpu, max: 90%}] ; rollout.steps[0].for=7m", "rollout.steps[0].for")]
    [InlineData("rollout.gates=[{metric: cpu, max: 90%}] ; rollout.steps[0].for=8m", null)]
    [InlineData("rollout.bake=30s", "rollout.bake")]
    [InlineData("rollout.strategy=linear ; rollout.steps=[{weight: 50%, for: 5m}, {weight: 90%, for: 5m}]", "rollout.steps[1].weight")]
    [InlineData("rollout.strategy=linear ; rollout.steps=[{weight: 50%, for: 5m}, {weight: 100%, for: 6m}]", "rollout.steps[1].for")]
    [InlineData("rollout.strategy=linear ; rollout.steps=[{weight: 20%, for: 5m}, {weight: 40%, for: 5m}]", "rollout.steps")]
    [InlineData("rollout.strategy=linear ; rollout.steps=[{weight: 25%, for: 5m}, {weight: 50%, for: 5m}, {weight: 75%, for: 5m}]", null)]
    [InlineData("model.profile=p.json", "model.log")]
    [InlineData("model.profile=p.json ; model.log={}", null)]
    [InlineData("model.trainedAt=2026-11-18T08:00:00Z ; rollout.gates=[{metric: http.errors, max: 5%}, {metric: model.age, max: 90d}]", null)]
    [InlineData("model.profile=p.json ; model.log.path=p.jsonl", "model.log.path")]
    [InlineData("rollout.stickiness.header=X-User", "rollout.stickiness.header")]
    [InlineData("rollout.stickiness.cookie=user", "rollout.stickiness.cookie")]
    [InlineData("rollout.stickiness.cookie=AWSALBTG", null)]
    [InlineData("rollout.steps[0].weight=2.5%", "rollout.steps[0].weight")]
    [InlineData("rollout.steps[0].for=3d ; rollout.deadline=9d", "rollout.steps[0].for")]
    [InlineData("rollout.bake=3d ; rollout.deadline=9d", "rollout.bake")]
    [InlineData("name=internal-app", "name")]
    [InlineData("name=a", "name")]
    [InlineData("name=a--b", "name")]
    [InlineData("application.requestTimeout=1500ms", "application.requestTimeout")]
    [InlineData("application.drain=500ms", "application.drain")]
    [InlineData("application.health.timeout=5s", "application.health.timeout")]
    [InlineData("targets.aws.testListener.port=443", "targets.aws.testListener.port")]
    [InlineData("rollout.tests=[{name: t, http: {path: /}}]", "targets.aws.testListener.allow")]
    [InlineData("rollout.tests=[{name: t, http: {path: /}}] ; targets.aws.testListener.allow=[203.0.113.0/24]", null)]
    [InlineData("notifications.webhook=[env:HOOK] ; notifications.on=[drift]", "notifications.webhook")]
    [InlineData("training.schedule=rate(7 days)", "training.schedule")]
    [InlineData("training.schedule=rate(7 days) ; training.image=x:1", null)]
    [InlineData("targets.aws.overrides.Service=5", "targets.aws.overrides.Service")]
    [InlineData("application.secrets={A: env:A}", "application.secrets.A")]
    [InlineData("rollout.onInconclusive=pause", "rollout.onInconclusive")]
    [InlineData("application.health.interval=2s", "application.health.interval")]
    [InlineData("application.health.timeout=1s", "application.health.timeout")]
    [InlineData("application.health.healthyAfter=1", "application.health.healthyAfter")]
    [InlineData("targets.aws.logRetention=31d", "targets.aws.logRetention")]
    [InlineData("application.resources.cpu=500", "application.resources.cpu")]
    [InlineData("application.resources.memory=5000", "application.resources.memory")]
    [InlineData("targets=null", "targets.aws")]
    [InlineData("application={command: [run]}", "application.image")]
    public void On_aws(string set, string? path)
    {
        var problems = TargetRules.ForAws(Reading.Valid(OnAws, set: set.Split(" ; ")));
        Assert.Equal(path, problems.Select(problem => problem.Path).SingleOrDefault());
    }

    [Theory]
    [InlineData("rate(1 day)", true)]
    [InlineData("rate(1 days)", false)]
    [InlineData("rate(7 day)", false)]
    [InlineData("rate(0 days)", false)]
    [InlineData("rate(7 weeks)", false)]
    [InlineData("cron(0 3 * * ? *)", true)]
    [InlineData("cron(0 3 ? * MON-FRI *)", true)]
    [InlineData("cron(0 3 * * *)", false)]
    [InlineData("cron(0 3 * * * *)", false)]
    [InlineData("at(2026-11-21T00:00:00)", false)]
    public void A_schedule(string schedule, bool valid) =>
        Assert.Equal(valid, Reading.Read(Reading.Minimal, set: [$"training.schedule={schedule}"]).Problems.IsEmpty);

    [Theory]
    [InlineData("{vpc: vpc-1a}", "targets.aws.network.subnets")]
    [InlineData("{vpc: vpc-1a, subnets: [subnet-1, subnet-1]}", "targets.aws.network.subnets")]
    [InlineData("{vpc: vpc-1a, subnets: [subnet-1, subnet-2]}", null)]
    [InlineData("{vpc: vpc-1a, subnets: [subnet-1, subnet-2], balancerSubnets: [subnet-3]}", "targets.aws.network.balancerSubnets")]
    [InlineData("{vpc: vpc-1a, subnets: [subnet-1, subnet-2], cidr: 10.0.0.0/16}", "targets.aws.network.cidr")]
    [InlineData("{vpc: vpc-1a, subnets: [subnet-1, subnet-2], nat: one}", "targets.aws.network.nat")]
    [InlineData("{publicAddresses: true}", "targets.aws.network.publicAddresses")]
    [InlineData("{cidr: 10.0.0.0/8}", "targets.aws.network.cidr")]
    [InlineData("{cidr: '2001:db8::/20'}", "targets.aws.network.cidr")]
    public void A_network(string network, string? path) =>
        Assert.Equal(path, Reading.Read(OnAws, set: [$"targets.aws.network={network}"]).Problems.Select(problem => problem.Path).SingleOrDefault());
}
