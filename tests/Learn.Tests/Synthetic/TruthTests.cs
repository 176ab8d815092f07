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
