using MlDeploy.Core.Manifest;

namespace MlDeploy.Specs.Manifest;

/// <summary>No setting is accepted and then forgotten: changing any one changes the typed manifest.</summary>
public class EveryLeafSpecs
{
    /// <summary>For each setting of the definition: what to set on the reference manifest. Several, parted by a space and a semicolon, where one alone would be invalid.</summary>
    private static readonly Dictionary<string, string> Changes = new(StringComparer.Ordinal)
    {
        ["name"] = "name=other",
        ["version"] = "version=1.10",
        ["application.image"] = "application.command=null ; application.image=registry.example/fraud:2",
        ["application.command"] = "application.command=[python, serve.py]",
        ["application.workingDirectory"] = "application.workingDirectory=src",
        ["application.exclude"] = "application.exclude=[out]",
        ["application.snapshotLimit"] = "application.snapshotLimit=10MB",
        ["application.port"] = "application.port=9090",
        ["application.health.path"] = "application.health.path=/ready",
        ["application.health.interval"] = "application.health.interval=7s",
        ["application.health.timeout"] = "application.health.timeout=1500ms",
        ["application.health.healthyAfter"] = "application.health.healthyAfter=4",
        ["application.health.unhealthyAfter"] = "application.health.unhealthyAfter=5",
        ["application.health.startWithin"] = "application.health.startWithin=2m",
        ["application.resources.cpu"] = "application.resources.cpu=1024",
        ["application.resources.memory"] = "application.resources.memory=2048",
        ["application.environment"] = "application.environment.MODE=fast",
        ["application.secrets"] = "application.secrets.TOKEN=ssm:/token",
        ["application.drain"] = "application.drain=1m",
        ["application.requestTimeout"] = "application.requestTimeout=5s",
        ["model.name"] = "model.name=other",
        ["model.version"] = "model.version=7",
        ["model.trainedAt"] = "model.trainedAt=2026-11-19T08:00:00+01:00",
        ["model.profile"] = "model.profile=other.json",
        ["model.protocol"] = "model.protocol=csv",
        ["model.inputs"] = "model.inputs=$.instances[0]",
        ["model.prediction"] = "model.prediction=$.score",
        ["model.range"] = "model.range=[-1, 1]",
        ["scaling.min"] = "scaling.min=2",
        ["scaling.max"] = "scaling.max=5",
        ["scaling.on.cpu"] = "scaling.on.cpu=71%",
        ["scaling.on.memory"] = "scaling.on.memory=81%",
        ["scaling.on.requestsPerMinute"] = "scaling.on.requestsPerMinute=601",
        ["rollout.strategy"] = "rollout.strategy=linear",
        ["rollout.steps[].weight"] = "rollout.steps[0].weight=6%",
        ["rollout.steps[].for"] = "rollout.steps[0].for=6m",
        ["rollout.bake"] = "rollout.bake=11m",
        ["rollout.stickiness.header"] = "rollout.stickiness.header=X-Session",
        ["rollout.stickiness.cookie"] = "rollout.stickiness={cookie: user}",
        ["rollout.tests[].name"] = "rollout.tests[0].name=other",
        ["rollout.tests[].http.method"] = "rollout.tests[0].http.method=PUT",
        ["rollout.tests[].http.path"] = "rollout.tests[0].http.path=/other",
        ["rollout.tests[].http.headers"] = "rollout.tests[0].http.headers.Accept=text/plain",
        ["rollout.tests[].http.body"] = "rollout.tests[0].http.body.value=130",
        ["rollout.tests[].http.expect.status"] = "rollout.tests[0].http.expect.status=201",
        ["rollout.tests[].http.expect.json.*.min"] = "rollout.tests[0].http.expect.json[\"$.probability\"].min=0.1",
        ["rollout.tests[].http.expect.json.*.max"] = "rollout.tests[0].http.expect.json[\"$.probability\"].max=0.9",
        ["rollout.tests[].http.expect.json.*.equals"] = "rollout.tests[0].http.expect.json[\"$.model\"].equals=other",
        ["rollout.tests[].command"] = "rollout.tests[1].command=[./other.sh]",
        ["rollout.tests[].timeout"] = "rollout.tests[0].timeout=31s",
        ["rollout.warmup"] = "rollout.warmup=31s",
        ["rollout.expectedRequests"] = "rollout.expectedRequests=6000/min",
        ["rollout.gates[].metric"] = "rollout.gates[3].metric=cpu",
        ["rollout.gates[].name"] = "rollout.gates[0].name=errors",
        ["rollout.gates[].max"] = "rollout.gates[0].max=6%",
        ["rollout.gates[].min"] = "rollout.gates[7].min=0.03",
        ["rollout.gates[].maxIncrease"] = "rollout.gates[0].maxIncrease=0.6%",
        ["rollout.gates[].maxRatio"] = "rollout.gates[2].maxRatio=1.3",
        ["rollout.gates[].slowerThan"] = "rollout.gates[1].slowerThan=600ms",
        ["rollout.gates[].url"] = "rollout.gates[7].url=https://prometheus.example",
        ["rollout.gates[].query"] = "rollout.gates[7].query=up",
        ["rollout.gates[].jsonPath"] = "rollout.gates[8].jsonPath=$.other",
        ["rollout.gates[].command"] = "rollout.gates[9].command=[./other.sh]",
        ["rollout.gates[].namespace"] = "rollout.gates[15].namespace=Other",
        ["rollout.gates[].metricName"] = "rollout.gates[15].metricName=Other",
        ["rollout.gates[].dimensions"] = "rollout.gates[15].dimensions.Other=1",
        ["rollout.gates[].statistic"] = "rollout.gates[15].statistic=p90",
        ["rollout.gates[].timeout"] = "rollout.gates[7].timeout=11s",
        ["rollout.gates[].every"] = "rollout.gates[7].every=11s",
        ["rollout.gates[].except"] = "rollout.gates[10].except=[other]",
        ["rollout.gates[].slices"] = "rollout.gates[10].slices=[other]",
        ["rollout.gates[].measure"] = "rollout.gates[10].measure=ks",
        ["rollout.confidence"] = "rollout.confidence=95%",
        ["rollout.minimumRequests"] = "rollout.minimumRequests=201",
        ["rollout.patience"] = "rollout.patience=11m",
        ["rollout.onInconclusive"] = "rollout.onInconclusive=pause",
        ["rollout.onInterrupt"] = "rollout.onInterrupt=detach",
        ["rollout.deadline"] = "rollout.deadline=3h",
        ["monitoring.capture.sample"] = "monitoring.capture.sample=50%",
        ["monitoring.capture.exclude"] = "monitoring.capture.exclude=[other]",
        ["monitoring.capture.keepRows"] = "monitoring.capture.keepRows=10",
        ["monitoring.drift.window"] = "monitoring.drift.window=12h",
        ["monitoring.drift.every"] = "monitoring.drift.every=2h",
        ["monitoring.drift.max"] = "monitoring.drift.max=0.3",
        ["notifications.email"] = "notifications.email=[other@example.com]",
        ["notifications.webhook"] = "notifications.webhook=[env:OTHER]",
        ["notifications.on"] = "notifications.on=[drift]",
        ["training.notebook"] = "training.notebook=ml.t3.large",
        ["training.job"] = "training.job=ml.m5.xlarge",
        ["training.data"] = "training.data=other.csv",
        ["training.image"] = "training.image=registry.example/train:2",
        ["training.command"] = "training.command=[./train.sh]",
        ["training.schedule"] = "training.schedule=rate(1 day)",
        ["targets.local.listen"] = "targets.local.listen=0.0.0.0:80",
        ["targets.local.listenHttp2"] = "targets.local.listenHttp2=[::1]:9000",
        ["targets.local.accessLog"] = "targets.local.accessLog=true",
        ["targets.aws.region"] = "targets.aws.region=us-east-1",
        ["targets.aws.roleArn"] = "targets.aws.roleArn=arn:aws:iam::123456789012:role/other",
        ["targets.aws.network.vpc"] = "targets.aws.network.vpc=vpc-ff",
        ["targets.aws.network.subnets"] = "targets.aws.network.subnets=[subnet-a1, subnet-a2]",
        ["targets.aws.network.balancerSubnets"] = "targets.aws.network.balancerSubnets=[subnet-a1, subnet-a2]",
        ["targets.aws.network.publicAddresses"] = "targets.aws.network.publicAddresses=true",
        ["targets.aws.network.cidr"] = "targets.aws.network={vpc: new, cidr: 10.9.0.0/20}",
        ["targets.aws.network.nat"] = "targets.aws.network={vpc: new, nat: perZone}",
        ["targets.aws.certificateArn"] = "targets.aws.certificateArn=null",
        ["targets.aws.scheme"] = "targets.aws.scheme=internal",
        ["targets.aws.allow"] = "targets.aws.allow=[10.0.0.0/8]",
        ["targets.aws.testListener.port"] = "targets.aws.testListener.port=9443",
        ["targets.aws.testListener.allow"] = "targets.aws.testListener.allow=[10.0.0.0/8]",
        ["targets.aws.logRetention"] = "targets.aws.logRetention=60d",
        ["targets.aws.tags"] = "targets.aws.tags.cost=1",
        ["targets.aws.template.registry"] = "targets.aws.template.registry=other.yaml",
        ["targets.aws.template.application"] = "targets.aws.template.application=other.yaml",
        ["targets.aws.template.training"] = "targets.aws.template.training=other.yaml",
        ["targets.aws.overrides"] = "targets.aws.overrides.Service.X=1",
    };

    /// <summary>Its only value is already there.</summary>
    private const string WithoutChoice = "apiVersion";

    private static readonly string Before = Structure.Of(Reading.Valid(Reading.Reference) with { CanonicalJson = "" });

    public static TheoryData<string> Leaves() => [.. SettingsReference.Leaves().Where(path => path != WithoutChoice)];

    [Theory]
    [MemberData(nameof(Leaves))]
    public void Setting_it_changes_the_typed_manifest(string path)
    {
        Assert.True(Changes.TryGetValue(path, out var change), $"{path} has no change to try");
        var after = Reading.Valid(Reading.Reference, set: change.Split(" ; "));
        Assert.NotEqual(Before, Structure.Of(after with { CanonicalJson = "" }));
    }

    [Fact]
    public void Every_change_is_of_a_setting_that_exists() => Assert.Empty(Changes.Keys.Except(SettingsReference.Leaves()));
}
