using System.Collections.Immutable;
using static MlDeploy.Core.Manifest.Definition.Setting;

namespace MlDeploy.Core.Manifest.Definition;

/// <summary>`rollout`: how traffic moves, and what is judged on the way.</summary>
internal static class RolloutDefinition
{
    private static readonly Setting<double> Weight = Required("weight", new ShareType(0, 1, "5%", aboveMin: true), "Share of production traffic sent to the candidate.");
    private static readonly Setting<TimeSpan> For = Required("for", Types.Duration("1s", "30d", "5m"), "How long the weight is held before the step can pass.");

    private static readonly Section<Step> StepSection = new("step", [Weight, For], values => new Step(values.Get(Weight), values.Get(For)));

    private static readonly Setting<string> Header = Optional("header", new TextType("a header's name", "a header's name, such as X-User-Id", Names.Token, "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"), "Requests with the same value of this header go to the same version.");
    private static readonly Setting<string> Cookie = Optional("cookie", new TextType("a cookie's name", "a cookie's name", Names.Token, "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"), "The gateway sets this cookie, and requests that carry it stay with their version.");

    private static readonly Section<StickyBy> StickinessSection = new("stickiness", [Header, Cookie],
        values => new StickyBy(values.OrNull(Header), values.OrNull(Cookie)));

    private static readonly Setting<Strategy> Strategy = Defaulted("strategy", new ChoiceType<Strategy>(new("canary", Manifest.Strategy.Canary), new("linear", Manifest.Strategy.Linear), new("blue-green", Manifest.Strategy.BlueGreen), new("all-at-once", Manifest.Strategy.AllAtOnce)), "canary", "canary and linear move traffic in steps; blue-green at once, with the old version warm for the bake; all-at-once without keeping it.");
    private static readonly Setting<ImmutableArray<Step>> Steps = Defaulted("steps", new ListType<Step>(StepSection, "steps { weight, for }", longest: 100), "[]", "The weights before 100 %, rising; required for canary and linear.");
    private static readonly Setting<TimeSpan> Bake = Defaulted("bake", Types.Duration("0s", "30d", "10m"), "0s", "How long gates go on judging at 100 %, with the old version warm; required for blue-green.");
    private static readonly Setting<StickyBy> StickinessSetting = Optional("stickiness", StickinessSection, "Keeps a user on one version, by a header or a cookie; gates then count users. Every request by itself when not set.");
    private static readonly Setting<ImmutableArray<PreTrafficTest>> Tests = Defaulted("tests", new ListType<PreTrafficTest>(TestDefinition.Section, "tests", longest: 100), "[]", "What the candidate must pass before any production traffic reaches it.");
    private static readonly Setting<TimeSpan> Warmup = Defaulted("warmup", Types.Duration("0s", "1h", "30s"), "30s", "From the first production request to a version; latency and cpu of this time are not judged.");
    private static readonly Setting<double> ExpectedRequests = Optional("expectedRequests", new RateType("50/s"), "Production traffic, all versions together; lets validate say that a step is too short to judge.");
    private static readonly Setting<ImmutableArray<Gate>> Gates = Optional("gates", new ListType<Gate>(GateDefinition.Section, "gates", longest: 100, shortest: 1), "The conditions a candidate must meet. When not set, the default gates apply (docs/manifest.md).");
    private static readonly Setting<double> Confidence = Defaulted("confidence", new ShareType(0.5, 0.9999, "99%"), "99%", "A harmless version is rolled back with at most the rest of this as chance, per deployment.");
    private static readonly Setting<long> MinimumRequests = Defaulted("minimumRequests", new IntegerType(1, 1_000_000_000), "200", "Requests (users, under stickiness) at the candidate that a step needs to pass; delays a pass, never a fail.");
    private static readonly Setting<TimeSpan> Patience = Defaulted("patience", Types.Duration("0s", "30d", "10m"), "10m", "How long a step may wait for evidence beyond its own time.");
    private static readonly Setting<OnInconclusive> OnInconclusiveSetting = Defaulted("onInconclusive", new ChoiceType<OnInconclusive>(new("rollback", OnInconclusive.Rollback), new("pause", OnInconclusive.Pause), new("promote", OnInconclusive.Promote)), "rollback", "What happens when patience ends without enough evidence. promote needs minimumRequests; no data always rolls back.");
    private static readonly Setting<OnInterrupt> OnInterruptSetting = Defaulted("onInterrupt", new ChoiceType<OnInterrupt>(new("rollback", OnInterrupt.Rollback), new("detach", OnInterrupt.Detach)), "rollback", "What SIGINT and SIGTERM do: roll back, or leave the rollout to go on by itself.");
    private static readonly Setting<TimeSpan> Deadline = Defaulted("deadline", Types.Duration("1m", "30d", "2h"), "2h", "A rollout that is not promoted by then is rolled back.");

    public static readonly Section<RolloutSettings> Section = new("rollout",
        [Strategy, Steps, Bake, StickinessSetting, Tests, Warmup, ExpectedRequests, Gates, Confidence, MinimumRequests, Patience, OnInconclusiveSetting, OnInterruptSetting, Deadline],
        values => new RolloutSettings
        {
            Strategy = values.Get(Strategy),
            Steps = values.Get(Steps),
            Bake = values.Get(Bake),
            Stickiness = Stick(values.OrNull(StickinessSetting)),
            Tests = values.Get(Tests),
            Warmup = values.Get(Warmup),
            ExpectedRequests = values.OrNone(ExpectedRequests),
            Gates = values.Get(Gates),
            GatesAreDefaults = !values.Has(Gates),
            Confidence = values.Get(Confidence),
            MinimumRequests = values.Get(MinimumRequests),
            Patience = values.Get(Patience),
            OnInconclusive = values.Get(OnInconclusiveSetting),
            OnInterrupt = values.Get(OnInterruptSetting),
            Deadline = values.Get(Deadline),
        });

    private static Stickiness? Stick(StickyBy? by) =>
        by?.Header is { } header ? new Stickiness(StickinessKind.Header, header)
        : by?.Cookie is { } cookie ? new Stickiness(StickinessKind.Cookie, cookie)
        : null;

    private sealed record StickyBy(string? Header, string? Cookie);
}
