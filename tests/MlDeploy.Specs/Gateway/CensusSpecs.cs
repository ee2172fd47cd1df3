using MlDeploy.Local.Gateway.Recording;
using MlDeploy.Local.Gateway.Routing;

namespace MlDeploy.Specs.Gateway;

public sealed class CensusSpecs
{
    [Fact]
    public void Until_it_is_full_every_user_is_counted_exactly()
    {
        var census = new StepCensus();

        Parallel.For(0, 120_000, i =>
            census.Record(candidate: false, UserKey.Hash($"{i % 40_000}", 0), 1_000, failed: i % 40_000 < 400));

        var users = census.Read(candidate: false);
        Assert.Equal(1, census.SampledShare);
        Assert.Equal((40_000, 400, 40_000), (users.Users, users.FailingUsers, users.FirstRequests.Total));
    }

    [Fact]
    public void Thinning_under_concurrent_requests_counts_nobody_twice()
    {
        var census = new StepCensus(slots: 1 << 10);

        Parallel.For(0, 100_000, i => census.Record(candidate: true, UserKey.Hash($"{i % 20_000}", 0), 1_000, failed: i % 2 == 0));

        // At most everybody, once: who was thinned out is not taken in again.
        var users = census.Read(candidate: true);
        Assert.InRange(users.Users, 512, 20_000);
        Assert.InRange(users.FailingUsers / (double)users.Users, 0.45, 0.55);
    }

    [Fact]
    public void When_full_it_samples_both_arms_alike_and_still_sees_late_users()
    {
        var census = new StepCensus(slots: 1 << 12);
        long Failing() => census.Read(candidate: true).FailingUsers;
        for (var i = 0; i < 200_000; i++)
        {
            census.Record(candidate: i % 2 == 0, UserKey.Hash($"{i}", 0), 1_000, failed: i % 20 < 2);
        }

        var (stable, candidate) = (census.Read(candidate: false), census.Read(candidate: true));
        Assert.InRange(census.SampledShare, 1.0 / 200, 1.0 / 10);
        Assert.InRange(candidate.Users / (double)stable.Users, 0.9, 1.1);
        Assert.InRange(candidate.FailingUsers / (double)candidate.Users, 0.09, 0.11);
        Assert.InRange(stable.FailingUsers / (double)stable.Users, 0.09, 0.11);

        var before = Failing();
        for (var i = 200_000; i < 210_000; i++)
        {
            census.Record(candidate: true, UserKey.Hash($"{i}", 0), 1_000, failed: true);
        }

        Assert.True(Failing() > before + 20);
    }

    [Fact]
    public void Readings_only_grow_so_that_they_subtract()
    {
        var census = new StepCensus(slots: 1 << 10);
        var last = census.Read(candidate: true);
        for (var i = 0; i < 20_000; i++)
        {
            census.Record(candidate: true, UserKey.Hash($"{i}", 0), 1_000, failed: i % 3 == 0);
            if (i % 100 == 0)
            {
                var now = census.Read(candidate: true);
                Assert.True(now.Users >= last.Users && now.FailingUsers >= last.FailingUsers && now.FailingUsers <= now.Users);
                last = now;
            }
        }
    }
}
