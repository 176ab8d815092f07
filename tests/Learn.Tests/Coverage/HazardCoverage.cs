using DToC.Learn.CustomerBase;
using DToC.Twin.Draws;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Coverage;

/// <summary>
/// Contracts with three covariates over up to ten periods: the probability of leaving within the next six. The
/// truth is that of the true effects and weights: in this model nothing else is a customer's own.
/// </summary>
/// <remarks>
/// All customers of one fit share its error: their intervals hold or miss together. So the customers are of bases of
/// 200, each with a fit of its own, which makes many errors to average over. The share of 200 fits is itself known to
/// 0.01 only: of 600 it was 0.877, of fits to 1,000 customers 0.892. Draws weighted by the exact posterior, in place of
/// its normal limit, hold no more often.
/// </remarks>
internal static class HazardCoverage
{
    private const int Horizon = 6;
    private const int Most = 10;
    private const int Base = 200;

    private static readonly HazardForecast Truth = new(
        [-1.8, -2.2, -2.5, -2.9], "tenure", [new("calls", 0.5), new("price", 0.3), new("visits", -0.6)], Horizon);

    /// <summary>The experiment of one seed.</summary>
    public static CoverageShare Of(ulong seed, int customers)
    {
        var (random, sum) = (new Xoshiro256(seed), default(CoverageShare));
        while (sum.Count < customers) sum += OfBase(random);
        return sum;
    }

    private static CoverageShare OfBase(Xoshiro256 random)
    {
        var spells = new ContractSpell[Base];
        for (var i = 0; i < spells.Length; i++) spells[i] = Spell(random);
        var fit = HazardFit.Of(spells, "tenure", ["calls", "price", "visits"], Truth.Effects.Length, Horizon).Expect();
        return CoverageShare.Of(fit.Model, spells.Select(spell =>
        {
            double[] inputs = [spell.HasLeft ? 0 : spell.Periods, .. spell.Covariates];
            return (inputs, Truth.Score(inputs));
        }));
    }

    private static ContractSpell Spell(Xoshiro256 random)
    {
        double[] covariates = [random.Normal(), random.Normal(), random.Normal()];
        var shift = 0.0;
        for (var i = 0; i < covariates.Length; i++) shift += Truth.Covariates[i].Weight * covariates[i];
        var due = (int)(1 + Most * random.NextUnit());
        for (var period = 0; period < due; period++)
        {
            var effect = Truth.Effects[Math.Min(period, Truth.Effects.Length - 1)];
            if (random.NextUnit() < Logistic.Sigmoid(effect + shift))
                return new ContractSpell(0, period + 1, true, covariates);
        }
        return new ContractSpell(0, due, false, covariates);
    }
}
