using MlDeploy.AwsTwin.Front;

namespace MlDeploy.AwsTwin.Alarms;

internal enum AlarmState
{
    InsufficientData,
    Ok,
    Alarm,
}

/// <summary>When an alarm fires.</summary>
internal sealed record AlarmRule
{
    /// <summary>Seconds.</summary>
    public required int Period { get; init; }

    /// <summary>N of "M out of N".</summary>
    public required int EvaluationPeriods { get; init; }

    /// <summary>M of "M out of N".</summary>
    public required int DatapointsToAlarm { get; init; }

    public required double Threshold { get; init; }

    public required string Comparison { get; init; }

    /// <summary>missing, ignore, breaching or notBreaching.</summary>
    public required string MissingData { get; init; }

    /// <summary>
    /// Periods looked at, more than are needed, so that a late datum does not count as missing. CloudWatch does not publish the
    /// number; its documentation's examples look at five for three. For periods under a minute it is one more minute's worth
    /// here, so that a gap of 60 s does no harm: what a user is told to expect.
    /// </summary>
    public int EvaluationRange => EvaluationPeriods + (Period >= 60 ? 2 : 60 / Period);

    public bool Breaches(double value) => Comparison switch
    {
        "GreaterThanThreshold" => value > Threshold,
        "GreaterThanOrEqualToThreshold" => value >= Threshold,
        "LessThanThreshold" => value < Threshold,
        _ => value <= Threshold,
    };

    /// <exception cref="AwsError"/>
    public void Check()
    {
        if (Comparison is not ("GreaterThanThreshold" or "GreaterThanOrEqualToThreshold" or "LessThanThreshold" or "LessThanOrEqualToThreshold"))
            throw new AwsError("ValidationError", $"The twin has no comparison operator '{Comparison}'; it knows GreaterThanThreshold, GreaterThanOrEqualToThreshold, LessThanThreshold, LessThanOrEqualToThreshold.");
        if (MissingData is not ("missing" or "ignore" or "breaching" or "notBreaching"))
            throw new AwsError("ValidationError", $"The value {MissingData} for parameter TreatMissingData is not supported.");
        if (EvaluationPeriods < 1 || DatapointsToAlarm < 1 || DatapointsToAlarm > EvaluationPeriods)
            throw new AwsError("ValidationError", "The parameter DatapointsToAlarm must be between 1 and EvaluationPeriods.");
        if (Period is not (10 or 20 or 30) && (Period < 60 || Period % 60 != 0))
            throw new AwsError("ValidationError", $"The parameter Period must be 10, 20, 30 or a multiple of 60, not {Period}.");
        if ((long)Period * EvaluationPeriods > (Period < 60 ? 86_400 : 604_800))
            throw new AwsError("ValidationError", "Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400).");
    }
}
