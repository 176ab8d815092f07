using DToC.Twin.Draws;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Coverage;

/// <summary>What a buyer does who is there from age 0 to T.</summary>
internal delegate (double X, double Tx, bool IsAlive) PurchasesOfBuyer(Buyer buyer, double T, Xoshiro256 random);

/// <summary>The stories behind the models, told event by event.</summary>
internal static class BuyerSimulation
{
    /// <summary>BG/NBD and MBG/NBD: after each repeat purchase the buyer may leave.</summary>
    public static (double X, double Tx, bool IsAlive) LeavingAfterPurchases(Buyer buyer, double T, Xoshiro256 random)
    {
        var (x, tx) = (0.0, 0.0);
        while (true)
        {
            var next = tx + random.Exponential() / buyer.Rate;
            if (!(next <= T)) return (x, tx, true);
            (x, tx) = (x + 1, next);
            if (random.NextUnit() < buyer.DropOut) return (x, tx, false);
        }
    }

    /// <summary>Pareto/NBD: a life of exponential length.</summary>
    public static (double X, double Tx, bool IsAlive) LeavingAtAnyTime(Buyer buyer, double T, Xoshiro256 random)
    {
        var life = random.Exponential() / buyer.DropOut;
        var (x, tx, _) = LeavingAfterPurchases(new Buyer(buyer.Rate, 0), Math.Min(life, T), random);
        return (x, tx, life > T);
    }

    /// <summary>NBD: for good.</summary>
    public static (double X, double Tx, bool IsAlive) NeverLeaving(Buyer buyer, double T, Xoshiro256 random) =>
        LeavingAfterPurchases(new Buyer(buyer.Rate, 0), T, random);

    /// <summary>BG/BB: at each opportunity the buyer leaves, buys or does not.</summary>
    public static (double X, double Tx, bool IsAlive) AtOpportunities(Buyer buyer, double T, Xoshiro256 random)
    {
        var (x, tx) = (0.0, 0.0);
        for (var period = 1; period <= T; period++)
        {
            if (random.NextUnit() < buyer.DropOut) return (x, tx, false);
            if (random.NextUnit() < buyer.Rate) (x, tx) = (x + 1, period);
        }
        return (x, tx, true);
    }
}
