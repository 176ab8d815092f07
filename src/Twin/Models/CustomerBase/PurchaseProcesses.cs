namespace DToC.Twin.Models.CustomerBase;

/// <summary>What follows for every model of a customer base from how likely a customer is to be alive.</summary>
public static class PurchaseProcesses
{
    /// <summary>Expected purchases in (T, T + horizon] given the history, at least 0.</summary>
    public static double ExpectedPurchases<TProcess>(
        this TProcess process, double x, double tx, double T, double horizon)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        var alive = process.ProbabilityAlive(x, tx, T);
        return double.IsNaN(alive) ? double.NaN : alive * process.PurchasesWhileAlive(x, T, horizon);
    }

    /// <summary>Expected repeat purchases of a new customer up to age t, E[X(t)].</summary>
    public static double UnconditionalPurchases<TProcess>(this TProcess process, double t)
        where TProcess : struct, IPurchaseProcess<TProcess> => process.ExpectedPurchases(0, 0, 0, t);

    /// <summary>Probability of any purchase in (T, T + horizon] given the history, in [0, 1].</summary>
    public static double ProbabilityOfPurchase<TProcess>(
        this TProcess process, double x, double tx, double T, double horizon)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        var alive = process.ProbabilityAlive(x, tx, T);
        return double.IsNaN(alive) ? double.NaN : alive * process.AnyPurchaseWhileAlive(x, T, horizon);
    }

    /// <summary>
    /// Expected purchases in (T, T + horizon] given the history, one at T + t counted as e^(-force t). Without an
    /// end of the horizon these are the "discounted expected residual transactions" of Fader, Hardie and Lee ("RFM
    /// and CLV", Journal of Marketing Research 42(4), 2005).
    /// </summary>
    public static double DiscountedPurchases<TProcess>(
        this TProcess process, double x, double tx, double T, double force, double horizon)
        where TProcess : struct, IPurchaseProcess<TProcess>
    {
        var alive = process.ProbabilityAlive(x, tx, T);
        return double.IsNaN(alive) ? double.NaN : alive * process.DiscountedWhileAlive(x, T, force, horizon);
    }
}
