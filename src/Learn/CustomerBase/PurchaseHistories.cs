namespace DToC.Learn.CustomerBase;

/// <summary>A history that so many customers have.</summary>
/// <param name="X">Repeat purchases, a whole number from 0.</param>
/// <param name="Tx">Age at the last of them; 0 when there is none.</param>
/// <param name="T">Age, from 0: a customer who came this moment tells nothing yet.</param>
/// <param name="Count">Customers who have it, above 0.</param>
public readonly record struct PurchaseHistory(double X, double Tx, double T, double Count = 1);

/// <summary>
/// Histories to fit on, the same ones counted together and in order: a sum over them does not depend on how they
/// came.
/// </summary>
public sealed class PurchaseHistories
{
    private readonly PurchaseHistory[] _groups;

    private PurchaseHistories(PurchaseHistory[] groups) => _groups = groups;

    /// <summary>Different histories, sorted.</summary>
    public ReadOnlySpan<PurchaseHistory> Groups => _groups;

    /// <summary>Customers.</summary>
    public double Customers => _groups.Sum(group => group.Count);

    /// <summary>Repeat purchases of all.</summary>
    public double Purchases => _groups.Sum(group => group.Count * group.X);

    /// <summary>Ages of all together.</summary>
    public double Age => _groups.Sum(group => group.Count * group.T);

    /// <summary>Counts histories together.</summary>
    public static PurchaseHistories Of(IEnumerable<PurchaseHistory> histories) => new(
    [
        .. histories.Select(h => h.X == 0 ? h with { Tx = 0 } : h)
            .GroupBy(h => h with { Count = 1 })
            .Select(group => group.Key with { Count = group.Sum(h => h.Count) })
            .OrderBy(h => h.X).ThenBy(h => h.Tx).ThenBy(h => h.T),
    ]);

    /// <summary>Null when a model can be fitted on them; else what is wrong.</summary>
    public string? Validate()
    {
        foreach (var h in _groups)
        {
            if (!(h.X >= 0 && h.X == Math.Floor(h.X) && h.Tx >= 0 && h.Tx <= h.T && h.Count > 0)
                || !double.IsFinite(h.X + h.T + h.Count))
            {
                return $"x = {h.X}, t_x = {h.Tx}, T = {h.T} of {h.Count} customers is no history: x is a whole number "
                    + "from 0 and 0 <= t_x <= T";
            }
        }
        if (!(Purchases > 0)) return "nobody bought twice: there is nothing to learn rates from";
        return Age > 0 ? null : "all ages are 0: no time has passed to learn rates from";
    }
}
