using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlDeploy.Core.Analysis;

namespace MlDeploy.Core.Rollout.Journal;

/// <summary>One line of a journal.</summary>
/// <param name="Seq">1, 2, 3 … without gaps.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(OpenedEntry), "opened")]
[JsonDerivedType(typeof(TransitionEntry), "transition")]
[JsonDerivedType(typeof(LookEntry), "look")]
[JsonDerivedType(typeof(NoteEntry), "note")]
public abstract record JournalEntry(long Seq, DateTimeOffset At);

/// <summary>First line: everything the rollout was asked to do. Holds secret references, never secrets.</summary>
/// <param name="Schema">Version of this format.</param>
/// <param name="Stable">Version id that was serving; null on a first deployment.</param>
/// <param name="Manifest">The candidate's canonical manifest.</param>
/// <param name="Holder">Who deploys: user@machine, or what the pipeline says.</param>
/// <param name="RunUrl">The pipeline's run, when there is one.</param>
public sealed record OpenedEntry(
    long Seq,
    DateTimeOffset At,
    int Schema,
    int Deployment,
    string Application,
    string Candidate,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Stable,
    string Manifest,
    RolloutPlan Plan,
    string Holder,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? RunUrl,
    string ToolVersion) : JournalEntry(Seq, At);

/// <param name="State">What the event led to; replaying checks it.</param>
public sealed record TransitionEntry(long Seq, DateTimeOffset At, RolloutEvent Event, RolloutState State) : JournalEntry(Seq, At);

/// <param name="Step">Index of the judged step.</param>
/// <param name="Elapsed">Since the step began.</param>
/// <param name="Measurements">All that judging needs: replaying them gives the same judgments.</param>
/// <param name="Judgments">What was made of them; only in some lines, to be read by people and reports.</param>
public sealed record LookEntry(
    long Seq,
    DateTimeOffset At,
    int Step,
    TimeSpan Elapsed,
    ImmutableArray<Measurement> Measurements,
    ImmutableArray<Judgment>? Judgments = null) : JournalEntry(Seq, At);

/// <summary>Something worth telling that changes no state: a restart, a failed read that was repeated.</summary>
public sealed record NoteEntry(long Seq, DateTimeOffset At, string Text) : JournalEntry(Seq, At);
