using System.Globalization;
using DToC.Twin.Definitions;
using DToC.Twin.Plan;
using DToC.Twin.Simulation;
using Units = DToC.Twin.Simulation.Measures;

namespace DToC.Learn.Simulating;

/// <summary>Makes a result of the sums of a run.</summary>
internal sealed class ResultBuilder(SimulationRun run)
{
    private readonly SimulationRequest _request = run.Setup.Request;
    private readonly TwinPlan _plan = run.Setup.Premises.Plan;
    private readonly ScenarioSet _scenarios = run.Setup.Scenarios;
    private readonly IReadOnlyList<ResultMeasure> _measures = ResultMeasure.All(run.Setup.Request.DiscountRate);

    public SimulationResult Build(GainBoard[] boards)
    {
        var worlds = run.Sums.Everybody(run.PathsDone);
        var groups = _request.Groups.Select((_, g) => run.Sums.Group(g, run.PathsDone)).ToList();
        var told = _measures.Where(m => m.Always || IsAnything(m, worlds)).ToList();
        var members = MembersOf(worlds);
        return new SimulationResult
        {
            Name = _request.Name,
            Begin = run.Begin,
            Weeks = _scenarios.Weeks,
            Paths = run.PathsDone,
            PathsAsked = _request.Paths,
            Seed = _request.Seed,
            Level = _request.Level,
            Definition = _plan.Definition.Name,
            PlanHash = Hash(_plan.Hash),
            MembersHash = Hash(run.MembersPrint),
            Currency = _plan.Definition.Currency,
            Members = members,
            Scenarios =
            [
                .. Enumerable.Range(0, _scenarios.Count).Select(s => ScenarioOf(s, worlds, groups, told, boards)),
            ],
            Search = _request.Search is { } search
                ? SearchResult.Of(search, _request.DiscountRate, _request.Level, worlds)
                : null,
            Assumptions = run.Assumptions,
            Rests = RestsOn(members),
            Warnings = [.. Warnings(members)],
        };
    }

    private ScenarioResult ScenarioOf(
        int scenario, Tally[] worlds, List<Tally[]> groups, List<ResultMeasure> told, GainBoard[] boards) =>
        new(
            _scenarios.All[scenario].Name, Totals(scenario, worlds, told),
            told.Where(m => m.IsWeekly).ToDictionary(
                m => m.Name, m => Weeks(scenario, worlds, m), StringComparer.Ordinal))
        {
            Groups =
            [
                .. groups.Select((tallies, g) => new GroupResult(
                    _request.Groups[g], tallies[0].Members(MemberStanding.Simulated),
                    Totals(scenario, tallies, told))),
            ],
            Gains = scenario == 0 ? null : boards[scenario - 1].Result(run.PathsDone, 1 / Units.MinorPerUnit),
        };

    private Dictionary<string, QuantityResult> Totals(int scenario, Tally[] worlds, List<ResultMeasure> told) =>
        told.ToDictionary(measure => measure.Name, measure =>
        {
            var values = measure.Totals(worlds, scenario);
            return new QuantityResult(
                WorldSummary.Of(values, measure.Scale, _request.Level),
                scenario == 0 ? null
                    : WorldDifference.Of(values, measure.Totals(worlds, 0), measure.Scale, _request.Level));
        }, StringComparer.Ordinal);

    private IReadOnlyList<WeekResult> Weeks(int scenario, Tally[] worlds, ResultMeasure measure)
    {
        var (own, baseline) = (measure.Weeks(worlds, scenario), scenario == 0 ? null : measure.Weeks(worlds, 0));
        var weeks = new WeekResult[own.Length];
        for (var week = 0; week < weeks.Length; week++)
        {
            var total = WorldSummary.Of(own[week], measure.Scale, _request.Level);
            var difference = baseline is null ? null
                : WorldDifference.Of(own[week], baseline[week], measure.Scale, _request.Level).Difference;
            weeks[week] = new WeekResult(total.Mean, total.Interval, difference?.Mean, difference?.Interval);
        }
        return weeks;
    }

    private bool IsAnything(ResultMeasure measure, Tally[] worlds) =>
        Enumerable.Range(0, _scenarios.Count).Any(s => measure.Totals(worlds, s).Any(value => value != 0));

