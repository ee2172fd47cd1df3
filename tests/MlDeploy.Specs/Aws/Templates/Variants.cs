using MlDeploy.Aws.Templates;
using MlDeploy.Specs.Manifest;

namespace MlDeploy.Specs.Aws.Templates;

/// <summary>Everything the templates branch on, and manifests that together hold every pair of choices.</summary>
internal static class Variants
{
    /// <summary>What is set for each choice; several settings are parted by a space and a semicolon.</summary>
    public static readonly string[][] Factors =
    [
        ["targets.aws.network={vpc: new}", "targets.aws.network={vpc: new, nat: perZone, cidr: 10.9.0.0/22}", "targets.aws.network={vpc: vpc-0a1b2c3d, subnets: [subnet-0a1b2c3d, subnet-4e5f6a7b]}", "targets.aws.network={vpc: vpc-0a1b2c3d, subnets: [subnet-0a1b2c3d, subnet-4e5f6a7b], balancerSubnets: [subnet-0a1b2c3e, subnet-4e5f6a7c], publicAddresses: true}"],
        ["targets.aws.scheme=internet-facing", "targets.aws.scheme=internal"],
        ["", "targets.aws.certificateArn=arn:aws:acm:eu-central-1:123456789012:certificate/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"],
        ["", "targets.aws.allow=[203.0.113.0/24, '2001:db8::/32'] ; targets.aws.testListener={port: 9443, allow: [198.51.100.7/32]}"],
        ["", "rollout.stickiness={cookie: AWSALBTG}"],
        ["", "scaling.on.cpu=70%"],
        ["", "scaling.on.memory=80%"],
        ["", "scaling.on.requestsPerMinute=600"],
        ["", "scaling.min=2"],
        ["rollout.strategy=canary", "rollout.strategy=linear ; rollout.steps=[{weight: 25%, for: 2m}, {weight: 50%, for: 2m}, {weight: 75%, for: 2m}]", "rollout.strategy=blue-green ; rollout.steps=null", "rollout.strategy=all-at-once ; rollout.steps=null"],
        ["", "notifications.email=[a@example.com, b@example.com] ; notifications.on=[scaling]", "notifications.email=[a@example.com] ; notifications.on=[deployment]", "notifications.email=[a@example.com] ; notifications.on=[scaling, deployment, drift]"],
        ["", "rollout.gates=[{metric: latency.p95, max: 400ms}, {metric: http.errors, max: 2%}, {metric: cpu, max: 90%}]"],
        ["", "model.trainedAt=2026-11-18T08:00:00Z"],
        ["", "application.environment={LOG_LEVEL: info, PATTERN: '$${x}'}"],
        ["", "application.secrets={DB: 'ssm:/fraud/db', KEY: 'secretsmanager:arn:aws:secretsmanager:eu-central-1:123456789012:secret:k-AbCdEf:key::'}"],
        ["application.image=registry.example/fraud:1.4.0", "application.image=123456789012.dkr.ecr.eu-central-1.amazonaws.com/other/fraud:1.4.0"],
        ["", "training={}", "training={notebook: ml.t3.large, job: ml.c5.xlarge, schedule: rate(7 days), image: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1', command: [python, train.py, '--note=\"a b\"']}"],
        ["", "targets.aws.tags={team: risk} ; targets.aws.logRetention=7d ; application.resources={cpu: 1024, memory: 4096}"],
        ["blue", "green"],
    ];

    /// <summary>Indices of choices, one for each factor; every pair of choices of two factors is in one of the rows.</summary>
    public static IReadOnlyList<int[]> Rows { get; } = Cover(new Random(20261121));

    private static List<int[]> Cover(Random random)
    {
        var open = new HashSet<(int, int, int, int)>();
        for (var a = 0; a < Factors.Length; a++)
        {
            for (var b = a + 1; b < Factors.Length; b++)
            {
                for (var x = 0; x < Factors[a].Length; x++)
                {
                    for (var y = 0; y < Factors[b].Length; y++)
                    {
                        open.Add((a, x, b, y));
                    }
                }
            }
        }

        var rows = new List<int[]>();
        while (open.Count > 0)
        {
            // Greedy: of some random rows, each grown factor by factor around one pair that is still open, the one that closes most.
            var best = Enumerable.Range(0, 8).Select(_ => Grow(open, random)).MaxBy(row => Covered(open, row).Count())!;
            open.ExceptWith(Covered(open, best).ToList());
            rows.Add(best);
        }

        return rows;
    }

    public static RenderResult Render(int[] row)
    {
        var settings = row.Take(Factors.Length - 1).SelectMany((choice, factor) => Factors[factor][choice].Split(" ; ", StringSplitOptions.RemoveEmptyEntries)).ToArray();

        // More than min makes sense only when there is something to scale on.
        var manifest = Reading.Valid(Rendering.OnAws, set: settings.Any(setting => setting.StartsWith("scaling.on", StringComparison.Ordinal)) ? [.. settings, "scaling.max=6"] : settings);
        var facts = new RenderFacts { Region = "eu-central-1", Account = "123456789012", LiveTargetGroup = row[^1] == 1 ? LiveTargetGroup.Green : LiveTargetGroup.Blue };
        return StackRenderer.RenderChecked(manifest, facts);
    }

    public static string Describe(int[] row) => string.Join(" ; ", row.Select((choice, factor) => Factors[factor][choice]).Where(choice => choice.Length > 0));

    private static int[] Grow(HashSet<(int, int, int, int)> open, Random random)
    {
        var row = Enumerable.Repeat(-1, Factors.Length).ToArray();
        var (a, x, b, y) = open.ElementAt(random.Next(open.Count));
        (row[a], row[b]) = (x, y);
        foreach (var factor in Enumerable.Range(0, Factors.Length).Where(factor => row[factor] < 0).OrderBy(_ => random.Next()).ToList())
        {
            row[factor] = Enumerable.Range(0, Factors[factor].Length).MaxBy(choice =>
            {
                row[factor] = choice;
                return Covered(open, row).Count();
            });
        }

        return row;
    }

    private static IEnumerable<(int, int, int, int)> Covered(HashSet<(int, int, int, int)> open, int[] row)
    {
        for (var a = 0; a < row.Length; a++)
        {
            for (var b = a + 1; b < row.Length && row[a] >= 0; b++)
            {
                if (row[b] >= 0 && open.Contains((a, row[a], b, row[b])))
                {
                    yield return (a, row[a], b, row[b]);
                }
            }
        }
    }
}
