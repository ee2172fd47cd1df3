namespace MlDeploy.Specs;
