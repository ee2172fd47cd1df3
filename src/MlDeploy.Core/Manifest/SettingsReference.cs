using System.Text;
using MlDeploy.Core.Analysis;
using MlDeploy.Core.Manifest.Definition;

namespace MlDeploy.Core.Manifest;

/// <summary>The reference of every setting and metric as Markdown: docs/manifest.md is this text.</summary>
public static class SettingsReference
{
    /// <summary>Every setting's path, sections included: `rollout.steps[].weight`, `application.environment.*`.</summary>
    public static IEnumerable<string> Paths() => Walk(AppDefinition.Section.Settings, "").Select(found => found.Path);

    /// <summary>Only the settings that hold a value themselves.</summary>
    public static IEnumerable<string> Leaves() => Walk(AppDefinition.Section.Settings, "").Where(found => found.Setting.Type.Settings.Count == 0).Select(found => found.Path);

    public static string Markdown()
    {
        var text = new StringBuilder();
        text.Append(Introduction);
        foreach (var top in AppDefinition.Section.Settings)
        {
            if (top.Type.Settings.Count > 0)
            {
                text.Append($"\n## {top.Name}\n\n{top.Doc}\n\n");
                Table(text, Walk(top.Type.Settings, top.Name + top.Type.PathSuffix));
            }
        }

        Metrics(text);
        text.Append(Closing);
        return text.ToString();
    }

    private static void Table(StringBuilder text, IEnumerable<(string Path, Setting Setting)> rows)
    {
        text.Append("| setting | value | default | meaning |\n|---|---|---|---|\n");
        foreach (var (path, setting) in rows)
        {
            var value = setting.Type.Settings.Count > 0 && setting.Type.PathSuffix.Length == 0 ? "a map" : setting.Type.Describe;
            var @default = setting.IsRequired ? "required" : setting.Default is null ? "–" : $"`{setting.Default}`";
            text.Append($"| `{path}` | {Escaped(setting.Type is MetricNameType ? "a metric, see below" : value)} | {@default} | {Escaped(setting.Doc)} |\n");
        }
    }

    private static void Metrics(StringBuilder text)
    {
        text.Append("\n## Metrics\n\nWhat `rollout.gates[].metric` can name. A limit is written in the metric's unit; `maxRatio` is always a plain number from 1.\n\n");
        text.Append("| metric | unit of its limits | limits | judged as | built | meaning |\n|---|---|---|---|---|---|\n");
        foreach (var metric in MetricCatalog.All)
        {
            var limits = string.Join(", ", Enum.GetValues<LimitKinds>().Where(kind => kind != LimitKinds.None && metric.Limits.HasFlag(kind)).Select(kind => $"`{char.ToLowerInvariant(kind.ToString()[0])}{kind.ToString()[1..]}`"));
            text.Append($"| `{metric.Name}` | {LimitType.DescribeUnit(metric.Unit)} | {limits} | {metric.Judging.ToString().ToLowerInvariant()} | {(metric.Built ? "yes" : "not yet")} | {Escaped(metric.Doc)} |\n");
        }
    }

    private static IEnumerable<(string Path, Setting Setting)> Walk(IReadOnlyList<Setting> settings, string prefix)
    {
        foreach (var setting in settings)
        {
            var path = prefix.Length == 0 ? setting.Name : $"{prefix}.{setting.Name}";
            yield return (path, setting);
            foreach (var below in Walk(setting.Type.Settings, path + setting.Type.PathSuffix))
            {
                yield return below;
            }
        }
    }

