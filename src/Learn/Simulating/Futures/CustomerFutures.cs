using System.Globalization;
using DToC.Twin;
using DToC.Twin.Consent;
using DToC.Twin.Decisions;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using DToC.Twin.Simulation;
using DToC.Twin.State;
using Units = DToC.Twin.Simulation.Measures;

namespace DToC.Learn.Simulating.Futures;

/// <summary>Runs one customer forward: a fan of futures, and what each next best action comes to.</summary>
public sealed class CustomerFutures
{
    private readonly FuturesRequest _request;
    private readonly Premises _premises;
    private readonly ScenarioSet _scenarios;
    private readonly MemberRun _run;
    private readonly Tally _tally;

    private CustomerFutures(FuturesRequest request, Premises premises, ScenarioSet scenarios)
    {
        (_request, _premises, _scenarios) = (request, premises, scenarios);
        _run = new MemberRun(premises, scenarios);
        _tally = new Tally(premises.Plan, scenarios);
    }

    /// <summary>Runs them: a function of its arguments. The state is not changed.</summary>
    /// <param name="plan">The definition in force, which the state is under.</param>
    /// <param name="state">The state the paths begin from.</param>
    /// <param name="customer">Id of the customer: what it draws hangs on it.</param>
    /// <param name="now">The moment they begin.</param>
    /// <param name="request">What is asked.</param>
    /// <param name="cancellation">Ends it.</param>
    public static FuturesReading Of(
        TwinPlan plan, CustomerState state, string customer, Instant now, FuturesRequest request,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(request);
        if (SimulationPlan.WhyNot(plan) is { } why) return new FuturesReading.Wrong(why);
        if (request.Problem() is { } wrong) return new FuturesReading.Wrong($"{wrong}.");
        var read = ScenarioReader.Read(request.Scenarios.Span, "scenarios", plan, request.Weeks, withRules: false);
        if (read is not ScenarioReading.Read { Scenarios: var scenarios })
        {
            var errors = read is ScenarioReading.Invalid invalid ? invalid.Errors : [];
            return new FuturesReading.Wrong(string.Join('\n', errors));
        }
        var cells = (long)request.Weeks * request.Paths * scenarios.Count;
        if (cells > FuturesRequest.MostCells)
        {
            return new FuturesReading.Wrong(
                $"{request.Weeks} weeks x {request.Paths} paths x {scenarios.Count} scenarios are {cells}; at most "
                + $"{FuturesRequest.MostCells} go. Take fewer paths.");
        }
        return new CustomerFutures(request, Premises.Of(plan), scenarios).Run(state, customer, now, cancellation);
    }

    private FuturesReading Run(CustomerState state, string customer, Instant now, CancellationToken cancellation)
    {
        var plan = _premises.Plan;
        var standing = _run.Load(state, customer, now);
        if (standing != MemberStanding.Simulated) return new FuturesReading.Apart(standing, Missing(plan, state, now));
        var sums = new FanSums(_scenarios, _request.Paths, _request.DiscountRate);
        long gone = 0, outside = 0, withheld = 0, stopped = 0;
        for (var world = 0; world < _request.Paths; world++)
        {
            cancellation.ThrowIfCancellationRequested();
            Run(world);
            sums.Take(world, _tally);
            gone += _tally.Members(MemberRemark.GoneBefore);
            outside += _tally.Members(MemberRemark.OutsideFitted);
            withheld += _tally.Members(MemberRemark.OwnWithheld);
            stopped += _tally.Members(MemberRemark.TooManyOrders);
        }
        var withSatisfaction = plan.Simulation is { Satisfaction: >= 0 };
        var actions = new ActionValues(plan, _request, sums.Values(0)).Of(state, customer, now);
        return new FuturesReading.Run(new FuturesResult
        {
            Begin = now,
            Weeks = _request.Weeks,
            Paths = _request.Paths,
            Seed = _request.Seed,
            Level = _request.Level,
            PlanHash = plan.Hash.ToString("x16", CultureInfo.InvariantCulture),
            Currency = plan.Definition.Currency,
            GoneBefore = (double)gone / _request.Paths,
            Scenarios =
            [
                .. _scenarios.All.Select((scenario, s) => new FuturesScenario(
                    scenario.Name, sums.Totals(s, _request.Level), sums.Fan(s, withSatisfaction),
                    Whole(s, sums.Spend(s)))),
            ],
            Actions = actions,
            IsHeldOut = Decider.IsHeldOut(plan, customer),
            Warnings = [.. Warnings(outside > 0, withheld > 0, stopped > 0, actions)],
        });
    }

