using System.Buffers;
using System.Globalization;
using System.Text;
using DToC.Grains;
using DToC.Learn.CustomerBase;
using DToC.Learn.Simulating;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Fold;
using DToC.Twin.Models.CustomerBase;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.SimulationFigures;

/// <summary>
/// The 90 % interval of the repeat purchases of the CDNOW sample in the 39 weeks from 1997-09-30, of a Pareto/NBD
/// fitted to what was known then; 1,882 came.
/// </summary>
internal static class CdnowInterval
{
    private const int Paths = 1_000;
    private const int Weeks = 39;

    private static readonly Instant Cut = Instant.From(new DateTimeOffset(1997, 9, 30, 23, 59, 59, 999, TimeSpan.Zero));

    /// <summary>Its ends.</summary>
    /// <param name="file">The sample: id, id in the sample, day, pieces, dollars.</param>
    public static async Task<(double Low, double High)> OfAsync(string file)
    {
        var days = File.ReadLines(file).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(cells => cells.Length == 5)
            .Select(cells => (Customer: cells[1], Day: DayOf(cells[2]), Dollars: cells[4]))
            .Where(purchase => purchase.Day <= Cut).ToList();
        var shipped = ShippedDefinitions.Find("purchase-log")
            ?? throw new InvalidOperationException("No definition 'purchase-log' ships.");
        var plan = Compiled(TwinPlan.Load(shipped, "purchase-log"));
        plan = Compiled(TwinPlan.Load(plan.Source.With("expected_orders", Fitted(plan, days)), "purchase-log"));
        var members = new KeptMembers();
        foreach (var customer in days.GroupBy(purchase => purchase.Customer, StringComparer.Ordinal))
        {
            var buffer = new ArrayBufferWriter<byte>();
            var folded = Folded(plan, customer.Key, [.. customer.Select(c => (c.Day, c.Dollars))]);
            CustomerCodec.Write(new CustomerActivation(folded), buffer);
            members.Add(customer.Key, buffer.WrittenSpan, groups: 0);
        }
        var request = new SimulationRequest { Weeks = Weeks, Paths = Paths, Sensitivity = false, Top = 0 };
        var run = SimulationRun.Of(Figures.SetupOf(plan, request), members, Cut, new SimulationOptions());
        var interval = (await run.RunAsync(null, default)).Scenarios[0].Totals["orders"].Total.Interval
            ?? throw new InvalidOperationException($"{Paths} paths bound no interval.");
        return (interval.Low, interval.High);
    }

    private static byte[] Fitted(TwinPlan plan, List<(string Customer, Instant Day, string Dollars)> days)
    {
        var histories = PurchaseHistories.Of(days.GroupBy(purchase => purchase.Customer, StringComparer.Ordinal)
            .Select(customer => customer.Select(c => c.Day).Distinct().Order().ToArray())
            .Select(own => new PurchaseHistory(
                own.Length - 1, Weeks7(own[0], own[^1]), Weeks7(own[0], Cut))));
        var asked = ((ModelPlan.OfModel)plan.Models[plan.FindModel("expected_orders")]).Model;
        var question = ((PurchaseForecast)asked).Question;
        return PurchaseTraining.Of<ParetoNbd>(histories, question, asked.Inputs).Expect().Model.ToBytes();
    }

    private static CustomerState Folded(TwinPlan plan, string customer, (Instant Day, string Dollars)[] purchases)
    {
        var state = new CustomerState(plan);
        var reader = new EventReader(plan.Events, EventLimits.Default);
        for (var n = 0; n < purchases.Length; n++)
        {
            var json = $$"""
                {"id":"{{customer}}-{{n}}","type":"Order Completed","customer":"{{customer}}","source":"web",
                 "time":"{{purchases[n].Day}}","properties":{"total":{{purchases[n].Dollars}},"currency":"USD"} }
                """;
            if (reader.Read(Encoding.UTF8.GetBytes(json), Cut) is not EventReading.Read { Event: var e })
                throw new InvalidOperationException($"A purchase of customer {customer} cannot be read.");
            CommutativeFold.Apply(state, e);
            OrderedFold.Apply(state, e);
        }
        return state;
    }

    private static double Weeks7(Instant from, Instant to) => (to.Day - from.Day) / 7.0;

    private static Instant DayOf(string text) => Instant.From(new DateTimeOffset(
        DateOnly.ParseExact(text, "yyyyMMdd", CultureInfo.InvariantCulture), TimeOnly.MinValue, TimeSpan.Zero));

    private static TwinPlan Compiled(PlanCompilation compilation) => compilation switch
    {
        PlanCompilation.Compiled compiled => compiled.Plan,
        PlanCompilation.Invalid invalid => throw new InvalidOperationException(string.Join('\n', invalid.Errors)),
        var other => throw new InvalidOperationException($"Unknown compilation {other.GetType().Name}."),
    };
}
