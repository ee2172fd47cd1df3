namespace MlDeploy.Specs.Manifest;

/// <summary>What settings must be, alone and together: each row is a manifest with exactly one problem.</summary>
public class RuleSpecs
{
    [Theory]
    [InlineData("name", "name: App", "name: has upper-case letters")]
    [InlineData("name", "name: a-name-that-is-longer-than-24", "name: has 29 characters")]
    [InlineData("name", "name: 1app", "name: does not begin with a letter")]
    [InlineData("name", "name: app-", "name: ends with a hyphen")]
    [InlineData("name", "name: [a]", "name: is a list where an application's name belongs")]
    [InlineData("name", "nmae: app\nname: app", "nmae: is not a setting")]
    [InlineData("name", "name: app\nname: app", "name: is set twice, first on line 2")]
    [InlineData("name", "#", "name: is missing")]
    [InlineData("name", "name:", "name: has no value")]
    [InlineData("apiVersion", "apiVersion: mldeploy/v2", "apiVersion: is not one of the names allowed here")]
    public void At_the_top(string replaced, string by, string expected)
    {
        var line = Reading.Minimal.Split('\n').Single(line => line.StartsWith(replaced.Split(':')[0], StringComparison.Ordinal));
        Expect(expected, Reading.Minimal.Replace(line + "\n", by + "\n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{ command: [run], image: x:1 }", "application.image: and application.command are both set")]
    [InlineData("{ port: 80 }", "application: says nothing to run")]
    [InlineData("{ command: run }", "application.command: is one value where a list belongs")]
    [InlineData("{ command: [] }", "application.command: has the wrong number of items")]
    [InlineData("{ command: [run], drain: 30 }", "application.drain: is a duration without a unit")]
    [InlineData("{ command: [run], drain: 2h }", "application.drain: is too long")]
    [InlineData("{ command: [run], drain: 5 s }", "application.drain: is not a duration")]
    [InlineData("{ command: [run], drain: 30s10m }", "application.drain: is not a duration")]
    [InlineData("{ command: [run], port: \"80\" }", "application.port: is text, since it is quoted")]
    [InlineData("{ command: [run], port: 0x50 }", "application.port: is not a whole number")]
    [InlineData("{ command: [run], port: 80.5 }", "application.port: is not a whole number in range")]
    [InlineData("{ command: [run], port: 65536 }", "application.port: is not a whole number in range")]
    [InlineData("{ command: [run], snapshotLimit: 100 }", "application.snapshotLimit: is a size without a unit")]
    [InlineData("{ command: [run], snapshotLimit: 100Mb }", "application.snapshotLimit: is not a size")]
    [InlineData("{ command: [run], health: { path: health } }", "application.health.path: does not begin with /")]
    [InlineData("{ command: [run], health: { timeout: 6s } }", "application.health.timeout: is longer than the interval, 5s")]
    [InlineData("{ command: [run], environment: { A: 1, \"B C\": 2 } }", "application.environment[\"B C\"]: has a key that is not a variable name")]
    [InlineData("{ command: [run], environment: { PORT: 1 } }", "application.environment.PORT: is set by mldeploy, which chooses the port")]
    [InlineData("{ command: [run], environment: { A: 1 }, secrets: { A: env:A } }", "application.secrets.A: is also set in application.environment")]
    [InlineData("{ command: [run], secrets: { A: hunter2 } }", "application.secrets.A: is not a reference to a secret; what stands there is not shown, since it may be the secret")]
    [InlineData("{ command: [run], secrets: hunter2 }", "application.secrets: is one value where a map belongs")]
    [InlineData("{ command: [run], secrets: { A: env:hunter2 x } }", "application.secrets.A: has no valid name behind env:")]
    [InlineData("{ command: [run], workingDirectory: ~/app }", "application.workingDirectory: begins with ~, which only a shell replaces")]
    public void In_application(string application, string expected) =>
        Expect(expected, Reading.Minimal.Replace("{ command: [run] }", application, StringComparison.Ordinal));

    [Theory]
    [InlineData("{}", "rollout.steps: has no step, and canary moves traffic in steps")]
    [InlineData("{ strategy: canery }", "rollout.strategy: is not one of the names allowed here")]
    [InlineData("{ strategy: blue-green }", "rollout.bake: is zero, and blue-green judges during the bake only")]
    [InlineData("{ strategy: blue-green, bake: 5m, steps: [ { weight: 5%, for: 1m } ] }", "rollout.steps: has steps, and blue-green moves all traffic at once")]
    [InlineData("{ steps: [ { weight: 5, for: 1m } ] }", "rollout.steps[0].weight: is a share without a percent sign")]
    [InlineData("{ steps: [ { weight: 0%, for: 1m } ] }", "rollout.steps[0].weight: is out of range")]
    [InlineData("{ steps: [ { weight: 101%, for: 1m } ] }", "rollout.steps[0].weight: is out of range")]
    [InlineData("{ steps: [ { weight: 5% } ] }", "rollout.steps[0].for: is missing")]
    [InlineData("{ steps: [ { weight: 5%, for: 1m }, { weight: 5%, for: 1m } ] }", "rollout.steps[1].weight: does not rise: the step before has 5 %")]
    [InlineData("{ steps: [ { weight: 5%, for: 1h }, { weight: 50%, for: 1h } ], bake: 1h }", "rollout.deadline: passes before the rollout can end: steps take 2h and the bake 1h, together 3h")]
    [InlineData("{ steps: [ { weight: 5%, for: 1m } ], expectedRequests: 2/s }", "rollout.steps[0].for: is too short to judge: 5 % of 2/s for 1m is about 6 requests, minimumRequests is 200")]
    [InlineData("{ strategy: blue-green, bake: 1m, expectedRequests: 2/s }", "rollout.bake: is too short to judge: 100 % of 2/s for 1m is about 120 requests, minimumRequests is 200")]
    [InlineData("{ strategy: all-at-once, expectedRequests: 2 }", "rollout.expectedRequests: is a rate without a unit")]
    [InlineData("{ strategy: all-at-once, expectedRequests: 0/s }", "rollout.expectedRequests: is out of range")]
    [InlineData("{ strategy: all-at-once, confidence: 49% }", "rollout.confidence: is out of range")]
    [InlineData("{ strategy: all-at-once, confidence: 100% }", "rollout.confidence: is out of range")]
    [InlineData("{ strategy: all-at-once, stickiness: { header: A, cookie: b } }", "rollout.stickiness: names a header and a cookie")]
    [InlineData("{ strategy: all-at-once, stickiness: {} }", "rollout.stickiness: names neither a header nor a cookie")]
    [InlineData("{ strategy: all-at-once, stickiness: { header: \"X User\" } }", "rollout.stickiness.header: has characters that HTTP does not allow in a name")]
    [InlineData("{ strategy: all-at-once, bake: 5m, gates: [ { metric: latency.p99, maxRatio: 1.5 } ] }", "rollout.gates: only compare with stable, which has no traffic during the bake")]
    public void In_rollout(string rollout, string expected) => Expect(expected, Reading.WithRollout(rollout));

    [Theory]
    [InlineData("{ metric: http.eror, max: 5% }", "rollout.gates[0].metric: is not a metric")]
    [InlineData("{ max: 5% }", "rollout.gates[0].metric: is missing")]
    [InlineData("{ metric: http.errors }", "rollout.gates[0]: sets no limit on http.errors, so it could never fail")]
    [InlineData("{ metric: http.errors, max: 5 }", "rollout.gates[0].max: is not in the unit of http.errors")]
    [InlineData("{ metric: http.errors, max: 400ms }", "rollout.gates[0].max: is not in the unit of http.errors")]
    [InlineData("{ metric: http.errors, max: 500% }", "rollout.gates[0].max: is more than everything")]
    [InlineData("{ metric: http.errors, maxRatio: 2 }", "rollout.gates[0].maxRatio: is no limit that http.errors has")]
    [InlineData("{ metric: http.errors, max: 5%, slowerThan: 1s }", "rollout.gates[0].slowerThan: is not a setting of http.errors")]
    [InlineData("{ metric: http.errors, max: 5%, every: 5s }", "rollout.gates[0].every: is not a setting of http.errors")]
    [InlineData("{ metric: http.slow, max: 5% }", "rollout.gates[0].slowerThan: is missing, and http.slow needs it")]
    [InlineData("{ metric: latency.p99, max: 0.4 }", "rollout.gates[0].max: is not in the unit of latency.p99")]
    [InlineData("{ metric: latency.p99, maxRatio: 0.9 }", "rollout.gates[0].maxRatio: is out of range")]
    [InlineData("{ metric: memory.growth, max: 5MiB }", "rollout.gates[0].max: is not a limit")]
    [InlineData("{ metric: restarts, max: 0.5 }", "rollout.gates[0].max: is not in the unit of restarts")]
    [InlineData("{ metric: prometheus, name: a, url: \"http://x\", max: 1 }", "rollout.gates[0].query: is missing, and prometheus needs it")]
    [InlineData("{ metric: prometheus, url: \"http://x\", query: up, max: 1 }", "rollout.gates[0].name: is missing, and prometheus needs it")]
    [InlineData("{ metric: prometheus, name: a, url: \"ftp://x\", query: up, max: 1 }", "rollout.gates[0].url: is not an http or https URL")]
    [InlineData("{ metric: prometheus, name: a, url: \"http://u:p@x\", query: up, max: 1 }", "rollout.gates[0].url: holds a user name or password")]
    [InlineData("{ metric: prometheus, name: a, url: \"http://x\", query: up, max: 1, min: 2 }", "rollout.gates[0].min: is above max, so the gate could never pass")]
    [InlineData("{ metric: http, name: a, url: \"http://x\", max: 1 }", "rollout.gates[0].jsonPath: is missing, and http needs it")]
    [InlineData("{ metric: http, name: a, url: \"http://x\", jsonPath: $..a, max: 1 }", "rollout.gates[0].jsonPath: has something that names no single place at character 2")]
    [InlineData("{ metric: command, name: a }", "rollout.gates[0].command: is missing, and command needs it")]
    [InlineData("{ metric: cloudwatch, name: a, metricName: X, max: 1 }", "rollout.gates[0].namespace: is missing, and cloudwatch needs it")]
    [InlineData("{ metric: cloudwatch, name: a, namespace: X, max: 1 }", "rollout.gates[0].metricName: is missing, and cloudwatch needs it")]
    [InlineData("{ metric: cloudwatch, namespace: X, metricName: Y, max: 1 }", "rollout.gates[0].name: is missing, and cloudwatch needs it")]
    [InlineData("{ metric: cloudwatch, name: a, namespace: X, metricName: Y, max: 1, every: 5s }", "rollout.gates[0].every: is not a setting of cloudwatch")]
    [InlineData("{ metric: cloudwatch, name: a, namespace: X, metricName: Y, max: 1, statistic: p100 }", "rollout.gates[0].statistic: is no statistic")]
    [InlineData("{ metric: cloudwatch, name: a, namespace: X, metricName: Y, max: 1, dimensions: { V: \"{verison}\" } }", "rollout.gates[0].dimensions.V: has a placeholder {verison}, which stands for nothing")]
    [InlineData("{ metric: cloudwatch, name: a, namespace: X, metricName: Y, max: 1, maxRatio: 2, dimensions: { V: \"{cluster}\" } }", "rollout.gates[0].maxRatio: compares with stable, but the dimensions are the same for both versions")]
    [InlineData("{ metric: http.errors, max: 5%, namespace: X }", "rollout.gates[0].namespace: is not a setting of http.errors")]
    [InlineData("{ metric: restarts, max: 0 }, { metric: restarts, max: 1 }", "rollout.gates[1]: is a second gate restarts, like rollout.gates[0]")]
    [InlineData("{ metric: model.inputs.drift, max: 0.2 }", "rollout.gates[0].metric: reads model.profile, which is not set")]
    public void In_gates(string gates, string expected) => Expect(expected, Reading.WithRollout($"{{ strategy: all-at-once, gates: [ {gates} ] }}"));

    [Theory]
    [InlineData("{ http: {} }", "rollout.tests[0].name: is missing")]
    [InlineData("{ name: a }", "rollout.tests[0]: has neither a request nor a command")]
    [InlineData("{ name: a, http: {}, command: [x] }", "rollout.tests[0]: has a request and a command")]
    [InlineData("{ name: a, http: {} }, { name: a, http: {} }", "rollout.tests[1].name: is also the name of rollout.tests[0]")]
    [InlineData("{ name: a, http: { body: {} } }", "rollout.tests[0].http.body: is sent with GET, which has no body")]
    [InlineData("{ name: a, http: { method: post } }", "rollout.tests[0].http.method: is not one of the names allowed here")]
    [InlineData("{ name: a, http: { expect: { json: { probability: 1 } } } }", "rollout.tests[0].http.expect.json.probability: has a key that does not begin with $")]
    [InlineData("{ name: a, http: { expect: { json: { $.p: { min: 1, max: 0 } } } } }", "rollout.tests[0].http.expect.json[\"$.p\"]: wants at least 1 and at most 0")]
    [InlineData("{ name: a, http: { expect: { json: { $.p: { min: 1, equals: 1 } } } } }", "rollout.tests[0].http.expect.json[\"$.p\"]: wants a value and bounds")]
    [InlineData("{ name: a, http: { expect: { json: { $.p: { mni: 1 } } } } }", "rollout.tests[0].http.expect.json[\"$.p\"].mni: is not a setting")]
    public void In_tests(string tests, string expected) => Expect(expected, Reading.WithRollout($"{{ strategy: all-at-once, tests: [ {tests} ] }}"));

    [Theory]
    [InlineData("scaling: { min: 3, max: 2, on: { cpu: 5% } }", "scaling.max: is below scaling.min, 3")]
    [InlineData("scaling: { max: 2 }", "scaling.max: is above min, but nothing says when to add instances")]
    [InlineData("scaling: { on: { cpu: 50% } }", "scaling.on: has nothing to decide: min and max are the same")]
    [InlineData("model: { range: [1, 0] }", "model.range: begins at 1, which is not below its end 0")]
    [InlineData("model: { trainedAt: 2026-11-18 }", "model.trainedAt: is not a date and time with its offset")]
    [InlineData("notifications: { email: [a@b.c] }", "notifications: names who is told, but not what")]
    [InlineData("notifications: { webhook: [\"https://hooks.example/T0/secret\"], on: [drift] }", "notifications.webhook[0]: is not a reference to a secret; what stands there is not shown, since it may be the secret")]
    [InlineData("targets: { local: { listen: localhost:8080 } }", "targets.local.listen: has no IP address before the port")]
    [InlineData("targets: { local: { listen: 8080 } }", "targets.local.listen: has no port")]
    [InlineData("targets: { local: { listenHttp2: 127.0.0.1:8080 } }", "targets.local.listenHttp2: is the same address as listen")]
    [InlineData("targets: { local: { accessLog: yes } }", "targets.local.accessLog: is text, not true or false")]
    [InlineData("targets: { aws: { network: { subnets: [subnet-a, subnet-b] } } }", "targets.aws.network.subnets: is set for a new network, which makes its own")]
    [InlineData("targets: { aws: { network: { vpc: vpc-1 } } }", "targets.aws.network.subnets: names too few subnets for an existing network")]
    [InlineData("environments: [production]", "environments: is not a map")]
    public void Elsewhere(string more, string expected) => Expect(expected, Reading.With(more + "\n"));

    [Fact]
    public void A_literal_secret_is_never_echoed()
    {
        foreach (var yaml in (string[])["{ A: hunter2 }", "hunter2", "[hunter2]", "{ A: { B: hunter2 } }", "{ A: [hunter2] }", "{ A: \"env:hunter2 \" }", "{ A: \"${X:-hunter2}\" }"])
        {
            var result = Reading.Read(Reading.Minimal.Replace("command: [run]", $"command: [run], secrets: {yaml}", StringComparison.Ordinal));
            Assert.NotEmpty(result.Problems);
            Assert.DoesNotContain("hunter2", string.Join('\n', result.Problems), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Wrong_values_do_not_hide_other_problems_and_do_not_cause_them()
    {
        var problems = Reading.Read(Reading.WithRollout("{ strategy: blue-gren, steps: [ { weight: 5, for: 5m }, { weight: 4%, for: 1m }, { weight: 3%, for: 1m } ], gates: [ { metric: http.errors, max: high } ] }")).Problems;
        Assert.Equal(
            ["rollout.strategy", "rollout.steps[0].weight", "rollout.steps[2].weight", "rollout.gates[0].max"],
            problems.Select(problem => problem.Path));
    }

    private static void Expect(string expected, string yaml)
    {
        var problem = Reading.OnlyProblem(yaml);
        Assert.Equal(expected, $"{problem.Path}: {problem.Message}");
        Assert.True(problem.Line > 0);
    }
}
