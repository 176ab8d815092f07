using DToC.Learn.CustomerBase;
using DToC.Twin.Draws;
using DToC.Twin.Models;
using DToC.Twin.Models.CustomerBase;

namespace DToC.Learn.Tests.CustomerBase;

public class FitTests
{
    private static readonly string[] Inputs = ["x", "tx", "T"];

    [Fact]
    public void Fit_does_not_depend_on_the_order_or_the_unit_of_time()
    {
        var histories = Regulars(600);
        var weeks = PurchaseFit.Of<Nbd>(PurchaseHistories.Of(histories)).Expect();
        var turned = PurchaseFit.Of<Nbd>(PurchaseHistories.Of(histories.Reverse())).Expect();
        Assert.Equal(weeks.Model, turned.Model);
        var days = PurchaseFit.Of<Nbd>(
            PurchaseHistories.Of(histories.Select(h => h with { Tx = 7 * h.Tx, T = 7 * h.T }))).Expect();
        Assert.Equal(weeks.Model.R, days.Model.R, 1e-5);
        Assert.Equal(7 * weeks.Model.Alpha, days.Model.Alpha, 1e-4);
    }

    [Fact]
    public void Base_that_never_leaves_has_no_dropout_to_identify_and_falls_back_to_rates()
    {
        var histories = PurchaseHistories.Of(Regulars(600));
        Assert.Equal(
            "dropout not identified", Assert.IsType<Fit<BgNbd>.NotIdentified>(PurchaseFit.Of<BgNbd>(histories)).What);
        Assert.IsType<Fit<MbgNbd>.NotIdentified>(PurchaseFit.Of<MbgNbd>(histories));
        Assert.IsType<Fit<ParetoNbd>.NotIdentified>(PurchaseFit.Of<ParetoNbd>(histories));
        var question = new PurchaseQuestion { Output = PurchaseOutput.ExpectedPurchases, Horizon = 26 };
        var file = PurchaseTraining.Of<ParetoNbd>(histories, question, Inputs).Expect().Model;
        Assert.Equal("nbd", file.Model.Kind);
        Assert.Contains(file.Card.Limits, limit => limit.Contains("dropout not identified", StringComparison.Ordinal));
        Assert.True(file.Model.Score([3, 20, 30]) is > 0 and < 30);
        Assert.Equal(file.ToBytes(), ModelFile.Read(file.ToBytes()).ToBytes());
        var alive = new PurchaseQuestion { Output = PurchaseOutput.ProbabilityAlive };
        Assert.IsType<Fit<ModelFile>.NotIdentified>(PurchaseTraining.Of<ParetoNbd>(histories, alive, Inputs));
    }

    [Fact]
    public void Probability_of_being_alive_by_bg_nbd_is_not_trained_as_a_score()
    {
        var alive = new PurchaseQuestion { Output = PurchaseOutput.ProbabilityAlive };
        var refused = Assert.IsType<Fit<ModelFile>.Invalid>(
            PurchaseTraining.Of<BgNbd>(PurchaseHistories.Of(Regulars(50)), alive, Inputs));
        Assert.Contains("alive with probability 1", refused.Error);
        Assert.Contains("paretoNbd", refused.Error);
    }

    // The past ends with the last event, which may be somebody's first purchase.
    [Fact]
    public void Customer_who_came_this_moment_tells_nothing_and_keeps_nobody_from_being_learnt_from()
    {
        var histories = Regulars(600);
        var before = PurchaseFit.Of<Nbd>(PurchaseHistories.Of(histories)).Expect();
        var after = PurchaseFit.Of<Nbd>(PurchaseHistories.Of([.. histories, new(0, 0, 0)])).Expect();
        Assert.Equal(before.LogLikelihood, after.LogLikelihood, 1e-6);
        Assert.Equal(before.Model.R, after.Model.R, 1e-4 * before.Model.R);
        Assert.Equal(0, new MbgNbd(1, 2, 3, 4).LogLikelihood(0, 0, 0), 1e-12);
        Assert.Equal(0, new ParetoNbd(1, 2, 3, 4).LogLikelihood(0, 0, 0), 1e-12);
        Assert.Contains(
            "no time has passed",
            Assert.IsType<Fit<Nbd>.Invalid>(PurchaseFit.Of<Nbd>(PurchaseHistories.Of([new(1, 0, 0)]))).Error);
    }

