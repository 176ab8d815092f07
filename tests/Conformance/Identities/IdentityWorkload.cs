using DToC.Grains;
using DToC.Twin;
using DToC.Twin.Definitions;
using DToC.Twin.Events;
using DToC.Twin.Plan;
using DToC.Twin.State;

namespace DToC.Conformance;

/// <summary>
/// 12 people before and after login, two clients each, over the real grains. Events go where a door sends them that has
/// read no link yet, so that what belongs together meets by its links alone. Some are sent again, some are refused for
/// want of a legal basis.
/// </summary>
public sealed class IdentityWorkload : ShopWorkload
{
    private const int Messages = 9;
    private static readonly string[] Types = ["Viewed", "Viewed", "Added", "Ordered"];
    private static readonly Instant Start = SimulatedHost.Start;

    private readonly Func<IGrain> _customer;
    private readonly Func<IGrain> _identity;

    /// <summary>The workload over the real grains.</summary>
    public IdentityWorkload()
        : this(() => new CustomerGrain(), () => new IdentityGrain())
    {
    }

    internal IdentityWorkload(Func<IGrain> customer, Func<IGrain> identity) =>
        (_customer, _identity) = (customer, identity);

    /// <inheritdoc/>
    public override GrainCatalog Grains => Catalog(_customer, _identity);

    /// <inheritdoc/>
    public override Script Draw(ulong seed)
    {
        var draws = new SeededDraws(seed ^ 0x1D);
        var clients = new List<IReadOnlyList<ScriptStep>>();
        var lastId = 0;
        for (var person = 0; person < IdentityScript.Persons; person++)
        {
            clients.Add(Client(person, isKnown: false, draws, ref lastId));
            clients.Add(Client(person, isKnown: true, draws, ref lastId));
        }
        var order = clients.OrderBy(_ => draws.Next()).ToList();
        return new Script(
            order, [.. IdentityScript.Owners.Keys, .. Tables(order)],
            draws.Percent(30) ? CustomerPlans.Second : null, Start.PlusMs(WakeUpsForMs));
    }

    /// <inheritdoc/>
    public override Verdict Judge(Script script, ScheduleEnd end, ScheduleEnd faultless)
    {
        return Judge(new ErasureJudgement(script, end, MayBeOne), () =>
        {
            var customers = new CustomersEnd(script, end);
            var identities = new IdentityJudgement(customers, end);
            return ([.. identities.Problems(), .. new CustomerJudgement(script, end, customers).Problems()],
                identities.Reached);
        });
    }

    /// <summary>Ids that have an owner in common, or are both of one who has.</summary>
    private static bool MayBeOne(GrainKey one, GrainKey other) =>
        IdentityScript.Owners[one].Intersect(IdentityScript.Owners[other]).Any();

    private static List<ScriptStep> Client(int person, bool isKnown, SeededDraws draws, ref int lastId)
    {
        var steps = new List<ScriptStep>();
        for (var number = 0; number < Messages; number++)
        {
            var shown = isKnown ? ShownByKnown(person, draws) : ShownByAnonymous(person, draws);
            var to = isKnown
                ? GrainKey.Customer(IdentityScript.Person(person))
                : IdentityScript.Minted(shown.MaxBy(i => IdentityScript.Steps.ToList().IndexOf(i.Name)));
            var draw = draws.Below(100);
            if (draw < 8 && steps.Count > 0) steps.Add(steps[draws.Below(steps.Count)]); // sent again
            else if (draw < 14) steps.Add(new ScriptStep(to, Consents(draws)));
            else if (draw < 18) steps.Add(new ScriptStep(to, new GrainMessage.TakeCheckpoint()));
            else if (draw < 19) steps.Add(Erasure(to, draws));
            else steps.Add(new ScriptStep(to, new CustomerMessage.Observe([Event(++lastId, number, shown, draws)])));
        }
        return steps;
    }

    private static List<Identifier> ShownByKnown(int person, SeededDraws draws) => draws.Below(10) switch
    {
        < 3 => [IdentityScript.Own(person)],
        < 5 => [IdentityScript.Tablet(person)],
        < 9 => [.. Ladder(person, draws)],
        _ => [],
    };

    private static List<Identifier> ShownByAnonymous(int person, SeededDraws draws) => draws.Below(10) switch
    {
        < 3 => [IdentityScript.Own(person)],
        < 5 => [IdentityScript.Tablet(person)],
        < 6 => [IdentityScript.Tablet(person), IdentityScript.Step(person, draws.Between(1, 3))],
        _ => [.. Ladder(person, draws)],
    };

    /// <summary>One step of the ladder, or two that follow each other.</summary>
    private static IEnumerable<Identifier> Ladder(int person, SeededDraws draws)
    {
        var step = draws.Below(IdentityScript.Steps.Count);
        yield return IdentityScript.Step(person, step);
        if (step > 0 && draws.Percent(70)) yield return IdentityScript.Step(person, step - 1);
    }

    private static TouchpointEvent Event(int id, int number, List<Identifier> shown, SeededDraws draws)
    {
        var type = Types[draws.Below(Types.Length)];
        var at = draws.Below(100) switch
        {
            < 80 => Start.PlusMs(number * 4_000 + draws.Below(4_000)),
            < 92 => Start.PlusMs(number * 4_000 - draws.Below(30_000)),
            // About to reach the end of its retention while the schedule runs.
            _ => Start.PlusMs(-CustomerPlans.BehaviourMs + draws.Between(2_000, 60_000)),
        };
        var properties = type == "Ordered" ? """{"total":20,"items":1,"product":"p1"}""" : """{"product":"p1"}""";
        var identifiers = string.Join(',', shown.Select(i => $"\"{i.Name}\":\"{i.Value}\""));
        var json = $$"""
            {"id":"e{{id}}","type":"{{type}}","time":"{{at}}","source":"web","customer":"x",
            "identifiers":{ {{identifiers}} },"properties":{{properties}} }
            """;
        return ShopEvents.Read(new EventReader(CustomerPlans.First.Events, EventLimits.Default), json, Start);
    }

    private static CustomerMessage.SetConsents Consents(SeededDraws draws)
    {
        var said = draws.Percent(50) ? ConsentStatus.Withdrawn : ConsentStatus.Granted;
        return new CustomerMessage.SetConsents([new ConsentChange("analytics", said)], "settings");
    }
}