    private static string Escaped(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private const string Introduction = """
        # mlapp.yaml

        Every setting, from the definition the reader itself uses (this page is generated; a test keeps it current).
        `templates/mlapp.reference.yaml` shows all of them in one commented manifest, `mldeploy schema` prints the JSON Schema for editors.

        ## Reading

        - One UTF-8 YAML document of at most 256 KiB, 40 levels, 10,000 values and 16 environments. Anchors and aliases work; merge keys (`<<`), tags and further documents are refused.
        - **Text is text.** Where a setting wants text, it is taken as written: `version: 1.10` stays `1.10`, `on`, `yes` and `2026-11-18` are text. Numbers follow JSON's grammar; `true` and `false` are the only booleans; a quoted number is text and refused where a number belongs.
        - **Units are written.** Durations `ms s m h d` (`90s`, `1h30m`), percentages `5%`, sizes `KiB MiB GiB KB MB GB`, rates `50/s 600/min 100/h`, growth `5MiB/min`. A bare number is refused.
        - **Variables.** `${NAME}` and `${NAME:-default}` are filled from the environment, in values only; `:-` also replaces an empty variable. `$$` is a dollar, and a `$` before anything else is itself, so `$.path` needs nothing. Inside `{ }` and `[ ]` quote it, `"${PORT}"`: a value that is nothing but one variable is typed by what it is filled with. A problem echoes the variable, never its value.
        - **Environments.** `--env NAME` lays `environments.NAME` over the rest: maps merge, lists replace, and `null` removes (a base with `command` and an environment with `image` writes `command: null`). Overlays that are not selected are checked too.
        - **Overrides.** `--set path=value` sets any setting last, such as `--set rollout.steps[0].weight=10%`; `--set 'rollout.steps=[{weight: 5%, for: 5m}]'` replaces a list; an index one past the end appends; `null` removes; keys with dots stand in brackets, `["$.score"]`.
        - Every problem is reported at once, with file, line, column, path, what was found, what is allowed and what to do. An unknown key is a problem.
        - Relative paths are taken from the manifest's folder.

        ## The document

        | setting | value | default | meaning |
        |---|---|---|---|
        | `apiVersion` | mldeploy/v1 | required | The format of this file. |
        | `name` | a DNS label of at most 24 characters | required | The application's name; it prefixes cloud names and names the state folder. |
        | `version` | a label of at most 64 characters | required | The label of what is deployed, such as `${GIT_SHA:-dev}`. |
        | `environments` | a map from names to overlays | – | What differs where; chosen with `--env`. |

        """;

    private const string Closing = """

        ## Default gates

        A manifest that names no gates gets these: `http.errors` (max 5%, maxIncrease 0.5%), `latency.p99` (maxRatio 1.5), `restarts` (max 0);
        and with `model.profile` also `model.inputs.missing` (maxIncrease 5%), `model.inputs.unseen` (max 5%), `model.inputs.drift` (max 0.3) and (with `model.prediction`) `model.prediction.invalid` (max 0.1%).
        As soon as `rollout.gates` is written, only what stands there applies.

        ## What is checked but not built yet

        Accepted by `validate` and refused, never ignored, by every command that would act on it: on the target local `application.image`,
        `ssm:` and `secretsmanager:` secrets, more than one instance, `training` and `notifications.email`; on the target aws `monitoring.drift`
        (no host of ours stays there; `mldeploy drift -t aws --every 1h` watches instead) and `notifications.webhook`.

        ## What is different on aws

        `mldeploy validate -t aws` refuses what CodeDeploy, the load balancer and Fargate cannot do, and renders and checks the templates
        (`docs/targets.md` says what each setting means on either target):

        | setting | on aws |
        |---|---|
        | `application.command` | refused: containers only |
        | `application.secrets` | `env:` refused |
        | `application.health` | interval from 5s, timeout from 2s, both in whole seconds; healthyAfter and unhealthyAfter from 2 |
        | `application.resources` | Fargate's pairs of cpu and memory |
        | `rollout.steps` | canary: exactly one; linear: equal increments that reach 100 %, each held equally long |
        | `rollout.steps[].for`, `rollout.bake` | whole minutes |
        | `application.requestTimeout`, `application.drain` | whole seconds; requestTimeout from 1s |
        | `application.health.timeout` | below the interval |
        | `rollout.steps[].weight` | whole percent, 1 to 99 |
        | `rollout.tests` | with an address range in `targets.aws.testListener.allow` |
        | `rollout.stickiness` | by cookie only, named AWSALBTG: the load balancer's own |
        | `rollout.onInconclusive` | canary and linear: rollback only |
        | `notifications.webhook` | refused: its address is a secret, and would stand in the template |
        | `training.schedule` | with `training.image` |
        | `targets.aws.logRetention` | the numbers of days CloudWatch knows |

        """;
}