    private MembersResult MembersOf(Tally[] worlds) => new(
        worlds[0].Members(MemberStanding.Simulated),
        Enum.GetValues<MemberStanding>().Where(s => s != MemberStanding.Simulated)
            .Select(s => (s, Count: worlds[0].Members(s))).Where(s => s.Count > 0)
            .ToDictionary(s => s.s, s => s.Count),
        run.Unknown,
        Enum.GetValues<MemberRemark>()
            .Select(r => (r, Mean: worlds.Sum(tally => tally.Members(r)) / (double)worlds.Length))
            .Where(r => r.Mean > 0).ToDictionary(r => r.r, r => r.Mean));

    private IReadOnlyList<string> RestsOn(MembersResult members)
    {
        var simulation = _plan.Simulation!; // the setup has seen it
        List<string> rests =
        [
            Invariant($"The states of {members.Simulated} customers as of {run.Begin}."),
            ModelOf("purchases", simulation.Purchases),
        ];
        foreach (var (what, slot) in ((string, int)[])
            [("the amount of an order", simulation.Spend), ("answers to prices", simulation.Prices),
            ("satisfaction", simulation.Satisfaction), ("affinity", simulation.Affinity)])
        {
            if (slot >= 0) rests.Add(ModelOf(what, slot));
        }
        return rests;
    }

    private string ModelOf(string what, int slot)
    {
        var model = _plan.Models[slot];
        var origin = model.Fitted is null ? "its parameters are stated in the definition" : "fitted to data";
        return Invariant($"Of {what}: the model '{model.Name}' of kind {model.Kind}, {origin}.");
    }

    private IEnumerable<string> Warnings(MembersResult members)
    {
        foreach (var remark in _scenarios.Remarks)
        {
            yield return $"{_scenarios.All[remark.Scenario].Name}: {remark.Text}"
                + (remark.IsOutside ? " This lies outside of anything observed." : "");
        }
        if (run.PathsDone < WorldSummary.WorldsFor(_request.Level))
        {
            yield return Invariant($"{run.PathsDone} paths bound no interval of level {_request.Level}; ")
                + Invariant($"at least {WorldSummary.WorldsFor(_request.Level)} do.");
        }
        foreach (var (standing, count) in members.NotSimulated)
            yield return Invariant($"{count} customers take no part: {Said(standing)}.");
        if (members.Unknown > 0)
            yield return Invariant($"{members.Unknown} of the customers named are not known.");
        foreach (var (remark, mean) in members.Remarks)
        {
            if (Said(remark) is { } said) yield return Invariant($"{mean:0} customers {said}.");
        }
        var none = run.Setup.Premises.Assumptions.Where(a => a.Source == AssumptionSource.None).ToList();
        if (none.Count > 0)
            yield return $"From nowhere come {string.Join(", ", none.Select(a => a.Name))}: take measured ones.";
        var certain = run.Setup.Premises.Assumptions
            .Where(a => a.StandardError == 0 && a.Source != AssumptionSource.None).ToList();
        if (certain.Count > 0)
        {
            yield return "Intervals do not know how unsure these are, as no standard error is given: "
                + $"{string.Join(", ", certain.Select(a => a.Name))}.";
        }
    }

    private static string Said(MemberStanding standing) => standing switch
    {
        MemberStanding.NoLegalBasis => "there is no legal basis for the purpose of the simulation",
        MemberStanding.NoPurchases => "they have not bought anything yet",
        MemberStanding.Merged => "they were merged into others, who do",
        _ => "the model of purchases cannot read their histories",
    };

    private static string? Said(MemberRemark remark) => remark switch
    {
        MemberRemark.OwnWithheld => "are simulated with the population's numbers, as theirs may not be used",
        MemberRemark.OutsideFitted => "have histories outside of what the model of purchases was fitted on",
        MemberRemark.TooManyOrders => Invariant(
            $"were stopped at {SimulationLimits.OrdersPerMember} orders on a path; totals are too low"),
        _ => null,
    };

    private static string Hash(ulong hash) => hash.ToString("x16", CultureInfo.InvariantCulture);

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
