using System.CommandLine;
using MlDeploy.Core.Errors;
using MlDeploy.Tool.OnAws.Training;

namespace MlDeploy.Tool.Commands;

/// <summary>`mldeploy train up|upload|notebook|job|jobs|follow|stop|status|down`</summary>
internal static class TrainCommand
{
    private const string Group = "commands";

    public static readonly Option<string?> Script = new("--script") { Description = "The script to train with; run by its ending (.py, .sh, .R, .jl), or as training.command says.", HelpName = "FILE" };
    public static readonly Option<string?> Requirements = new("--requirements") { Description = "Python packages to install first.", HelpName = "FILE" };
    public static readonly Option<string[]> HyperParameter = new("--hyperparameter") { Description = "Handed to the script as --NAME VALUE. Repeatable.", HelpName = "NAME=VALUE", DefaultValueFactory = _ => [] };
    public static readonly Option<bool> Private = new("--private") { Description = "Run in the stack's network, which may have no way out; needed for data in an own network, in the way of installing packages." };
    public static readonly Option<bool> Detach = new("--detach") { Description = "Do not wait for the job's end." };
    public static readonly Option<bool> StopOnInterrupt = new("--stop-on-interrupt") { Description = "Stop the job when this command is interrupted; else the job goes on." };
    public static readonly Option<bool> Keep = new("--keep") { Description = "Leave a stack whose creation failed as it is, to be looked at." };
    public static readonly Option<bool> DeleteData = new("--delete-data") { Description = "Also the data and the models, all versions of them." };
    public static readonly Option<string> Confirm = new("--confirm") { Description = "The application's name, as proof that this one is meant.", HelpName = "NAME", Required = true };
    public static readonly Argument<string> Job = new("job") { Description = "The job's name." };

    public static ToolCommand Create(CommonOptions options) =>
        new(Groups.Model, "train", "Train the model on aws: a place for the data, a notebook, training jobs, retraining by schedule.")
        {
            Up(options),
            Command(options, "upload", "Bring training.data into the bucket, and the code that the schedule runs.", TrainingUploads.RunAsync, Script, Requirements),
            JobCommand(options),
            Command(options, "jobs", "The jobs of this application, newest first.", TrainingStatus.JobsAsync),
            Command(options, "follow", "Watch a job that runs to its end.", TrainingJobs.FollowAsync, StopOnInterrupt).With(Job),
            Command(options, "stop", "Stop a job; what it has written so far is kept.", TrainingJobs.StopAsync).With(Job),
            Command(options, "notebook", "Print an address that opens the notebook without signing in, for five minutes.", Notebooks.RunAsync),
            Command(options, "status", "Notebook, data, schedule and the last jobs.", TrainingStatus.RunAsync),
            Down(options),
        };

    /// <summary>`-t aws` is what these commands do anyway.</summary>
    public static void RefuseLocal(ParseResult parse, CommandContext context)
    {
        if (parse.GetResult(context.Options.Target) is { Implicit: false } && parse.GetValue(context.Options.Target) != TargetChoice.Aws)
        {
            throw new ExpectedException(ExitCode.Usage, "training infrastructure is made on aws only", "leave --target out, or name aws");
        }
    }

    private static ToolCommand Up(CommonOptions options) =>
        new ToolCommand(Group, "up", "Create or change the bucket, the notebook and the schedule; upload the data.", TrainingUp.RunAsync)
        {
            AnyTarget = true,
            Examples = ["mldeploy train up", "mldeploy train up --set training.notebook=ml.t3.xlarge"],
        }.With([Keep, .. options.Manifest]);

    private static ToolCommand JobCommand(CommonOptions options) =>
        new ToolCommand(Group, "job", "Run a training job: upload data and script, follow the log, print where the model is.", TrainingJobs.RunAsync)
        {
            AnyTarget = true,
            Examples = ["mldeploy train job --script train.py --hyperparameter depth=6", "mldeploy train job --script train.py --requirements requirements.txt --detach -o json"],
        }.With([Script, Requirements, HyperParameter, Private, Detach, StopOnInterrupt, .. options.Manifest]);

    private static ToolCommand Down(CommonOptions options) =>
        new ToolCommand(Group, "down", "Delete the training infrastructure; data and models are kept unless --delete-data.", TrainingDown.RunAsync)
        {
            AnyTarget = true,
            Examples = ["mldeploy train down --confirm fraud-scoring"],
        }.With([Confirm, DeleteData, .. options.Running]);

    private static ToolCommand Command(CommonOptions options, string name, string description, CommandHandler handler, params Option[] own) =>
        new ToolCommand(Group, name, description, handler) { AnyTarget = true }.With([.. own, .. options.Manifest]);
}
