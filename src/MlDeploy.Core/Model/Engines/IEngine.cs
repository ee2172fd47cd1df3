namespace MlDeploy.Core.Model.Engines;

/// <summary>Asks a cluster engine, and changes nothing there.</summary>
public interface IEngine
{
    SqlDialect Dialect { get; }

    /// <returns>Rows of scalars as text, numbers in invariant notation; null for SQL's null.</returns>
    /// <exception cref="Errors.ExpectedException">The engine cannot be reached, refuses the statement, or takes too long.</exception>
    Task<IReadOnlyList<string?[]>> AskAsync(string sql, CancellationToken cancellation);
}
