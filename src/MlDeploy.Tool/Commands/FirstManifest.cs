namespace MlDeploy.Tool.Commands;

/// <summary>What `mldeploy init` writes: short, valid as it is, and saying where the rest is documented.</summary>
internal static class FirstManifest
{
    public static string Text(string name) => $$"""
        # Every setting is described in mlapp.reference.yaml; `mldeploy schema` prints the JSON Schema for editors.
        apiVersion: mldeploy/v1
        name: {{name}}
        version: ${GIT_SHA:-dev}          # the label of what is deployed

        application:
          command: [dotnet, run, app.cs]  # your server; it is told its port in $PORT
          health: { path: /health }       # 200 means healthy

        rollout:
          strategy: canary
          steps:                          # share of production traffic for the new version
            - { weight: 5%, for: 5m }
            - { weight: 25%, for: 10m }
            - { weight: 50%, for: 10m }
          bake: 10m                       # after 100 %, the old version still warm
          gates:                          # judged on live traffic, beside the running version
            - { metric: http.errors, max: 5%, maxIncrease: 0.5% }
            - { metric: latency.p99, maxRatio: 1.5 }
            - { metric: restarts, max: 0 }

        targets:
          local: { listen: "127.0.0.1:8080" }

        """;
}
