namespace MlDeploy.Acceptance;
