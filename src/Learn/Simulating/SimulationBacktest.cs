using System.Text;
using DToC.Grains;
using DToC.Learn.Training;
using DToC.Twin;
using DToC.Twin.Simulation;
using Units = DToC.Twin.Simulation.Measures;

namespace DToC.Learn.Simulating;

/// <summary>How a simulation is graded on the past.</summary>
public sealed record SimulationBacktestOptions
{
    /// <summary>The moment it begins: all that was known by then, and nothing after.</summary>
    public required Instant At { get; init; }

    /// <summary>Weeks ahead, 1 to <see cref="SimulationLimits.Weeks"/>.</summary>
    public required int Weeks { get; init; }

    /// <summary>Paths.</summary>
    public int Paths { get; init; } = 1_000;

    /// <summary>Of all that is drawn.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Probability of the intervals.</summary>
    public double Level { get; init; } = 0.9;

    /// <summary>Most customers.</summary>
    public long Customers { get; init; } = TrainingOptions.MostCustomers;

    /// <summary>
    /// Whether models of purchases and spend are fitted to that past; else those in force stand, which may have been
    /// fitted to what came.
    /// </summary>
    public bool Refit { get; init; } = true;

    /// <summary>Model of purchases to fit; null for the kind in force.</summary>
    public LearntKind? Kind { get; init; }

    /// <summary>Weeks of the periods whose totals are compared.</summary>
    public int PeriodWeeks { get; init; } = 4;

    /// <summary>Null when the weeks forecast are over by a moment; else what is wrong and would be right.</summary>
    public string? NotOver(Instant now) => At.PlusMs(Weeks * 7L * Instant.DayMs) > now
        ? $"{Weeks} weeks from {At} are not over yet; begin earlier, or take fewer" : null;
}

/// <summary>A total that was simulated, and what came.</summary>
/// <param name="FromWeek">First week, from 0.</param>
/// <param name="UntilWeek">The week behind the last.</param>
/// <param name="Forecast">Its distribution over the worlds.</param>
/// <param name="Came">What came.</param>
public sealed record ComparedTotal(int FromWeek, int UntilWeek, WorldSummary Forecast, double Came)
{
    /// <summary>Whether what came lies in the interval; null where there is none.</summary>
    public bool? IsInside => Forecast.Interval is { } interval ? Came >= interval.Low && Came <= interval.High : null;
}

/// <summary>A quantity that was simulated, and what came.</summary>
/// <param name="Name">The quantity.</param>
/// <param name="Total">Over all weeks.</param>
/// <param name="Periods">Period by period.</param>
public sealed record ComparedQuantity(string Name, ComparedTotal Total, IReadOnlyList<ComparedTotal> Periods)
{
    /// <summary>Share of periods whose interval holds what came; null where there is no interval.</summary>
    public double? Coverage => Periods.Count == 0 || Periods[0].IsInside is null
        ? null
        : Periods.Count(p => p.IsInside == true) / (double)Periods.Count;
}

/// <summary>Errors of a forecast of each customer's orders.</summary>
/// <param name="By">Who forecast.</param>
/// <param name="Total">Sum of the forecasts.</param>
/// <param name="TotalError">That minus what came, over what came.</param>
/// <param name="MeanAbsolute">Mean absolute error of a customer.</param>
/// <param name="RootMeanSquare">Root of the mean squared error of a customer.</param>
/// <param name="Customers">Customers it says something of; errors are of these alone.</param>
public sealed record ForecastErrors(
    string By, double Total, double TotalError, double MeanAbsolute, double RootMeanSquare, int Customers);

/// <summary>Whether customers' orders are spread as simulated, at the level of demand that came.</summary>
/// <param name="Demand">Factor on the demand of all customers that makes the total about what came.</param>
/// <param name="Total">Orders that are simulated with it.</param>
/// <param name="Uniformity">The test.</param>
public sealed record LevelledUniformity(double Demand, double Total, UniformityTest Uniformity);

