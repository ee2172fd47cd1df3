using Microsoft.AspNetCore.Http;
using MlDeploy.Local.Gateway.Recording;

namespace MlDeploy.Local.Gateway.Routing;

/// <summary>Where one request was placed.</summary>
/// <param name="Candidate">The candidate was chosen for it, whether or not it has an instance.</param>
/// <param name="User">Hash of its user; 0 without one.</param>
/// <param name="NewUserId">Set when the request had no cookie and is to be given one.</param>
internal readonly record struct Placement(Route? Route, bool Candidate, ulong User, string? NewUserId);

/// <summary>
/// The routes in force, compiled for the request path: picking an arm is one interlocked addition, or one hash.
/// Immutable but for counters; a new one takes its place at each change.
/// </summary>
internal sealed class RoutingSnapshot
{
    private readonly WeightSchedule schedule;
    private readonly ulong candidateBelow;
    private readonly UserIds ids;
    private readonly long stableBefore;
    private readonly long candidateBefore;

    public RoutingSnapshot(GatewayRoutes routes, StepCensus? census, UserIds ids, Random random)
    {
        if (routes.Candidate is null && routes.Weight != 0)
        {
            throw new ArgumentException("a weight above 0 needs a candidate", nameof(routes));
        }

        Routes = routes;
        Census = census;
        this.ids = ids;
        Stable = Compile(routes.Stable);
        Candidate = Compile(routes.Candidate);
        CandidateUnits = WeightSchedule.UnitsOf(routes.Weight);
        schedule = new WeightSchedule(CandidateUnits, random);
        candidateBelow = ((ulong)CandidateUnits << 32) / WeightSchedule.Units;
        stableBefore = Stable?.Arm.Admitted ?? 0;
        candidateBefore = Candidate?.Arm.Admitted ?? 0;
    }

    public GatewayRoutes Routes { get; }
    public Route? Stable { get; }
    public Route? Candidate { get; }
    public int CandidateUnits { get; }

    /// <summary>Which step the routes belong to; rises with every step that begins.</summary>
    public int Step { get; init; }

    /// <summary>Users of the step under way; null without stickiness.</summary>
    public StepCensus? Census { get; }

    public Placement Place(HttpRequest request)
    {
        var user = 0UL;
        string? newId = null;
        if (Routes.Stickiness is { } stickiness)
        {
            user = UserKey.Of(request, stickiness, Routes.StickinessSalt);
            if (user == 0 && stickiness.Kind == Core.Manifest.StickinessKind.Cookie)
            {
                newId = ids.Next();
                user = UserKey.Hash(newId, Routes.StickinessSalt);
            }
        }

        // The fraction is the hash's upper half: who is below a weight is below every higher one, so users stay where they are.
        var candidate = user == 0 ? schedule.NextIsCandidate() : user >> 32 < candidateBelow;
        return new Placement(candidate ? Candidate : Stable, candidate, user, newId);
    }

    public Route? RouteOf(GatewayArm arm) => Stable?.Arm == arm ? Stable : Candidate?.Arm == arm ? Candidate : null;

    public GatewayReading Read() => new(
        Stable?.Arm.Label,
        Candidate?.Arm.Label,
        (double)CandidateUnits / WeightSchedule.Units,
        (Stable?.Arm.Admitted ?? 0) - stableBefore,
        (Candidate?.Arm.Admitted ?? 0) - candidateBefore);

    private static Route? Compile(ArmRoute? route) => route is null ? null : new Route(route.Arm, route.Arm.Resolve(route.Destinations));
}
