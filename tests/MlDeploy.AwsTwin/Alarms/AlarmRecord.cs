namespace MlDeploy.AwsTwin.Alarms;

/// <summary>An alarm with its state. Replaced whole, never changed.</summary>
internal sealed record AlarmRecord(Alarm Alarm, DateTimeOffset Configured)
{
    public AlarmState State { get; init; } = AlarmState.InsufficientData;

    public string Reason { get; init; } = "Unchecked: Initial alarm creation";

    public DateTimeOffset Changed { get; init; } = Configured;

    public bool ActionsEnabled { get; init; } = true;

    /// <summary>The data behind the state: newest first, for scaling policies and messages.</summary>
    public IReadOnlyList<double> Recent { get; init; } = [];

    /// <summary>When it is evaluated next.</summary>
    public DateTimeOffset NextEvaluation { get; init; } = Configured;

    public static string Text(AlarmState state) => state switch
    {
        AlarmState.Ok => "OK",
        AlarmState.Alarm => "ALARM",
        _ => "INSUFFICIENT_DATA",
    };
}

/// <param name="Kind">ConfigurationUpdate, StateUpdate or Action.</param>
internal sealed record AlarmHistoryItem(string AlarmName, DateTimeOffset At, string Kind, string Summary, string Data);

/// <summary>A state entered, for those who act on it.</summary>
internal sealed record AlarmChange(AlarmRecord Now, AlarmState Before);
