using System.CommandLine;
using MlDeploy.Aws.Clients;
using MlDeploy.Aws.Clients.SageMaker;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.Commands;

namespace MlDeploy.Tool.OnAws.Training;

/// <summary>The notebook: where it is reached, and the way in.</summary>
internal static class Notebooks
{
    /// <summary>The console's page; whoever opens it signs in there.</summary>
    public static string Console(string region, string name) => $"https://{region}.console.aws.amazon.com/sagemaker/home?region={region}#/notebook-instances/{name}";

    /// <summary>`mldeploy train notebook`: an address that lets whoever has it in, for five minutes; so it is told only when it is asked for.</summary>
    public static async Task<ExitCode> RunAsync(ParseResult parse, CommandContext context)
    {
        using var access = await TrainingAccess.OpenAsync(parse, context);
        var place = await access.PlaceAsync(context);
        var notebook = await ReadAsync(access.Session, place.Notebook, context.Stop);
        if (notebook.Status != "InService")
        {
            throw new ExpectedException(
                ExitCode.TargetFailed, $"the notebook {notebook.Name} is {notebook.Status}{(notebook.FailureReason is { } why ? $": {why}" : "")}",
                notebook.Status == "Stopped" ? $"start it: aws sagemaker start-notebook-instance --notebook-instance-name {notebook.Name}" : "wait until `mldeploy train status` says InService");
        }

        var way = await access.Session.SageMaker.CreatePresignedNotebookInstanceUrlAsync(new CreatePresignedNotebookInstanceUrlRequest { NotebookInstanceName = place.Notebook }, context.Stop);
        context.Results.Write("notebook", new NotebookDocument(access.Manifest.Name, place.Notebook, way.AuthorizedUrl), TrainingDocuments.Default.NotebookDocument, (text, _) => text.WriteLine(way.AuthorizedUrl));
        return ExitCode.Done;
    }

    public static async Task<NotebookEntry> ReadAsync(AwsSession session, string name, CancellationToken stop)
    {
        var notebook = await session.SageMaker.DescribeNotebookInstanceAsync(new DescribeNotebookInstanceRequest { NotebookInstanceName = name }, stop);
        return new NotebookEntry(name, notebook.NotebookInstanceStatus, notebook.InstanceType, notebook.Url is { Length: > 0 } url ? (url.Contains("://", StringComparison.Ordinal) ? url : $"https://{url}") : null, notebook.FailureReason);
    }
}