    [Fact]
    public void Impossible_histories_are_refused_with_what_would_be_right()
    {
        var error = Assert.IsType<Fit<BgNbd>.Invalid>(
            PurchaseFit.Of<BgNbd>(PurchaseHistories.Of([new(2, 11, 10), new(1, 1, 10)]))).Error;
        Assert.Contains("0 <= t_x <= T", error);
        Assert.Contains(
            "nobody bought twice",
            Assert.IsType<Fit<BgNbd>.Invalid>(PurchaseFit.Of<BgNbd>(PurchaseHistories.Of([new(0, 0, 10)]))).Error);
        Assert.IsType<Fit<GammaGamma>.Invalid>(SpendFit.Of([new(1, 20), new(0, 0)]));
        Assert.IsType<Fit<ShiftedBetaGeometric>.Invalid>(RetentionFit.Of(RenewalCounts.OfCohort(10, [0, 0])));
        Assert.IsType<Fit<HazardForecast>.Invalid>(
            HazardFit.Of([new ContractSpell(0, 3, false, [])], "tenure", [], 1, 1));
    }

    [Fact]
    public void Periods_seen_one_by_one_tell_of_retention_what_their_cohort_does()
    {
        double[] lost = [369, 163, 86, 56, 37, 27, 21];
        var periods = new List<(int Renewals, bool HasLeft)>();
        var there = 1_000;
        for (var n = 0; n < lost.Length; n++)
        {
            for (var i = 0; i < there; i++) periods.Add((n, i < lost[n]));
            there -= (int)lost[n];
        }
        var cohort = RetentionFit.Of(RenewalCounts.OfCohort(1_000, lost)).Expect();
        var fit = RetentionFit.Of(RenewalCounts.OfPeriods(periods)).Expect();
        Assert.Equal(cohort.LogLikelihood, fit.LogLikelihood, 1e-6);
        Assert.Equal(cohort.Model.Alpha, fit.Model.Alpha, 1e-3);
        Assert.Equal(cohort.Model.Beta, fit.Model.Beta, 1e-3);
        // Who is seen late is not taken for one who never renewed.
        var late = RetentionFit.Of(RenewalCounts.OfPeriods(periods.Where(period => period.Renewals >= 2))).Expect();
        Assert.Equal(cohort.Model.Retention(4), late.Model.Retention(4), 0.02);
        Assert.IsType<Fit<ShiftedBetaGeometric>.Invalid>(RetentionFit.Of(RenewalCounts.OfPeriods([(0, true)])));
        Assert.IsType<Fit<ShiftedBetaGeometric>.Invalid>(RetentionFit.Of(RenewalCounts.OfPeriods([(1, false)])));
    }

    // One logistic regression without covariates and with an effect a period is the share that left in each.
    [Fact]
    public void Hazard_without_covariates_is_the_share_that_left_in_each_period()
    {
        var spells = new List<ContractSpell>();
        for (var i = 0; i < 1_000; i++) spells.Add(new ContractSpell(0, 1 + i % 4, i % 4 < 3 && i % 5 == 0, []));
        var fit = HazardFit.Of(spells, "tenure", [], 4, 1).Expect();
        for (var period = 0; period < 4; period++)
        {
            double atRisk = spells.Count(s => s.Periods > period);
            double left = spells.Count(s => s.Periods == period + 1 && s.HasLeft);
            Assert.Equal(left / atRisk, fit.Model.Score([period]), 2e-3);
        }
    }

    private static PurchaseHistory[] Regulars(int customers)
    {
        var random = new Xoshiro256(11);
        var histories = new PurchaseHistory[customers];
        for (var i = 0; i < customers; i++)
        {
            var (rate, age, x, tx) = (random.Gamma(2, 10), 20 + Math.Floor(30 * random.NextUnit()), 0, 0.0);
            for (var t = random.Exponential() / rate; t <= age; t += random.Exponential() / rate) (x, tx) = (x + 1, t);
            histories[i] = new PurchaseHistory(x, tx, age);
        }
        return histories;
    }
}
