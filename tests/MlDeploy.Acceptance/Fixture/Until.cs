using System.Diagnostics;

namespace MlDeploy.Acceptance.Fixture;

/// <summary>Waits for a condition. The limit only ends a test that hangs: no test passes or fails by how fast the machine is.</summary>
internal static class Until
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static Task TrueAsync(Func<Task<bool>> condition, string what) => TrueAsync(condition, () => what);

    /// <param name="what">Asked for when the wait was in vain.</param>
    public static async Task TrueAsync(Func<Task<bool>> condition, Func<string> what)
    {
        var began = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(began.Elapsed < Limit, $"waited {Limit.TotalSeconds:0} s in vain until {what()}");
            await Task.Delay(50);
        }
    }

    public static Task TrueAsync(Func<bool> condition, Func<string> what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);
}
