using System.Globalization;
using System.Text.Json;
using DToC.Learn.Synthetic;
using DToC.Twin;

namespace DToC.Learn.Tests.Synthetic;

/// <summary>
/// What comes out agrees with the latent parameters it was drawn from: 4.5 standard errors, fixed seeds.
/// </summary>
public class TruthTests
{
    private const int Customers = 20_000;

    private static readonly PopulationProfile BuyTillYouDie = new()
    {
        Name = "test",
        Start = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero),
        Days = 52 * 7,
        Channels = [new Channel("web", 3, "web"), new Channel("store", 1, "shop")],
        Spend = new SpendPrior(6.25, 3.74, 15.44),
        Dropout = new Dropout.AfterEvent(0.793, 2.426),
        Streams =
        [
            new EventStream
            {
                Event = "Order Completed",
                Rate = new GammaRate(0.243, 4.414),
                FirstAtJoining = true,
                Properties = [new PropertySampler.Spend { Name = "total" }],
            },
        ],
    };

    private static List<CustomerHistory> Live(PopulationProfile profile, int customers = Customers)
    {
        var population = new Population(profile, 42);
        return [.. Enumerable.Range(0, customers).Select(i => population.Customer(i))];
    }

    private static void MeanNear(double expected, IReadOnlyCollection<double> sample)
    {
        var mean = sample.Average();
        var error = Math.Sqrt(sample.Sum(value => (value - mean) * (value - mean)) / sample.Count / sample.Count);
        Assert.InRange(mean, expected - 4.5 * error, expected + 4.5 * error);
    }

    [Fact]
    public void Latent_parameters_have_the_means_the_profile_gives_them()
    {
        var truths = Live(BuyTillYouDie).ConvertAll(history => history.Truth);
        MeanNear(0.243 / 4.414, truths.ConvertAll(truth => truth.RatePerWeek));
        MeanNear(0.793 / (0.793 + 2.426), truths.ConvertAll(truth => truth.DropoutProbability!.Value));
        MeanNear(6.25 * 15.44 / 2.74, truths.ConvertAll(truth => truth.MeanSpend!.Value));
        Assert.InRange(truths.Average(truth => truth.PreferredChannel == "web" ? 1.0 : 0), 0.72, 0.92);
    }

    [Fact]
    public void Repeat_purchases_are_as_many_as_rate_and_dropout_of_each_customer_foretell()
    {
        // Fader, Hardie, Lee 2005, section 3: E[X(t) | lambda, p] = (1 - exp(-lambda p t)) / p.
        const double weeks = 52;
        var excess = Live(BuyTillYouDie).ConvertAll(history =>
        {
            var (rate, p) = (history.Truth.RatePerWeek, history.Truth.DropoutProbability!.Value);
            return history.Truth.FirstStreamEvents - 1 - (1 - Math.Exp(-rate * p * weeks)) / p;
        });
        MeanNear(0, excess);
    }

    [Fact]
    public void Churn_is_as_frequent_as_rate_and_dropout_foretell_and_ends_the_events()
    {
        // Ibid.: P(dead by t | lambda, p) = 1 - exp(-lambda p t).
        var histories = Live(BuyTillYouDie);
        MeanNear(0, histories.ConvertAll(history =>
        {
            var foretold = 1 - Math.Exp(-history.Truth.RatePerWeek * history.Truth.DropoutProbability!.Value * 52);
            return (history.Truth.ChurnedAt == null ? 0 : 1) - foretold;
        }));
        Assert.All(histories.Where(history => history.Truth.ChurnedAt != null), history =>
            Assert.Equal(history.Truth.ChurnedAt, history.Events[^1].Time));
    }

    [Fact]
    public void Spend_of_a_purchase_is_on_average_the_mean_spend_of_its_customer()
    {
        var ratios = (from history in Live(BuyTillYouDie)
                      from next in history.Events
                      let total = ((PropertyValue.Number)next.Properties.Single().Value).Value
                      select (double)total / history.Truth.MeanSpend!.Value).ToList();
        MeanNear(1, ratios);
        var variance = ratios.Average(ratio => ratio * ratio) - Math.Pow(ratios.Average(), 2);
        Assert.InRange(variance, 0.95 / 6.25, 1.05 / 6.25); // a Gamma(p, nu) has a squared variation of 1 / p
    }

    [Fact]
    public void Churn_at_any_time_follows_the_hazard_of_each_customer()
    {
        var profile = BuyTillYouDie with { Dropout = new Dropout.AnyTime(1.5, 60) };
        var histories = Live(profile);
        MeanNear(1.5 / 60, histories.ConvertAll(history => history.Truth.DropoutHazardPerWeek!.Value));
        MeanNear(0, histories.ConvertAll(history => (history.Truth.ChurnedAt == null ? 0 : 1)
            - (1 - Math.Exp(-history.Truth.DropoutHazardPerWeek!.Value * 52))));
    }

    [Fact]
    public void A_price_sensitive_customer_buys_more_on_sale_days_by_the_factor_of_the_truth()
    {
        var profile = BuyTillYouDie with
        {
            Dropout = null,
            Discounts = [new DiscountPeriod("11-01", "11-30", 0.3)],
            PriceSensitivity = new Distribution.Constant(3),
            Streams = [BuyTillYouDie.Streams[0] with { FollowsPrice = true, FirstAtJoining = false }],
        };
        var november = Live(profile).SelectMany(history => history.Events).ToLookup(next =>
            next.Time.ToDateTimeOffset().Month == 11);
        var perSaleDay = november[true].Count() / 30.0;
        var perUsualDay = november[false].Count() / (364 - 30.0);
        var factor = perSaleDay / perUsualDay;
        Assert.InRange(factor, 0.93 * Math.Exp(0.9), 1.07 * Math.Exp(0.9));
    }

    [Fact]
    public void What_a_sale_brought_forward_is_missing_in_the_days_behind_it()
    {
        var profile = BuyTillYouDie with
        {
            Dropout = null,
            Discounts = [new DiscountPeriod("06-03", "06-09", 0.3)],
            PriceSensitivity = new Distribution.Constant(2),
            PullForward = new PullForward(0.5, 28),
            Streams = [BuyTillYouDie.Streams[0] with { FollowsPrice = true, FirstAtJoining = false }],
        };
        // From the 1st of January 2024: the sale is from day 154 to before 161, and 161 + 28 is the last day without.
        var byDay = new Population(profile, 1).ExpectedByDay(0, priceSensitivity: 2);
        var won = 7 * (Math.Exp(0.6) - 1);
        Assert.Equal((364 + won / 2) / 7, byDay.Sum(), 1e-9);
        Assert.Equal(Math.Exp(0.6) / 7, byDay[154], 1e-9);
        Assert.Equal((1 - won / 2 / 28) / 7, byDay[170], 1e-9);
        Assert.Equal(1.0 / 7, byDay[189], 1e-9);
        var events = Live(profile).SelectMany(history => history.Events)
            .CountBy(next => (next.Time.UnixMs - Instant.From(profile.Start).UnixMs) / Instant.DayMs)
            .ToDictionary(day => (int)day.Key, day => day.Value);
        var (sale, behind, usual) = (PerDay(154, 161), PerDay(161, 182), PerDay(200, 364));
        Assert.InRange(sale / usual, 0.93 * byDay[154..161].Average() * 7, 1.07 * byDay[154..161].Average() * 7);
        Assert.InRange(behind / usual, 0.95 * byDay[161..182].Average() * 7, 1.05 * byDay[161..182].Average() * 7);

        double PerDay(int from, int until) => Enumerable.Range(from, until - from).Average(day => events[day]);
    }

    [Fact]
    public void Shocks_move_all_customers_alike_around_one_and_last_as_long_as_they_persist()
    {
        var profile = BuyTillYouDie with { Days = 500 * 7, Shocks = new DemandShocks(0.2, 0.7) };
        var byDay = new Population(profile, 4).ExpectedByDay(0, 0);
        double[] weeks = [.. Enumerable.Range(0, 500).Select(week => Math.Log(byDay[7 * week] * 7))];
        Assert.All(Enumerable.Range(0, 500), week => Assert.Equal(byDay[7 * week], byDay[7 * week + 6], 1e-12));
        Assert.InRange(byDay.Average() * 7, 0.9, 1.1);
        var mean = weeks.Average();
        var variance = weeks.Average(week => (week - mean) * (week - mean));
        Assert.InRange(Math.Sqrt(variance), 0.15, 0.25);
        Assert.InRange(
            weeks.Zip(weeks.Skip(1), (week, next) => (week - mean) * (next - mean)).Average() / variance, 0.55, 0.85);
        Assert.NotEqual(byDay, new Population(profile, 5).ExpectedByDay(0, 0));
    }

    [Fact]
    public void Demand_by_weight_falls_with_the_price_paid_as_the_elasticity_of_the_customer_says()
    {
        var profile = ProfileReader.Read("grocery").Profile! with { Latents = // shipped
        [
            new Latent("appetite", new Distribution.Constant(0.5)),
            new Latent("elasticity", new Distribution.Constant(-2)),
        ] };
        var (left, discounted) = (new List<double>(), 0);
        foreach (var order in Live(profile, 300).SelectMany(history => history.Events))
        {
            var basket = order.Properties.Select(property => property.Value).OfType<PropertyValue.Basket>().Single();
            var line = basket.Lines.Single();
            var (price, total) = ((double)line.Price, (double)line.Price * (double)line.Quantity);
            // ln 2 at the mean price, 8 exp(0.2^2 / 2).
            left.Add(Math.Log((double)line.Quantity) - Math.Log(2) - 0.5 + 2 * Math.Log(price / (8 * Math.Exp(0.02))));
            Assert.Equal(total, Number(order, "total"), 0.006);
            if (!order.Properties.Any(property => property.Name == "discount")) continue;
            discounted++;
            Assert.InRange(Number(order, "discount") / (total + Number(order, "discount")), 0.14, 0.31);
        }
        Assert.True(discounted > 100, $"{discounted} discounted orders");
        MeanNear(0, left);
        Assert.InRange(Math.Sqrt(left.Average(noise => noise * noise)), 0.285, 0.315);

        static double Number(SyntheticEvent order, string name) =>
            (double)((PropertyValue.Number)order.Properties.Single(property => property.Name == name).Value).Value;
    }

    [Fact]
    public void Hours_and_weekdays_follow_the_rhythm()
    {
        var hours = Enumerable.Range(0, 24).Select(hour => hour is >= 8 and < 20 ? 3.0 : 1.0).ToList();
        var rhythm = new Rhythm(hours, [1, 1, 1, 1, 1, 2, 2], Rhythm.Flat.Months);
        var profile = BuyTillYouDie with
        {
            Rhythm = rhythm,
            Dropout = null,
            Streams = [BuyTillYouDie.Streams[0] with { FirstAtJoining = false }],
        };
        var times = Live(profile).SelectMany(history => history.Events)
            .Select(next => next.Time.ToDateTimeOffset()).ToList();
        MeanNear(36.0 / 48, times.ConvertAll(time => time.Hour is >= 8 and < 20 ? 1.0 : 0));
        MeanNear(4.0 / 9, times.ConvertAll(time => time.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday ? 1.0 : 0));
    }

    [Fact]
    public void Truth_is_written_as_one_JSON_object_with_the_latent_parameters()
    {
        var truth = new Population(BuyTillYouDie, 42).Customer(0).Truth;
        using var json = JsonDocument.Parse(truth.ToUtf8());
        var root = json.RootElement;
        Assert.Equal("c-000000", root.GetProperty("customer").GetString());
        Assert.Equal(truth.RatePerWeek, root.GetProperty("rate_per_week").GetDouble());
        Assert.Equal(truth.MeanSpend, root.GetProperty("mean_spend").GetDouble());
        Assert.Equal(truth.DropoutProbability, root.GetProperty("dropout_probability").GetDouble());
        var joined = root.GetProperty("joined_at").GetString();
        Assert.Equal(truth.JoinedAt, Instant.From(DateTimeOffset.Parse(joined!, CultureInfo.InvariantCulture)));
    }
}
