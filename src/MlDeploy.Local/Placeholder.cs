namespace MlDeploy.Local; internal static class Placeholder;
