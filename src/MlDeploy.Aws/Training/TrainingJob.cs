using System.Collections.Immutable;
using System.Globalization;
using MlDeploy.Aws.Clients.SageMaker;
using MlDeploy.Aws.Templates.Training;
using MlDeploy.Core.Errors;

namespace MlDeploy.Aws.Training;

/// <summary>A training job as it is asked for.</summary>
/// <param name="Command">Empty for what the image does by itself.</param>
/// <param name="CodePrefix">Where its code lies in the bucket; null when the image has it all.</param>
/// <param name="InNetwork">Runs in the stack's network, which may have no way out; else in SageMaker's, where packages can be had.</param>
public sealed record TrainingJob(
    string Name,
    string Image,
    ImmutableArray<string> Command,
    ImmutableSortedDictionary<string, string> HyperParameters,
    string InstanceType,
    string? CodePrefix,
    DataVersion? Data,
    string? Revision,
    string? CodeDigest,
    bool InNetwork,
    TimeSpan LongestRun)
{
    /// <summary>GiB of a job's disk: thrice the data, so that it can be unpacked and written again; at least what a scheduled job has.</summary>
    private const int SmallestDisk = 30;

    private const int LargestParameter = 2500;
    private const int MostParameters = 80;

    /// <summary>`fraud-scoring-20261121-081500-3f2a`: the permissions of the role go by how it begins.</summary>
    public static string NewName(string application, DateTimeOffset now, Random random) =>
        string.Create(CultureInfo.InvariantCulture, $"{application}-{now.UtcDateTime:yyyyMMdd-HHmmss}-{random.Next(0x10000):x4}");

    /// <summary>How `--hyperparameter name=value` is read.</summary>
    public static ImmutableSortedDictionary<string, string> Parameters(IEnumerable<string> written)
    {
        var found = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var text in written)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals > 0 ? (text[..equals], text[(equals + 1)..]) : ("", "");
            var wrong = name.Length is 0 or > 100 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')) ? "is not NAME=VALUE, with letters, digits, _ - . in the name"
                : value.Length > LargestParameter ? $"has more than {LargestParameter} characters"
                : !found.TryAdd(name, value) ? "names a hyperparameter a second time"
                : found.Count > MostParameters ? $"is one more than the {MostParameters} that a job takes"
                : null;
            if (wrong is not null)
            {
                throw new ExpectedException(ExitCode.Usage, $"--hyperparameter {(text.Length > 100 ? text[..100] + "…" : text)} {wrong}", "write --hyperparameter learning-rate=0.1");
            }
        }

        return found.ToImmutable();
    }

    public CreateTrainingJobRequest Request(TrainingPlace place, string by) => new()
    {
        TrainingJobName = Name,
        RoleArn = place.RoleArn,
        AlgorithmSpecification = Algorithm(),
        HyperParameters = HyperParameters,
        InputDataConfig = [.. Channels(place)],
        OutputDataConfig = new OutputDataConfig { S3OutputPath = $"s3://{place.Bucket}/{TrainingLayout.Models}" },
        ResourceConfig = new ResourceConfig { InstanceType = InstanceType, InstanceCount = 1, VolumeSizeInGB = Math.Max(SmallestDisk, (int)Math.Min(16_384, 3 * (Data?.Bytes ?? 0) / (1L << 30))) },
        StoppingCondition = new StoppingCondition { MaxRuntimeInSeconds = (int)LongestRun.TotalSeconds },
        VpcConfig = InNetwork ? new VpcConfig { Subnets = place.Subnets, SecurityGroupIds = [place.SecurityGroup] } : null,
        Environment = Environment(),
        Tags = [.. Facts(place, by).Select(fact => new Tag { Key = $"mldeploy:{fact.Key}", Value = fact.Value })],
    };

    /// <summary>What a model must be traceable to; also the job's tags.</summary>
    public ImmutableSortedDictionary<string, string> Facts(TrainingPlace place, string by)
    {
        var facts = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        facts["application"] = place.Application;
        facts["by"] = Taggable(by);
        Add("data-version", Data?.Version);
        Add("data-sha256", Data?.Digest);
        Add("code-sha256", CodeDigest);
        Add("revision", Revision);
        return facts.ToImmutable();

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
            {
                facts[name] = Taggable(value);
            }
        }
    }

    /// <summary>Where scripts that are written for SageMaker's own images look, and what a model's own record can say of its origin.</summary>
    private ImmutableSortedDictionary<string, string> Environment()
    {
        var variables = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        variables["SM_MODEL_DIR"] = "/opt/ml/model";
        variables["SM_OUTPUT_DATA_DIR"] = "/opt/ml/output/data";
        if (Data is not null)
        {
            variables["SM_CHANNEL_DATA"] = "/opt/ml/input/data/data";
            variables["MLDEPLOY_DATA_VERSION"] = Data.Version;
        }

        if (Revision is not null)
        {
            variables["MLDEPLOY_REVISION"] = Revision;
        }

        return variables.ToImmutable();
    }

    private AlgorithmSpecification Algorithm()
    {
        var rendered = TrainingLayout.Algorithm(Image, Command);
        return new AlgorithmSpecification
        {
            TrainingImage = Image,
            TrainingInputMode = "File",
            ContainerEntrypoint = [.. (rendered["ContainerEntrypoint"]?.AsArray() ?? []).Select(word => (string)word!)],
        };
    }

    private IEnumerable<Channel> Channels(TrainingPlace place)
    {
        if (Data is not null)
        {
            yield return Channel("data", place, TrainingLayout.Data);
        }

        if (CodePrefix is not null)
        {
            yield return Channel("code", place, CodePrefix);
        }
    }

    private static Channel Channel(string name, TrainingPlace place, string prefix) => new()
    {
        ChannelName = name,
        DataSource = new DataSource { S3DataSource = new S3DataSource { S3DataType = "S3Prefix", S3DataDistributionType = "FullyReplicated", S3Uri = $"s3://{place.Bucket}/{prefix}" } },
    };

    /// <summary>Tags take fewer characters than texts have.</summary>
    private static string Taggable(string text) =>
        new([.. text.Select(c => char.IsAsciiLetterOrDigit(c) || c is ' ' or '_' or '.' or ':' or '/' or '=' or '+' or '-' or '@' ? c : '_').Take(256)]);
}
