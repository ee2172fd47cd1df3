namespace MlDeploy.Aws.Training;

/// <summary>
/// The image that trains when the manifest names none: AWS's own for scikit-learn, with Python, pandas and numpy. It lies in an
/// account of AWS, another in each region (SageMaker, "Docker registry paths").
/// </summary>
public static class TrainingImages
{
    private const string Name = "sagemaker-scikit-learn:1.2-1-cpu-py3";

    private static readonly Dictionary<string, string> Accounts = new(StringComparer.Ordinal)
    {
        ["ap-northeast-1"] = "354813040037",
        ["ap-northeast-2"] = "366743142698",
        ["ap-south-1"] = "720646828776",
        ["ap-southeast-1"] = "121021644041",
        ["ap-southeast-2"] = "783357654285",
        ["ca-central-1"] = "341280168497",
        ["eu-central-1"] = "492215442770",
        ["eu-north-1"] = "662702820516",
        ["eu-west-1"] = "141502667606",
        ["eu-west-2"] = "764974769150",
        ["eu-west-3"] = "659782779980",
        ["sa-east-1"] = "737474898029",
        ["us-east-1"] = "683313688378",
        ["us-east-2"] = "257758044811",
        ["us-west-1"] = "746614075791",
        ["us-west-2"] = "246618743249",
    };

    /// <returns>Null where AWS has none that we know of.</returns>
    public static string? Default(string? region) => region is not null && Accounts.TryGetValue(region, out var account) ? $"{account}.dkr.ecr.{region}.amazonaws.com/{Name}" : null;
}
