namespace MlDeploy.Aws.Stacks.Provisioning;

/// <summary>What a stack's status means for whoever wants to change it.</summary>
public enum StackState
{
    /// <summary>There is none, or it was deleted.</summary>
    Absent,

    /// <summary>REVIEW_IN_PROGRESS: made by a change set that nobody executed; holds nothing.</summary>
    Review,

    /// <summary>Stands still and can be updated.</summary>
    Settled,

    /// <summary>Something goes on in it.</summary>
    Busy,

    /// <summary>Its creation failed: it can only be deleted.</summary>
    Ruined,

    /// <summary>UPDATE_ROLLBACK_FAILED: the way back must be continued first.</summary>
    Stuck,

    /// <summary>DELETE_FAILED: something in it could not be deleted.</summary>
    HalfDeleted,
}

/// <summary>CloudFormation's statuses ("Stack status codes", CloudFormation user guide).</summary>
public static class StackStates
{
    /// <param name="status">Null: there is no such stack.</param>
    public static StackState Of(string? status) => status switch
    {
        null or "DELETE_COMPLETE" => StackState.Absent,
        "REVIEW_IN_PROGRESS" => StackState.Review,
        "CREATE_FAILED" or "ROLLBACK_COMPLETE" or "ROLLBACK_FAILED" => StackState.Ruined,
        "UPDATE_ROLLBACK_FAILED" => StackState.Stuck,
        "DELETE_FAILED" => StackState.HalfDeleted,
        _ when status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal) => StackState.Busy,
        _ => StackState.Settled,
    };

    /// <summary>True when the operation that led to this status did what was asked.</summary>
    public static bool Succeeded(string status) => status is "CREATE_COMPLETE" or "UPDATE_COMPLETE" or "DELETE_COMPLETE" or "IMPORT_COMPLETE";

    /// <summary>`is being created`</summary>
    public static string Tell(string status) => status switch
    {
        "CREATE_IN_PROGRESS" => "is being created",
        "DELETE_IN_PROGRESS" => "is being deleted",
        "ROLLBACK_IN_PROGRESS" => "is being taken back after a failed creation",
        "UPDATE_IN_PROGRESS" => "is being updated",
        "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS" => "is updated, and what was replaced is being deleted",
        "UPDATE_ROLLBACK_IN_PROGRESS" or "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS" => "is going back after a failed update",
        _ => $"is in {status}",
    };
}