/// <summary>A simulation from a past moment beside what came.</summary>
/// <param name="Options">How it was done.</param>
/// <param name="Definition">Name of the definition.</param>
/// <param name="PlanHash">Hash of definition and models in force, in hexadecimal.</param>
/// <param name="Members">Members simulated.</param>
/// <param name="Models">What was fitted, a sentence each.</param>
/// <param name="Quantities">Totals of orders, and of revenue where a model says what an order is worth.</param>
/// <param name="Uniformity">
/// Whether customers' orders are spread as simulated: the test of their probability integral transforms; null of too
/// few customers.
/// </param>
/// <param name="AtLevel">
/// The same were the level of demand known, which all customers share: what is left when the total is right. Null of
/// too few customers, and where nothing came.
/// </param>
/// <param name="Errors">The simulation, then naive forecasts.</param>
/// <param name="Remarks">What to know, a sentence each.</param>
public sealed record SimulationBacktest(
    SimulationBacktestOptions Options, string Definition, string PlanHash, int Members, IReadOnlyList<string> Models,
    IReadOnlyList<ComparedQuantity> Quantities, UniformityTest? Uniformity, LevelledUniformity? AtLevel,
    IReadOnlyList<ForecastErrors> Errors, IReadOnlyList<string> Remarks)
{
    /// <summary>Runs one. Nothing of the host is changed.</summary>
    /// <param name="host">Whose journals.</param>
    /// <param name="options">How.</param>
    /// <param name="run">How to go about it.</param>
    /// <param name="progress">Told after each customer read; null for nobody.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="InvalidOperationException">It cannot be done; the message says why.</exception>
    public static async Task<SimulationBacktest> RunAsync(
        ITwinHost host, SimulationBacktestOptions options, SimulationOptions run, Action<long>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(host);
        ArgumentNullException.ThrowIfNull(options);
        var request = new SimulationRequest
        {
            Weeks = options.Weeks, Paths = options.Paths, Seed = options.Seed, Level = options.Level,
            Sensitivity = false, Top = 0,
        };
        // Wrong options are told before anything is read.
        SetupOf(host.Plans, request);
        if (options.PeriodWeeks < 1) throw new InvalidOperationException("A period has at least one week.");
        var past = new PastMembers(host, options.At, options.Weeks);
        await past.ReadAsync(options.Customers, progress, cancellation);
        var (plans, models) = options.Refit
            ? PastModels.Of(host.Plans, past.Members, options.Kind, cancellation)
            : (host.Plans, (IReadOnlyList<string>)["The models in force, which may know what came."]);
        var setup = SetupOf(plans, request);
        var simulation = SimulationRun.Of(setup, past.States, options.At, run);
        await simulation.RunAsync(null, cancellation);
        var unitDays = setup.Premises.Plan.Simulation?.UnitDays ?? 7; // the setup has seen it
        var judged = new PastJudgement(setup, past, options, run.Threads).Of(scenario: 0, cancellation);
        var worlds = simulation.Sums.Everybody(options.Paths);
        List<ComparedQuantity> quantities =
            [Compared("orders", worlds, Measure.Orders, options, judged.Select(j => j.Member.Bought).ToList())];
        if (setup.Premises.Plan.Simulation is { Spend: >= 0 })
        {
            quantities.Add(Compared(
                "revenue", worlds, Measure.RevenueMinor, options, judged.Select(j => j.Member.Spent).ToList()));
        }
        return new SimulationBacktest(
            options, plans.Current.Definition.Name,
            host.Plans.Current.Hash.ToString("x16", System.Globalization.CultureInfo.InvariantCulture), judged.Count,
            models, quantities, PastJudgement.Uniformity(judged),
            LevelledOf(plans, request, judged,
                levelled => new PastJudgement(levelled, past, options, run.Threads).Of(scenario: 1, cancellation)),
            PastJudgement.Errors(judged, options.Weeks * 7 / unitDays),
            RemarksOn(past, judged.Count));
    }

    private static LevelledUniformity? LevelledOf(
        Twin.Plan.PlanCatalog plans, SimulationRequest request, List<JudgedMember> judged,
        Func<SimulationSetup, List<JudgedMember>> judge)
    {
        var demand = judged.Sum(j => j.Came) / judged.Sum(j => j.Mean);
        if (!double.IsFinite(demand) || demand == 0) return null;
        var scenario = FormattableString.Invariant(
            $$"""[{ "name": "level", "levers": [{ "lever": "demand", "index": {{demand:r}} }] }]""");
        var levelled = judge(SetupOf(plans, request with { Scenarios = Encoding.UTF8.GetBytes(scenario) }));
        return PastJudgement.Uniformity(levelled) is { } test
            ? new LevelledUniformity(demand, levelled.Sum(j => j.Mean), test) : null;
    }

    private static SimulationSetup SetupOf(Twin.Plan.PlanCatalog plans, SimulationRequest request)
    {
        var (setup, fault) = SimulationSetup.Of(plans, request);
        return setup ?? throw new InvalidOperationException(fault);
    }

    private static ComparedQuantity Compared(
        string name, Tally[] worlds, Measure measure, SimulationBacktestOptions options, List<double[]> came)
    {
        List<ComparedTotal> periods = [];
        for (var from = 0; from < options.Weeks; from += options.PeriodWeeks)
            periods.Add(Of(from, Math.Min(options.Weeks, from + options.PeriodWeeks)));
        return new ComparedQuantity(name, Of(0, options.Weeks), periods);

        ComparedTotal Of(int from, int until)
        {
            var totals = Array.ConvertAll(worlds, tally =>
            {
                var sum = 0L;
                for (var week = from; week < until; week++) sum += tally.Of(0, week, measure);
                return sum;
            });
            var total = came.Sum(bought => bought[until - 1] - (from == 0 ? 0 : bought[from - 1]));
            return new ComparedTotal(
                from, until, WorldSummary.Of(totals, 1 / Units.Scale(measure), options.Level), total);
        }
    }

    private static List<string> RemarksOn(PastMembers past, int simulated)
    {
        List<string> remarks =
        [
            "An order is a day with a purchase, of customers who had bought by the moment; those who came later are "
                + "in neither the forecast nor what came.",
        ];
        if (simulated < past.Members.Count)
        {
            remarks.Add(
                $"{past.Members.Count - simulated} customers take no part: no purchase yet, or no legal basis.");
        }
        if (past.TooOld > 0) remarks.Add($"Of {past.TooOld} customers the journal does not reach back so far.");
        return remarks;
    }
}
