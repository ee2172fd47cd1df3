namespace MlDeploy.Core.Manifest.Rules;

/// <summary>What the settings must be together. Every rule is run and everything found is reported.</summary>
internal static class AllRules
{
    private static readonly Action<RuleContext>[] Rules =
    [
        ApplicationRules.RunsExactlyOneThing,
        ApplicationRules.HealthTimeoutFitsInterval,
        ApplicationRules.NothingIsBothOpenAndSecret,
        ApplicationRules.ScalingBoundsAreOrdered,
        ApplicationRules.AddressesDiffer,
        ApplicationRules.PredictionRangeIsOrdered,
        ApplicationRules.NotificationsAreComplete,
        StrategyRules.StepsFitStrategy,
        StrategyRules.WeightsRise,
        StrategyRules.BlueGreenBakes,
        StrategyRules.StickinessNamesOneThing,
        TimingRules.EverythingFitsTheDeadline,
        TimingRules.StepsAreLongEnoughToJudge,
        TimingRules.BakeIsLongEnoughToJudge,
        GateRules.BakeHasAnAbsoluteGate,
        GateRules.IdsAreUnique,
        GateRules.LimitsFitTheMetric,
        GateRules.SettingsFitTheMetric,
        GateRules.BoundsAreOrdered,
        CloudWatchRules.PlaceholdersAreKnown,
        CloudWatchRules.ComparedArmsDiffer,
        GateRules.ModelGatesHaveWhatTheyRead,
        TestRules.NamesAreUnique,
        TestRules.DoExactlyOneThing,
        TestRules.ExpectationsCanBeMet,
    ];

    public static void Run(RuleContext context)
    {
        foreach (var rule in Rules)
        {
            rule(context);
        }
    }
}
