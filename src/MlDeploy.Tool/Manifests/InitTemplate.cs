namespace MlDeploy.Tool.Manifests;

/// <summary>What `mldeploy init` writes: short, valid, and each line worth reading.</summary>
public static class InitTemplate
{
    /// <param name="name">A valid application name; see <see cref="NameFrom"/>.</param>
    public static string For(string name) => $$"""
        # Deploy with `mldeploy deploy`. Every setting: `mldeploy schema`, docs/manifest.md and templates/mlapp.reference.yaml.
        apiVersion: mldeploy/v1
        name: {{name}}
        version: ${GIT_SHA:-dev}            # the label of what is deployed, from the environment

        application:
          command: [dotnet, run, app.cs]    # serves HTTP on the port in $PORT
          health: { path: /health }

        rollout:
          strategy: canary
          steps:                            # share of live traffic for the new version, and for how long
            - { weight: 5%, for: 5m }
            - { weight: 25%, for: 10m }
            - { weight: 50%, for: 10m }
          bake: 10m                         # at 100 %, with the old version still warm
          gates:                            # what the new version must meet; else the old one comes back
            - { metric: http.errors, max: 5%, maxIncrease: 0.5% }
            - { metric: latency.p99, maxRatio: 1.5 }
            - { metric: restarts, max: 0 }

        targets:
          local: { listen: 127.0.0.1:8080 } # where clients reach the application

        """;

    /// <summary>The nearest valid application name to a folder's: `My_Model v2` gives `my-model-v2`.</summary>
    public static string NameFrom(string folder)
    {
        var letters = folder.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-').ToArray();
        var words = new string(letters).Split('-', StringSplitOptions.RemoveEmptyEntries);
        var name = string.Join('-', words).TrimStart("0123456789-".ToCharArray());
        name = name.Length > 24 ? name[..24].TrimEnd('-') : name;
        return name.Length == 0 ? "app" : name;
    }
}