    private void Run(int world)
    {
        _tally.Clear();
        _run.Run(World.Draw(_premises, _scenarios, _request.Seed, world), _tally);
    }

    /// <summary>Paths at even shares of all, by spend: the worlds are run once more.</summary>
    private List<WholePath> Whole(int scenario, long[] spend)
    {
        var order = Enumerable.Range(0, spend.Length).OrderBy(world => spend[world]).ThenBy(world => world).ToList();
        List<WholePath> paths = [];
        var count = Math.Min(_request.Whole, order.Count);
        for (var i = 0; i < count; i++)
        {
            var share = (i + 0.5) / count;
            var world = order[(int)(share * order.Count)];
            Run(world);
            paths.Add(PathOf(scenario, world, share));
        }
        return paths;
    }

    private WholePath PathOf(int scenario, int world, double share)
    {
        List<PathWeek> weeks = [];
        int? left = _tally.Of(scenario, 0, Measure.Active) + _tally.Of(scenario, 0, Measure.Churned) == 0 ? 0 : null;
        for (var week = 0; week < _request.Weeks; week++)
        {
            if (_tally.Of(scenario, week, Measure.Churned) > 0) left = week + 1;
            var path = new PathWeek(
                week + 1, _tally.Of(scenario, week, Measure.Orders),
                _tally.Of(scenario, week, Measure.RevenueMinor) / Units.Scale(Measure.RevenueMinor),
                _tally.Of(scenario, week, Measure.Returns), _tally.Of(scenario, week, Measure.Contacts));
            if (path.Orders + path.Returns + path.Contacts > 0) weeks.Add(path);
        }
        return new WholePath(world, share, left, weeks);
    }

    private IEnumerable<string> Warnings(
        bool isOutside, bool isWithheld, bool isStopped, IReadOnlyList<ActionValue> actions)
    {
        foreach (var remark in _scenarios.Remarks)
            yield return $"{_scenarios.All[remark.Scenario].Name}: {remark.Text}";
        if (isOutside) yield return "The history lies outside of what the model of purchases was fitted on.";
        if (isWithheld) yield return "The population's numbers stand in where the customer's own may not be used.";
        if (isStopped)
        {
            yield return
                $"Paths were stopped at {SimulationLimits.OrdersPerMember} orders; what they come to is too low.";
        }
        if (_request.Paths < WorldSummary.WorldsFor(_request.Level))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{_request.Paths} paths bound no interval of level {_request.Level}; at least "
                + $"{WorldSummary.WorldsFor(_request.Level)} do.");
        }
        var certain = actions.Where(a => a is { Offer: not null, Expected.Deviation: 0 }).Select(a => a.Offer).ToList();
        if (certain.Count > 0)
        {
            yield return "Nothing says how sure propensity and value are of "
                + $"{string.Join(", ", certain)}: which is best looks surer than it is.";
        }
        var nowhere = _premises.Assumptions.Where(a => a.Source == AssumptionSource.None).Select(a => a.Name).ToList();
        if (nowhere.Count > 0)
            yield return $"From nowhere come {string.Join(", ", nowhere)}: take measured ones.";
    }

    private static string? Missing(TwinPlan plan, CustomerState state, Instant now) =>
        plan.Simulation is not { } simulation ? null
            : ConsentGate.Missing(state, simulation.Purpose, plan.Models[simulation.Purchases].Categories, now);
}
