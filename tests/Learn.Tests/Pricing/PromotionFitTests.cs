using DToC.Learn.CustomerBase;
using DToC.Learn.Pricing;
using DToC.Learn.Synthetic;
using DToC.Twin;
using DToC.Twin.Draws;
using DToC.Twin.Models.Pricing;

namespace DToC.Learn.Tests.Pricing;

public class PromotionFitTests
{
    private const int FirstDay = 18_997; // a Tuesday
    private static readonly int[] PromotedWeeks = [8, 15, 22, 23, 31, 40, 47, 55];

    // Customers who come over half a year, buy at rates of their own, leave, and see all promotions, as do all others;
    // from week to week demand moves for all of them.
    private static PromotionHistory Shop(
        ulong seed, double lift, double pull, IReadOnlyList<int> promoted, int weeks = 65, int customers = 800)
    {
        var random = new Xoshiro256(seed);
        var factors = new double[weeks];
        for (var week = 0; week < weeks; week++) factors[week] = Math.Exp(0.04 * random.Normal());
        var depths = new double[weeks];
        for (var i = 0; i < promoted.Count; i++) depths[promoted[i]] = 0.15 + 0.05 * (i % 3);
        for (var week = 0; week < weeks; week++)
        {
            factors[week] *= Math.Exp(lift * depths[week]);
            for (var before = Math.Max(0, week - 4); before < week; before++)
                factors[week] -= pull * (Math.Exp(lift * depths[before]) - 1) / 4;
        }
        var history = new PromotionHistory();
        for (var i = 0; i < customers; i++)
        {
            var (rate, left) = (random.Gamma(1.2, 4), 90 * random.Exponential());
            var days = new List<int>();
            var came = (int)(26 * random.NextUnit());
            for (var week = came; week < Math.Min(weeks, came + left); week++)
            {
                for (var n = week == came ? 1 : random.Poisson(rate * factors[week]); n > 0; n--)
                {
                    var day = FirstDay + 7 * week + (int)(7 * random.NextUnit());
                    var full = random.Gamma(4, 0.1);
                    history.AddValue(day, full * (1 - depths[week]), full * depths[week]);
                    days.Add(day);
                }
            }
            days.Sort();
            history.AddCustomer(days);
        }
        return history;
    }

    private static PromotionResponse Fitted(PromotionHistory history) =>
        PromotionFit.Of("discount_share", history).Expect().Model;

    private static string WhyNot(PromotionHistory history) =>
        Assert.IsType<Fit<PromotionResponse>.NotIdentified>(PromotionFit.Of("discount_share", history)).Why;

    [Fact]
    public void Lift_and_pull_forward_lie_in_their_intervals_as_often_as_these_say()
    {
        var (lifts, pulls, known) = (0, 0, 0);
        for (var seed = 1UL; seed <= 50; seed++)
        {
            var model = Fitted(Shop(seed, lift: 2, pull: 0.4, PromotedWeeks));
            lifts += Math.Abs(model.Lift - 2) < 1.96 * model.LiftError ? 1 : 0;
            Assert.InRange(model.Lift, 1, 3);
            if (model is not { PullForward: { } pull, PullForwardError: { } error }) continue;
            known++;
            pulls += Math.Abs(pull - 0.4) < 1.96 * error ? 1 : 0;
        }
        // Of 50 that hold with 95%, 43 or fewer come about once in 100 times.
        Assert.True(lifts >= 43, $"{lifts} of 50 lifts");
        Assert.True(known >= 45 && pulls >= 0.86 * known, $"{pulls} of {known} pull-forwards");
    }

    [Fact]
    public void More_customers_make_nothing_sure_that_hangs_on_a_few_weeks()
    {
        // Ten times as many customers would make a Poisson error smaller by a factor of 3.2.
        double[] few = [.. Enumerable.Range(1, 4).Select(seed => Error((ulong)seed, 500))];
        double[] many = [.. Enumerable.Range(1, 4).Select(seed => Error((ulong)seed, 5_000))];
        Assert.True(many.Average() > few.Average() / 2.8, $"{few.Average():0.000} to {many.Average():0.000}");

        static double Error(ulong seed, int customers) =>
            Fitted(Shop(seed, lift: 2, pull: 0.4, PromotedWeeks, customers: customers)).LiftError;
    }

    [Fact]
    public void Promotion_without_effect_has_a_lift_around_none_and_tells_no_pull_forward()
    {
        var model = Fitted(Shop(3, lift: 0, pull: 0, PromotedWeeks));
        Assert.InRange(model.Lift, -3 * model.LiftError, 3 * model.LiftError);
        Assert.Null(model.PullForward);
    }

    [Fact]
    public void Past_without_promotions_with_too_few_or_nothing_else_is_not_identified_and_says_why()
    {
        Assert.Contains("there were 0", WhyNot(Shop(1, 2, 0.4, [])));
        Assert.Contains("there were 2", WhyNot(Shop(1, 2, 0.4, [20, 40])));
        Assert.Contains("whole weeks", WhyNot(Shop(1, 2, 0.4, [5, 10, 15], weeks: 24)));
        Assert.Contains("purchases", WhyNot(Shop(1, 2, 0.4, PromotedWeeks, customers: 5)));
        Assert.Contains("whole weeks", WhyNot(new PromotionHistory()));
    }

    [Fact]
    public void Generated_grocery_shows_the_lift_and_pull_forward_of_its_profile()
    {
        var profile = ProfileReader.Read("grocery").Profile!; // shipped
        var history = new PromotionHistory();
        for (var i = 0; i < 1_500; i++)
        {
            var days = new List<int>();
            foreach (var order in new Population(profile, 5).Customer(i).Events)
            {
                var day = (int)order.Time.Day;
                history.AddValue(day, Amount(order, "total"), Amount(order, "discount"));
                days.Add(day);
            }
            history.AddCustomer(days);
        }
        var model = Fitted(history);
        // ln E[exp(s d)] / d for s of mean 1.8 and deviation 0.4 at the depths of the calendar.
        Assert.InRange(model.Lift, 1.82 - 3 * model.LiftError, 1.82 + 3 * model.LiftError);
        Assert.InRange(model.LiftError, 0.01, 0.3);
        var (pull, error) = (Assert.NotNull(model.PullForward), Assert.NotNull(model.PullForwardError));
        Assert.InRange(pull, 0.35 - 3 * error, 0.35 + 3 * error);

        static double Amount(SyntheticEvent order, string name) =>
            order.Properties.FirstOrDefault(property => property.Name == name).Value is PropertyValue.Number number
                ? (double)number.Value
                : 0;
    }
}
