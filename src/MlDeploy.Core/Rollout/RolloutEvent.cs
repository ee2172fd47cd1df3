using System.Collections.Immutable;
using System.Text.Json.Serialization;
using MlDeploy.Core.Analysis;

namespace MlDeploy.Core.Rollout;

/// <summary>Something that happened to a rollout. The only input of <see cref="RolloutMachine"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "event")]
[JsonDerivedType(typeof(Begun), "begun")]
[JsonDerivedType(typeof(CandidateHealthy), "candidateHealthy")]
[JsonDerivedType(typeof(CandidateFailed), "candidateFailed")]
[JsonDerivedType(typeof(LeaseLost), "leaseLost")]
[JsonDerivedType(typeof(TestsPassed), "testsPassed")]
[JsonDerivedType(typeof(TestFailed), "testFailed")]
[JsonDerivedType(typeof(EvidenceMissing), "evidenceMissing")]
[JsonDerivedType(typeof(WeightApplied), "weightApplied")]
[JsonDerivedType(typeof(WeightRefused), "weightRefused")]
[JsonDerivedType(typeof(StepPassed), "stepPassed")]
[JsonDerivedType(typeof(GateFailed), "gateFailed")]
[JsonDerivedType(typeof(StepInconclusive), "stepInconclusive")]
[JsonDerivedType(typeof(AdvanceRequested), "advanceRequested")]
[JsonDerivedType(typeof(PromoteRequested), "promoteRequested")]
[JsonDerivedType(typeof(AbortRequested), "abortRequested")]
[JsonDerivedType(typeof(Interrupted), "interrupted")]
[JsonDerivedType(typeof(DeadlinePassed), "deadlinePassed")]
[JsonDerivedType(typeof(HostRestarted), "hostRestarted")]
[JsonDerivedType(typeof(TargetFailed), "targetFailed")]
[JsonDerivedType(typeof(StableVerified), "stableVerified")]
[JsonDerivedType(typeof(StableNotVerified), "stableNotVerified")]
public abstract record RolloutEvent;

public sealed record Begun : RolloutEvent;

public sealed record CandidateHealthy(TimeSpan After) : RolloutEvent;

public sealed record CandidateFailed(string Reason) : RolloutEvent;

/// <summary>Another deployment of the application was created first: this one has changed nothing, and there is nothing to go back from.</summary>
public sealed record LeaseLost(string Reason) : RolloutEvent;

public sealed record TestsPassed(ImmutableArray<string> Tests) : RolloutEvent;

public sealed record TestFailed(string Test, string Reason) : RolloutEvent;

/// <summary>A metric that cannot be read, found before traffic moved.</summary>
public sealed record EvidenceMissing(string Gate, string Reason) : RolloutEvent;

/// <param name="Weight">As read back from whatever routes the traffic.</param>
public sealed record WeightApplied(double Weight) : RolloutEvent;

public sealed record WeightRefused(string Reason) : RolloutEvent;

public sealed record StepPassed(ImmutableArray<Judgment> Judgments) : RolloutEvent;

public sealed record GateFailed(string Gate, string Reason, ImmutableArray<Judgment> Judgments) : RolloutEvent;

/// <param name="Measured">False when a gate had no data or could not be measured: then nothing but rolling back is allowed.</param>
/// <param name="EnoughUnits">Whether the candidate had the minimum of units: what `onInconclusive: promote` asks for.</param>
public sealed record StepInconclusive(string Reason, bool Measured, bool EnoughUnits, ImmutableArray<Judgment> Judgments) : RolloutEvent;

/// <summary>`promote`: leave this step as if it had passed.</summary>
public sealed record AdvanceRequested(string By) : RolloutEvent;

/// <summary>`promote --full`: promote now.</summary>
public sealed record PromoteRequested(string By) : RolloutEvent;

public sealed record AbortRequested(string By) : RolloutEvent;

/// <param name="Signal">SIGINT or SIGTERM.</param>
public sealed record Interrupted(string Signal) : RolloutEvent;

public sealed record DeadlinePassed : RolloutEvent;

public sealed record HostRestarted : RolloutEvent;

public sealed record TargetFailed(string Reason) : RolloutEvent;

/// <param name="Version">Null on a first deployment: nothing serves, as before.</param>
public sealed record StableVerified(string? Version = null) : RolloutEvent;

/// <param name="Serving">What serves what, as far as it is known.</param>
/// <param name="Remedy">What a human should do.</param>
public sealed record StableNotVerified(string Reason, string Serving, string Remedy) : RolloutEvent;
