using System.Globalization;
using MlDeploy.Core.Manifest;
using MlDeploy.Local.Gateway;
using MlDeploy.Local.Gateway.Routing;
using MlDeploy.Specs.Gateway.Fixture;

namespace MlDeploy.Specs.Gateway;

public sealed class WeightSpecs
{
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(0.3333)]
    [InlineData(0.0007)]
    [InlineData(0.9999)]
    [InlineData(0)]
    [InlineData(1)]
    public void Ten_thousand_requests_are_split_exactly(double weight)
    {
        var schedule = new WeightSchedule(WeightSchedule.UnitsOf(weight), new Random(3));

        var candidate = Enumerable.Range(0, 10_000).Count(_ => schedule.NextIsCandidate());

        Assert.Equal(weight * 10_000, candidate, 6);
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.3333)]
    [InlineData(0.7)]
    public void Any_ten_thousand_in_a_row_are_within_one_percent_of_the_weight(double weight)
    {
        var schedule = new WeightSchedule(WeightSchedule.UnitsOf(weight), new Random(3));
        var sent = Enumerable.Range(0, 200_000).Select(_ => schedule.NextIsCandidate() ? 1 : 0).ToArray();

        var window = sent.Take(10_000).Sum();
        for (var start = 1; start + 10_000 <= sent.Length; start++)
        {
            window += sent[start + 9_999] - sent[start - 1];
            Assert.InRange(window, weight * 9_900, weight * 10_100);
        }
    }

    [Theory]
    [InlineData(20)]
    [InlineData(10)]
    [InlineData(7)]
    public void Traffic_with_a_period_is_not_aliased(int period)
    {
        var schedule = new WeightSchedule(500, new Random(3));
        var perPhase = new int[period];
        for (var i = 0; i < 80_000; i++)
        {
            perPhase[i % period] += schedule.NextIsCandidate() ? 1 : 0;
        }

        // Binomial, five standard deviations: a plain "every 20th" would give one phase everything.
        var expected = 80_000.0 / period * 0.05;
        Assert.All(perPhase, count => Assert.InRange(count, expected - (5 * Math.Sqrt(expected)), expected + (5 * Math.Sqrt(expected))));
    }

    [Theory]
    [InlineData(500, 20)]
    [InlineData(5000, 2)]
    [InlineData(1000, 10)]
    [InlineData(3333, 100)]
    [InlineData(1, 100)]
    public void A_block_is_the_shortest_that_makes_the_share_whole(int units, int block) =>
        Assert.Equal(block, WeightSchedule.BlockOf(units));

    [Fact]
    public void Some_never_becomes_none()
    {
        Assert.Equal(1, WeightSchedule.UnitsOf(0.000001));
        Assert.Equal(9_999, WeightSchedule.UnitsOf(0.999999));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightSchedule.UnitsOf(1.01));
        Assert.Throws<ArgumentOutOfRangeException>(() => WeightSchedule.UnitsOf(double.NaN));
    }

    [Fact]
    public async Task Ten_thousand_real_requests_are_split_within_one_percent_and_the_split_can_be_read_back()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var stable = await fixture.VersionAsync("v1");
        var candidate = await fixture.VersionAsync("v2");
        fixture.Route(stable, candidate, 0.05);

        await Parallel.ForAsync(0, 10_000, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, stop) =>
        {
            using var response = await fixture.Client.GetAsync("/", stop);
            Assert.True(response.IsSuccessStatusCode);
        });

        Assert.InRange(candidate.Requests, 495, 505);
        var reading = fixture.Gateway.ReadBack();
        Assert.Equal(("v1", "v2", 0.05), (reading.Stable, reading.Candidate, reading.Weight));
        Assert.Equal((10_000 - candidate.Requests, candidate.Requests), (reading.StableRequests, reading.CandidateRequests));
        Assert.Equal(candidate.Requests / 10_000.0, reading.RealisedWeight!.Value, 9);
    }

    [Fact]
    public void A_weight_without_a_candidate_is_refused() =>
        Assert.Throws<ArgumentException>(() => new RoutingSnapshot(
            new GatewayRoutes { Weight = 0.1 }, null, new UserIds(new Random(1)), new Random(1)));

    [Fact]
    public async Task A_user_with_the_header_stays_at_the_candidate_while_the_weight_rises()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var stable = await fixture.VersionAsync("v1");
        var candidate = await fixture.VersionAsync("v2");
        var sticky = new Stickiness(StickinessKind.Header, "X-User-Id");
        var before = new HashSet<int>();
        foreach (var weight in new[] { 0.05, 0.25, 0.5, 1 })
        {
            fixture.Route(stable, candidate, weight, sticky);
            var now = new HashSet<int>();
            for (var user = 0; user < 400; user++)
            {
                if (await VersionFor(fixture, user) == "v2")
                {
                    now.Add(user);
                }
            }

            Assert.Superset(before, now);
            Assert.InRange(now.Count / 400.0, weight - 0.1, weight + 0.1);
            before = now;
        }

        Assert.Equal(400, before.Count);
    }

    [Fact]
    public async Task Requests_without_the_header_follow_the_weighted_split()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var stable = await fixture.VersionAsync("v1");
        var candidate = await fixture.VersionAsync("v2");
        fixture.Route(stable, candidate, 0.25, new Stickiness(StickinessKind.Header, "X-User-Id"));

        for (var i = 0; i < 400; i++)
        {
            using var response = await fixture.Client.GetAsync("/");
        }

        Assert.Equal(100, candidate.Requests);
        Assert.Equal(0, fixture.Gateway.CandidateUsers!.Users);
    }

    [Fact]
    public async Task A_client_without_the_cookie_is_given_one_and_then_stays_where_it_was()
    {
        await using var fixture = await GatewayFixture.StartAsync();
        var stable = await fixture.VersionAsync("v1");
        var candidate = await fixture.VersionAsync("v2");
        fixture.Route(stable, candidate, 0.5, new Stickiness(StickinessKind.Cookie, "mldeploy"));

        for (var client = 0; client < 40; client++)
        {
            using var first = await fixture.Client.GetAsync("/");
            var cookie = first.Headers.GetValues("Set-Cookie").Single();
            Assert.Matches("^mldeploy=[0-9a-f]{16}; Path=/; HttpOnly; SameSite=Lax$", cookie);

            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            request.Headers.Add("Cookie", $"theme=dark; {cookie.Split(';')[0]}; other=mldeploy=1");
            using var again = await fixture.Client.SendAsync(request);

            Assert.False(again.Headers.Contains("Set-Cookie"));
            Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        }

        Assert.InRange(candidate.Requests, 2, 78);
    }

    [Fact]
    public void Another_salt_chooses_other_users()
    {
        var first = Chosen(1);
        var second = Chosen(2);

        Assert.InRange(first.Intersect(second).Count() / (double)first.Count, 0.02, 0.2);

        static HashSet<int> Chosen(ulong salt) =>
            [.. Enumerable.Range(0, 10_000).Where(user => UserKey.Hash($"user-{user}", salt) >> 32 < 0.1 * (1UL << 32))];
    }

    private static async Task<string> VersionFor(GatewayFixture fixture, int user)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("X-User-Id", user.ToString(CultureInfo.InvariantCulture));
        using var response = await fixture.Client.SendAsync(request);
        return await response.Content.ReadAsStringAsync();
    }
}
